"""Starts and stops of which a part cannot be read: answered, stored and, where it is about money, held."""

from typing import Any

import pytest

from onetime.models import TransactionState
from tests.integration.conftest import House
from tests.integration.driving.metered import inbox, metered_charger, quarters, stamp
from tests.integration.sessions.test_sessions import transactions

START = {"connectorId": 1, "idTag": "ANNA", "meterStart": 1_000, "timestamp": stamp(0)}


@pytest.mark.parametrize("junk", ["12.5 kWh", True, [], {"value": 1}, 1e300, -1])
async def test_a_start_whose_register_is_none_is_a_session_for_review(house: House, junk: Any) -> None:
    async with metered_charger(house) as charger:
        answer = await charger.raw.call("StartTransaction", {**START, "meterStart": junk})
        await charger.stop(answer["transactionId"], 30, 3_000)
    assert await inbox(house) == ["register_missing"]
    assert await quarters(house) == []


@pytest.mark.parametrize("junk", ["3 kWh", True, [], {"value": 1}, 1e300])
async def test_a_stop_whose_register_is_none_ends_its_session_for_review(house: House, junk: Any) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 1_000)
        await charger.raw.call("StopTransaction", {"transactionId": number, "meterStop": junk, "timestamp": stamp(30)})
    assert [row.state for row in await transactions(house)] == [TransactionState.ENDED]
    assert await inbox(house) == ["register_missing"]
    assert await quarters(house) == []


@pytest.mark.parametrize("junk", [-1, 10**9, 2**70, "one", 1.5, None])
async def test_a_start_of_no_connector_is_that_of_the_only_plug(house: House, junk: Any) -> None:
    async with metered_charger(house) as charger:
        answer = await charger.raw.call("StartTransaction", {**START, "connectorId": junk})
        await charger.stop(answer["transactionId"], 30, 3_000, connectorId=junk)
    assert await inbox(house) == []
    assert await quarters(house) == [1_000, 1_000]


async def test_a_start_of_no_connector_of_several_is_listed(house: House) -> None:
    async with metered_charger(house) as charger:
        await charger.status("Available", 1)
        await charger.status("Available", 2)
        await charger.raw.call("StartTransaction", {**START, "connectorId": -1})
    assert await inbox(house) == ["connector_unknown"]


async def test_what_cannot_be_read_beside_the_registers_costs_no_session(house: House) -> None:
    readings = [{"timestamp": stamp(10), "sampledValue": [{"value": {"a": 1}}, {"value": "1700"}, 5]}, 1, "a"]
    async with metered_charger(house) as charger:
        number = await charger.start(0, 1_000)
        stop = {"transactionId": number, "meterStop": 3_000, "timestamp": stamp(30)}
        await charger.raw.call("StopTransaction", {**stop, "idTag": {"a": 1}, "transactionData": readings})
    assert await inbox(house) == []
    assert await quarters(house) == [1_025, 975]
