"""A row that cannot be read is named and left out; the house starts and serves everybody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select
from websockets.exceptions import InvalidStatus

from onetime.models import Commissioning, HouseClock, TransactionState
from onetime.services.commissioning.window import LOOK_EVERY_S
from onetime.services.sessions import transactions as transaction_service
from onetime.settings import Settings
from onetime.texts import say
from tests.integration.conftest import House, open_house
from tests.integration.driving.raw_charger import RawCharger
from tests.integration.driving.sessions import start, stop, transactions

GRACE = timedelta(seconds=120)
# A time no calendar has, as each database keeps it.
NO_TIME = {"sqlite": "'no time'", "postgresql": "'20000-01-01 00:00:00+00'"}
SPOILT = {
    "a session's state of review": (
        "transaction",
        "UPDATE transaction SET review_state = 'of another version' WHERE id = 1",
    ),
    "a session's start": ("transaction", "UPDATE transaction SET charger_started_at = {no_time} WHERE id = 1"),
    "a session's reading": ("transaction", "UPDATE meter_reading SET taken_at = {no_time} WHERE transaction_id = 1"),
    "a connector's status": ("connector", "UPDATE connector SET status = 'of another version' WHERE charger_id = 1"),
    "a connector's time": ("connector", "UPDATE connector SET status_at = {no_time} WHERE charger_id = 1"),
    "a charger's acceptance": ("charger", "UPDATE charger SET registration = 'of another version' WHERE id = 1"),
    "a charger's boot": ("charger", "UPDATE charger SET booted_at = {no_time} WHERE id = 1"),
}


async def spoil(house: House, statement: str) -> None:
    def work(session: Session) -> None:
        dialect = session.get_bind().dialect
        table = dialect.identifier_preparer.quote("transaction")
        statement_here = statement.replace("UPDATE transaction", f"UPDATE {table}")
        session.execute(text(statement_here.replace("{no_time}", NO_TIME[dialect.name])))

    await house.services.database.write(work)


async def charging(house: House, identity: str) -> None:
    """Let a charger begin a session and measure."""
    async with house.charger(identity) as charger:
        await charger.call("StatusNotification", {"connectorId": 1, "status": "Charging", "errorCode": "NoError"})
        transaction_id = await start(charger)
        reading = {"timestamp": "2026-10-05T18:30:00Z", "sampledValue": [{"value": "16000"}]}
        await charger.call("MeterValues", {"connectorId": 1, "transactionId": transaction_id, "meterValue": [reading]})


@asynccontextmanager
async def started_again(settings: Settings, *statements: str) -> AsyncIterator[House]:
    """A house with a session on each of two chargers, started again after what is stored of the first was spoilt."""
    async with open_house(settings) as house:
        await charging(house, "KEBA-07")
        await charging(house, "KEBA-08")
        for statement in statements:
            await spoil(house, statement)
    async with open_house(settings) as house:
        yield house


def trouble(house: House) -> str:
    found = house.services.site.trouble()
    return "" if found is None else say(found, "en")


def session_of(house: House, identity: str) -> Any:
    charger = house.services.chargers.live.find(identity)
    return None if charger is None or 1 not in charger.connectors else charger.connectors[1].session


@pytest.mark.parametrize(("table", "statement"), SPOILT.values(), ids=SPOILT)
async def test_the_house_starts_and_names_the_row(settings: Settings, table: str, statement: str) -> None:
    async with started_again(settings, statement) as house:
        assert f"{table} 1 (KEBA-07)" in trouble(house)
        told_to_all = house.services.site.trouble_for_all()
        assert told_to_all is not None
        assert "KEBA" not in say(told_to_all, "en")
        shown = session_of(house, "KEBA-08")
        assert (shown.transaction_id, shown.register_wh) == (2, 16_000)
        async with house.charger("KEBA-08") as other:
            assert "idTagInfo" in await other.call("StopTransaction", {**stop(2), "idTag": "04A1B2C3"})
        if table == "charger":
            await asyncio.sleep(2.5)  # what looks every second or two has looked
        assert house.services.background.trouble() is None


async def test_all_is_well_without_such_a_row(settings: Settings) -> None:
    async with started_again(settings) as house:
        assert trouble(house) == ""
        assert session_of(house, "KEBA-07").transaction_id == 1


@pytest.mark.parametrize("column", ["registration", "identity", "identity_key", "another key"])
async def test_a_charger_whose_row_cannot_be_read_is_sent_away_until_it_can(settings: Settings, column: str) -> None:
    if column == "identity":
        if settings.database_url is not None:
            pytest.skip("PostgreSQL refuses such a text")
        statement = "UPDATE charger SET identity = CAST(x'ff41' AS TEXT) WHERE id = 1"
    elif column == "identity_key":
        if settings.database_url is not None:
            pytest.skip("PostgreSQL refuses such a text")
        statement = "UPDATE charger SET identity_key = x'ff41' WHERE id = 1"
    elif column == "another key":
        statement = "UPDATE charger SET identity_key = 'x', registration = 'of another version' WHERE id = 1"
    else:
        statement = SPOILT["a charger's acceptance"][1]
    async with started_again(settings, statement) as house:
        with pytest.raises(InvalidStatus) as refused:
            await RawCharger.connected(f"{house.url}/KEBA-07").__aenter__()
        assert refused.value.response.status_code == 503
        assert b"KEBA-07" in refused.value.response.body
        async with house.charger("KEBA-08"):
            pass
        assert house.services.database.trouble is None
        mended = "registration = 'Accepted', identity = 'KEBA-07', identity_key = 'keba-07'"
        await spoil(house, f"UPDATE charger SET {mended} WHERE id = 1")  # noqa: S608 - written above
        async with house.charger("KEBA-07"):
            pass


@pytest.mark.parametrize(
    "name", ["a session's state of review", "a session's start", "a session's reading", "a charger's boot"]
)
async def test_one_session_that_cannot_be_read_keeps_no_other_open(
    settings: Settings, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_house(settings) as house:
        for identity in ("KEBA-07", "KEBA-08"):
            await charging(house, identity)
            async with house.charger(identity, booted=False) as charger:
                said = {"connectorId": 1, "status": "Available", "errorCode": "NoError"}
                await charger.call("StatusNotification", said)
        await spoil(house, SPOILT[name][1])
        monkeypatch.setattr(transaction_service, "utc_now", lambda: datetime.now(UTC) + 2 * GRACE)
        assert await house.services.sessions.transactions.end_abandoned(GRACE) == 1
        assert "transaction 1 (KEBA-07)" in trouble(house)
        if name == "a session's state of review":
            await spoil(house, "UPDATE transaction SET review_state = 'clear' WHERE id = 1")
            assert await house.services.sessions.transactions.end_abandoned(GRACE) == 1
            assert trouble(house) == ""
            assert {row.state for row in await transactions(house)} == {TransactionState.ENDED}


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("charger", "UPDATE charger SET identity = x'00ff' WHERE id = 1"),
        ("charger", "UPDATE charger SET model = x'00ff' WHERE id = 1"),
        ("charger", "UPDATE charger SET clock_offset_s = 'late' WHERE id = 1"),
        ("connector", "UPDATE connector SET number = 'first' WHERE charger_id = 1"),
        ("connector", "UPDATE connector SET spot = x'00ff' WHERE charger_id = 1"),
        ("transaction", "UPDATE transaction SET meter_start_wh = 'much' WHERE id = 1"),
    ],
)
async def test_a_value_of_another_type_is_its_own_row_s_trouble(settings: Settings, table: str, statement: str) -> None:
    if settings.database_url is not None:
        pytest.skip("PostgreSQL keeps a column to its type")
    async with started_again(settings, statement) as house:
        assert f"{table} 1" in trouble(house)
        async with house.charger("KEBA-08"), house.charger("KEBA-09"):
            assert [charger.identity for charger in house.services.chargers.live.chargers()][-2:] == [
                "KEBA-08",
                "KEBA-09",
            ]
        assert house.services.background.trouble() is None


@pytest.mark.parametrize("column", ["name", "time_zone"])
async def test_a_house_whose_row_cannot_be_read_starts_and_says_so(settings: Settings, column: str) -> None:
    if settings.database_url is not None:
        pytest.skip("PostgreSQL refuses such a text")
    async with open_house(settings) as house:
        await spoil(house, "INSERT INTO site VALUES (1, 'Sonnenhof', 'Europe/Zurich', 'en', 0)")
        await spoil(house, f"UPDATE site SET {column} = CAST(x'ff41' AS TEXT)")  # noqa: S608 - written above
    async with open_house(settings) as house:
        assert "site 1" in trouble(house)
        assert "charger" not in trouble(house)
        async with house.charger("KEBA-08"):
            pass
        assert house.services.background.trouble() is None


async def test_the_house_knows_its_time_again_by_itself(settings: Settings) -> None:
    async with started_again(settings, "UPDATE house_clock SET seen_at = {no_time}") as house:
        assert "house_clock 1" in trouble(house)
        assert house.services.aging.now() is not None
        await house.services.aging.store()
        stored = await house.services.database.read(lambda s: s.exec(select(HouseClock)).one())
        assert abs(stored.seen_at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_a_window_that_cannot_be_read_is_closed_until_somebody_opens_it(settings: Settings) -> None:
    settings = settings.model_copy(update={"accept_new_chargers": False})
    async with open_house(settings) as house:
        assert house.services.commissioning.window.is_open
        await spoil(house, "UPDATE commissioning SET open_until = {no_time}")
    async with open_house(settings) as house:
        window = house.services.commissioning.window
        assert not window.is_open
        assert "commissioning 1" in trouble(house)
        await window.open_for(timedelta(days=1), "ada")
        assert window.is_open
        await asyncio.sleep(2 * LOOK_EVERY_S)
        assert trouble(house) == ""
        stored = await house.services.database.read(lambda s: s.exec(select(Commissioning)).one())
        assert stored.has_encrypted_port is False


async def test_a_time_zone_nobody_knows_is_named(settings: Settings) -> None:
    insert = "INSERT INTO site (id, name, time_zone, language, created_at) VALUES (1, 'H', 'Europe/Nowhere', 'en', "
    async with open_house(settings) as house:
        dialect = house.services.database._engine.dialect.name
        await spoil(house, insert + ("0)" if dialect == "sqlite" else "now())"))
    async with open_house(settings) as house:
        assert "site 1" in trouble(house)
        async with house.charger():
            pass


async def test_many_such_rows_are_a_short_sentence_and_a_short_log(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_house(settings) as house:
        for number in range(60):
            async with house.charger(f"KEBA-{number}", booted=False):
                pass
        await spoil(house, "UPDATE charger SET registration = 'of another version'")
    caplog.clear()
    async with open_house(settings) as house:
        assert len(trouble(house)) < 300
        assert "…" in trouble(house)
        await asyncio.sleep(2.5)
    assert sum("cannot be read and is left out" in record.message for record in caplog.records) <= 50
