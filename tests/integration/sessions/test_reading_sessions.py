"""Which session a reading belongs to that names none, or names it late: the one that ran when it was taken."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from onetime.models import OUTSIDE_SESSIONS, Transaction
from tests.integration.conftest import House
from tests.integration.driving.raw_charger import RawCharger
from tests.integration.driving.sessions import readings, sample, transactions

NO_ID = ({}, {"transactionId": 0}, {"transactionId": 2**63 - 1})


def ago(minutes: float) -> str:
    return f"{datetime.now(UTC) - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%S.%f}Z"


async def started(charger: RawCharger, minutes: float, register: int) -> int:
    start = {"connectorId": 1, "idTag": "CARD", "meterStart": register, "timestamp": ago(minutes)}
    return int((await charger.call("StartTransaction", start))["transactionId"])


async def stopped(charger: RawCharger, number: int, minutes: float, register: int) -> None:
    stop = {"transactionId": number, "meterStop": register, "timestamp": ago(minutes)}
    await charger.call("StopTransaction", stop)


async def measured(charger: RawCharger, *points: dict[str, object], **more: Any) -> None:
    await charger.call("MeterValues", {"connectorId": 1, "meterValue": list(points), **more})


async def sessions_by_register(house: House) -> dict[int | None, int]:
    return {each.register_wh: each.transaction_id for each in await readings(house)}


@pytest.mark.parametrize("named", NO_ID)
async def test_a_reading_without_an_id_that_comes_right_after_the_stop_is_of_the_session(
    house: House, named: dict[str, int]
) -> None:
    """T5 and T7 together."""
    async with house.charger() as charger:
        number = await started(charger, 4, 1_000)
        await stopped(charger, number, 1, 1_900)
        await measured(charger, sample(1_500, ago(2)), **named)
        await measured(charger, sample(1_901, ago(0)), **named)
    assert await sessions_by_register(house) == {1_500: number, 1_901: OUTSIDE_SESSIONS}


async def test_a_reading_without_an_id_taken_before_the_running_session_began_is_of_the_one_before(
    house: House,
) -> None:
    async with house.charger() as charger:
        before = await started(charger, 4, 1_000)
        await stopped(charger, before, 2, 1_900)
        running = await started(charger, 1, 1_900)
        await measured(charger, sample(1_500, ago(3)))
        await measured(charger, sample(1_950, ago(0)))
    assert await sessions_by_register(house) == {1_500: before, 1_950: running}


async def test_the_readings_of_one_message_go_each_to_the_session_that_ran(house: House) -> None:
    """What was measured while offline comes in one message, across the border of two sessions."""
    async with house.charger() as charger:
        first = await started(charger, 60, 1_000)
        await stopped(charger, first, 40, 1_900)
        second = await started(charger, 30, 1_902)
        await measured(
            charger, *(sample(1_000 + 100 * n, ago(each)) for n, each in enumerate((50, 35, 20, 45))), transactionId=0
        )
    assert await sessions_by_register(house) == {
        1_000: first,
        1_100: OUTSIDE_SESSIONS,
        1_200: second,
        1_300: first,
    }
    live = next(house.services.chargers.live.connectors())
    assert live.register_wh == 1_200, "of an earlier session nothing is shown"


async def test_a_late_reading_without_an_id_changes_its_session_for_a_closed_month(house: House) -> None:
    async with house.charger() as charger:
        number = await started(charger, 60, 1_000)
        await stopped(charger, number, 40, 1_900)
        await house.services.database.write(lambda s: s.exec(update(Transaction).values(changed_since_closing=False)))
        await measured(charger, sample(1_500, ago(50)))
    [row] = await transactions(house)
    assert row.changed_since_closing


@pytest.mark.parametrize("named", [{"transactionId": 1}, {}])
async def test_a_power_no_connector_has_does_not_cost_the_register_beside_it(
    house: House, named: dict[str, int]
) -> None:
    """M6: W marked as kW, or a number that means nothing; the register beside it counts."""
    odd = {"value": "99000000", "unit": "kW", "measurand": "Power.Active.Import"}
    full = {"value": "999999999999", "unit": "Percent", "measurand": "SoC"}
    async with house.charger() as charger:
        await started(charger, 4, 1_000)
        for minutes in (3, 0):
            value = sample(1_100 - int(minutes), ago(minutes))
            value["sampledValue"] += [odd, full]  # type: ignore[operator]
            await measured(charger, value, **named)
    assert [(each.register_wh, each.power_w, each.soc_percent) for each in await readings(house)] == [
        (1_097, None, None),
        (1_100, None, None),
    ]
