"""The database server dies between a commit and its answer: nothing is done twice, and the stored answer is told."""

import asyncio
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Connection, event
from sqlmodel import Session, func, select

from onetime.models import Tenant, Transaction
from onetime.store import group_commit
from onetime.store.doubt import was_committed
from tests.integration.conftest import House

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class Killer:
    """Ends the writer's connection at its next commit, just before or just after the server has done it."""

    def __init__(self, house: House) -> None:
        self._url = house.services.settings.sqlalchemy_url.replace("+psycopg", "")
        self.is_due = False
        self.commits_first = True
        self.kills = 0
        event.listen(house.services.database._engine, "commit", self._commit)

    def _commit(self, connection: Connection) -> None:
        if not self.is_due:
            return
        self.is_due = False
        self.kills += 1
        driver: Any = connection.connection.driver_connection
        if self.commits_first:
            driver.execute("COMMIT")
        with psycopg.connect(self._url, autocommit=True) as another:
            another.execute(sql.SQL("SELECT pg_terminate_backend({})").format(driver.info.backend_pid))


def add_tenant(session: Session) -> int:
    tenant = Tenant(name="Ada")
    session.add(tenant)
    session.flush()
    return tenant.id or 0


def count(table: Any) -> Callable[[Session], int]:
    return lambda session: session.exec(select(func.count()).select_from(table)).one()


@pytest.mark.parametrize("commits_first", [True, False])
async def test_a_write_is_done_once_whether_its_commit_was_or_not(house: House, commits_first: bool) -> None:
    killer = Killer(house)
    killer.commits_first, killer.is_due = commits_first, True
    tenant = await house.services.database.write(add_tenant)
    assert killer.kills == 1
    assert await house.services.database.read(lambda s: s.get_one(Tenant, tenant).name) == "Ada"
    assert await house.services.database.read(count(Tenant)) == 1


@pytest.mark.parametrize("commits_first", [True, False])
async def test_a_charger_gets_its_stored_answer(house: House, commits_first: bool) -> None:
    killer = Killer(house)
    killer.commits_first = commits_first
    async with house.charger() as charger:
        start = {"connectorId": 1, "idTag": "CARD", "meterStart": 1_000, "timestamp": "2026-10-05T18:00:00Z"}
        killer.is_due = True
        started = await charger.call("StartTransaction", start)
        reading = {"timestamp": "2026-10-05T18:15:00Z", "sampledValue": [{"value": "3000"}]}
        metered = {"connectorId": 1, "transactionId": started["transactionId"], "meterValue": [reading]}
        killer.is_due = True
        assert await charger.call("MeterValues", metered) == {}
        stop = {"transactionId": started["transactionId"], "meterStop": 5_000, "timestamp": "2026-10-05T18:30:00Z"}
        killer.is_due = True
        assert await charger.call("StopTransaction", stop) == {}
    assert killer.kills == 3
    [row] = await house.services.database.read(lambda s: list(s.exec(select(Transaction))))
    assert (row.id, row.meter_start_wh, row.meter_stop_wh) == (started["transactionId"], 1_000, 5_000)


async def test_a_number_that_a_crash_has_lost_was_not_committed(house: House) -> None:
    with house.services.database._engine.connect() as connection:
        assert not was_committed(connection, str(2**40))


async def test_a_server_that_only_reads_is_an_outage(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that has not taken over yet says so with an internal error, which no charger must be told."""
    monkeypatch.setattr(group_commit, "OUTAGE_PATIENCE_S", 5.0)
    database = house.services.database
    engine: Any = database._engine

    def only_read(connection: Connection) -> None:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    event.listen(engine, "begin", only_read)
    writing = asyncio.create_task(database.write(add_tenant))
    await asyncio.sleep(0.3)
    event.remove(engine, "begin", only_read)
    assert await writing
    assert database.trouble is None
