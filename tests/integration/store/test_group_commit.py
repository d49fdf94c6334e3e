"""Group commit: answers after the commit, one caller's failure is its own, an outage is waited out."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, func, select

from onetime.clock import utc_now
from onetime.models import Charger, SoftRepair, Tenant
from onetime.settings import Settings
from onetime.store import group_commit
from onetime.store.commit_batch import ENOUGH_ROWS
from onetime.store.database import Database, create_database_engine
from onetime.store.group_commit import DatabaseClosedError, DatabaseUnavailableError
from onetime.store.migrations import migrate
from tests.integration.conftest import House

DISK_FULL = OperationalError("COMMIT", {}, sqlite3.OperationalError("database or disk is full"))


def add_tenant(name: str):  # type: ignore[no-untyped-def]
    def work(session: Session) -> str:
        session.add(Tenant(name=name))
        session.flush()
        return name

    return work


def count_tenants(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Tenant)).one()


async def test_writes_that_wait_together_share_a_commit(house: House) -> None:
    database = house.services.database
    before = database.commits
    names = [f"tenant {number}" for number in range(200)]
    assert await asyncio.gather(*(database.write(add_tenant(name)) for name in names)) == names
    assert database.commits - before <= 5
    assert await database.read(count_tenants) == 200


async def test_one_callers_error_is_its_own(house: House) -> None:
    database = house.services.database
    outcomes = await asyncio.gather(
        *(database.write(add_tenant(name)) for name in ("a", "b", "a", "c")), return_exceptions=True
    )
    assert [isinstance(outcome, IntegrityError) for outcome in outcomes] == [False, False, True, False]
    assert await database.read(count_tenants) == 3


async def test_a_row_that_does_not_fit_does_not_take_the_others_with_it(house: House) -> None:
    database = house.services.database
    charger = Charger(identity="A", identity_key="a")
    charger_id = await database.write(lambda s: (s.add(charger), s.flush(), charger.id)[-1])
    row = {"kind": "wrong_type", "count": 1, "last_at": charger.first_seen_at}
    outcomes = await asyncio.gather(
        database.append(SoftRepair, [{**row, "charger_id": charger_id}]),
        database.append(SoftRepair, [{**row, "charger_id": 999_999}]),
        database.append(SoftRepair, [{**row, "charger_id": charger_id, "kind": "other"}]),
        return_exceptions=True,
    )
    assert [isinstance(outcome, IntegrityError) for outcome in outcomes] == [False, True, False]


async def test_rows_nobody_waits_for_arrive_within_the_second(house: House) -> None:
    database = house.services.database
    await database.write(add_tenant("first"))
    before = database.commits
    database.append_lazily(
        Tenant, [{"name": "lazy", "created_at": Charger(identity="", identity_key="").first_seen_at}]
    )
    await asyncio.sleep(group_commit.LAZY_FLUSH_S + 0.3)
    assert database.commits == before + 1
    assert await database.read(count_tenants) == 2


async def test_what_was_handed_in_is_committed_before_the_end(settings: Settings) -> None:
    settings.data_dir.mkdir(exist_ok=True)
    engine = create_database_engine(settings.sqlalchemy_url)
    migrate(engine)
    database = Database(engine)
    database.start()
    writing = [asyncio.ensure_future(database.write(add_tenant(f"tenant {number}"))) for number in range(50)]
    await asyncio.sleep(0)
    await database.close()
    assert len(await asyncio.gather(*writing)) == 50
    with pytest.raises(DatabaseClosedError):
        await database.write(count_tenants)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_short_outage_is_waited_out_and_nothing_is_doubled(house: House) -> None:
    database = house.services.database
    failures = iter([True, True, False])

    def fail(connection: object) -> None:
        if next(failures, False):
            raise DISK_FULL

    engine = database._engine
    event.listen(engine, "commit", fail)
    try:
        assert await database.write(add_tenant("patient")) == "patient"
    finally:
        event.remove(engine, "commit", fail)
    assert await database.read(count_tenants) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_long_outage_is_told_in_words_and_confirms_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "OUTAGE_PATIENCE_S", 0.2)
    database = house.services.database
    await database.write(count_tenants)  # what the house wrote at its start is behind us, and its patience with it

    def fail(connection: object) -> None:
        raise DISK_FULL

    engine = database._engine
    event.listen(engine, "commit", fail)
    try:
        with pytest.raises(DatabaseUnavailableError, match="disk is full"):
            await database.write(add_tenant("lost"))
        assert database.trouble
    finally:
        event.remove(engine, "commit", fail)
    assert await database.write(add_tenant("later")) == "later"
    assert database.trouble is None
    assert await database.read(count_tenants) == 1


def repair(charger_id: int, kind: str) -> dict[str, object]:
    return {"charger_id": charger_id, "kind": kind, "count": 1, "last_at": utc_now()}


async def test_rows_in_no_hurry_share_a_commit_and_one_in_a_hurry_takes_them_along(house: House) -> None:
    database = house.services.database
    charger = Charger(identity="A", identity_key="a")
    charger_id = await database.write(lambda s: (s.add(charger), s.flush(), charger.id)[-1]) or 0
    before = database.commits
    patient = [asyncio.ensure_future(database.append(SoftRepair, [repair(charger_id, f"{n}")], 30)) for n in range(3)]
    await asyncio.sleep(0.05)
    assert (database.commits, [each.done() for each in patient]) == (before, [False] * 3)
    await database.write(add_tenant("in a hurry"))
    await asyncio.gather(*patient)
    assert database.commits == before + 1


async def test_the_tail_of_a_burst_is_not_held(house: House) -> None:
    database = house.services.database
    charger = Charger(identity="A", identity_key="a")
    charger_id = await database.write(lambda s: (s.add(charger), s.flush(), charger.id)[-1]) or 0
    async with asyncio.timeout(10):
        burst = (database.append(SoftRepair, [repair(charger_id, f"{n}")], 30) for n in range(ENOUGH_ROWS))
        await asyncio.gather(*burst)
        await database.append(SoftRepair, [repair(charger_id, "the tail")], 30)
