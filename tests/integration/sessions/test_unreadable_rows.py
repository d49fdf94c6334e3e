"""Rows that cannot be read, met while serving: what a charger says is stored all the same, and the row is named."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from onetime.models import TransactionState
from onetime.settings import Settings
from onetime.texts import say
from tests.integration.conftest import House, open_house
from tests.integration.driving.metered import metered_charger, stamp
from tests.integration.driving.raw_charger import RawCharger
from tests.integration.site.test_unreadable_rows import spoil

NO_STATE = "'of another version'"
NO_NUMBER = "'many'"

# What of each table a disk can break: a column, and what it holds then.
BROKEN = {
    "transaction": [
        ("state", NO_STATE), ("review_state", NO_STATE), ("started_at", "{no_time}"), ("stopped_at", "{no_time}"),
        ("start_received_at", "{no_time}"), ("stop_received_at", "{no_time}"), ("meter_start_wh", NO_NUMBER),
        ("meter_stop_wh", NO_NUMBER),
    ],
    "card": [("status", NO_STATE), ("expires_at", "{no_time}"), ("first_seen_at", "{no_time}")],
    "connector": [
        ("status", NO_STATE), ("status_at", "{no_time}"), ("charging_seen_at", "{no_time}"), ("max_power_w", NO_NUMBER),
    ],
    "charger": [
        ("registration", NO_STATE), ("booted_at", "{no_time}"), ("offline_since", "{no_time}"),
        ("silent_since", "{no_time}"), ("clock_offset_s", NO_NUMBER), ("clock_off_since", "{no_time}"),
    ],
    "meter_reading": [("taken_at", "{no_time}"), ("register_wh", NO_NUMBER), ("power_w", NO_NUMBER)],
    "review_item": [("created_at", "{no_time}"), ("resolved_at", "{no_time}")],
    "reservation": [("state", NO_STATE), ("until", "{no_time}"), ("connector_number", NO_NUMBER)],
    "site": [("time_zone", "'Europe/Nowhere'"), ("created_at", "{no_time}")],
    "tenant": [("created_at", "{no_time}")],
}  # fmt: skip
CASES = [(table, column, value) for table, columns in BROKEN.items() for column, value in columns]
SEEN = {"transaction", "card"}  # what every start and stop looks at


def trouble(house: House) -> str:
    found = house.services.site.trouble()
    return "" if found is None else say(found, "en")


async def said(charger: RawCharger, number: int, minute: int) -> int:
    """Let a charger say all that it says of a session, the end of one and the begin of the next."""
    await charger.call("Authorize", {"idTag": "ANNA"})
    reading = {"timestamp": stamp(minute - 5), "sampledValue": [{"value": "8500"}]}
    await charger.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": [reading]})
    await charger.call("StatusNotification", {"connectorId": 1, "status": "Finishing", "errorCode": "NoError"})
    end = {"transactionId": number, "meterStop": 9_000, "timestamp": stamp(minute), "idTag": "ANNA"}
    await charger.call("StopTransaction", end)
    begin = {"connectorId": 1, "idTag": "ANNA", "meterStart": 9_000, "timestamp": stamp(minute + 5)}
    return int((await charger.call("StartTransaction", begin))["transactionId"])


@pytest.mark.parametrize(("table", "column", "value"), CASES, ids=[f"{table}.{column}" for table, column, _ in CASES])
async def test_what_a_charger_says_is_answered_and_stored(
    settings: Settings, table: str, column: str, value: str
) -> None:
    if settings.database_url is not None and value == NO_NUMBER:
        pytest.skip("PostgreSQL keeps a column to its type")
    async with open_house(settings) as house, metered_charger(house) as charger:
        first = await charger.start(0, 1_000)
        await charger.read(10, 2_000, first)
        await charger.stop(first, 30, 3_000)
        await charger.stop(77, 35, 3_100)
        second = await charger.start(40, 3_200)
        await charger.read(50, 4_000, second)
        await spoil(house, f"UPDATE {table} SET {column} = {value}")  # noqa: S608 - written above
        third = await said(charger.raw, second, 100)
        fourth = await said(charger.raw, third, 140)
        assert first < second < third < fourth
        if table in SEEN:
            assert f"{table} " in trouble(house)
        rows = await states(house)
        assert rows[fourth] == TransactionState.OPEN.value


async def states(house: House) -> dict[int, Any]:
    """Return what is stored as the state of each session, be it one or not."""
    name = house.services.database._engine.dialect.identifier_preparer.quote("transaction")
    query = text(f"SELECT id, state FROM {name}")  # noqa: S608 - a name of ours
    return dict(await house.services.database.read(lambda s: [tuple(each) for each in s.execute(query)]))


@pytest.mark.parametrize(("accepts", "status"), [(True, "Accepted"), (False, "Invalid")])
async def test_a_card_that_cannot_be_read_is_as_good_as_unknown(settings: Settings, accepts: bool, status: str) -> None:
    settings = settings.model_copy(update={"accept_unknown_cards": accepts})
    async with open_house(settings) as house, house.charger() as charger:
        await charger.call("Authorize", {"idTag": "ANNA"})
        await spoil(house, f"UPDATE card SET status = {NO_STATE}")  # noqa: S608 - written above
        assert await charger.call("Authorize", {"idTag": "anna"}) == {"idTagInfo": {"status": status}}
        assert "card 1" in trouble(house)


async def test_a_row_that_can_be_read_again_is_no_trouble_any_more(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetime.services.unreadable.LOOK_EVERY_S", 0.05)
    async with open_house(settings) as house, house.charger() as charger:
        await charger.call("Authorize", {"idTag": "ANNA"})
        await spoil(house, f"UPDATE card SET status = {NO_STATE}")  # noqa: S608 - written above
        await charger.call("Authorize", {"idTag": "ANNA"})
        await asyncio.sleep(0.3)
        assert "card 1" in trouble(house)
        await spoil(house, "UPDATE card SET status = 'accepted'")
        await asyncio.sleep(0.3)
        assert trouble(house) == ""


@pytest.mark.parametrize("offset_s", [2**63 - 1, -(2**63), 10**12])
async def test_an_offset_no_clock_has_is_named_and_learnt_anew(settings: Settings, offset_s: int) -> None:
    if settings.database_url is not None:
        pytest.skip("PostgreSQL keeps no such number in this column")
    async with open_house(settings) as house:
        async with metered_charger(house) as charger:
            first = await charger.start(0, 1_000)
        await spoil(house, f"UPDATE charger SET clock_offset_s = {offset_s}")  # noqa: S608 - written above
    async with open_house(settings) as house:
        assert "charger 1" in trouble(house)
        async with metered_charger(house) as charger:
            await said(charger.raw, first, 100)
