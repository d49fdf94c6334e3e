"""A meter that stands still while power is measured: held with the evidence; a power that is none makes no noise."""

import json
from datetime import timedelta

import pytest

from onetime.models import ReviewState
from tests.integration.conftest import House
from tests.integration.driving.metered import Metered, inbox, metered_charger, quarters, stamp, value
from tests.integration.sessions.test_sessions import reviews, transactions


def power(watts: int, measurand: str = "Power.Active.Import") -> dict[str, str]:
    return {"value": str(watts), "measurand": measurand, "unit": "W", "context": "Sample.Periodic"}


async def hour(charger: Metered, number: int, minute: int, watts: int, register: int, rise: int = 0) -> None:
    """Tell an hour's readings."""
    for step in range(0, 61, 5):
        await charger.read(minute + step, [value(register + rise * step // 60), power(watts)], number)


async def test_an_hour_of_power_beside_a_register_that_does_not_move_is_held(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 50_123)
        await hour(charger, number, 0, 11_000, 50_123)
        await charger.stop(number, 62, 50_123)
    assert await inbox(house) == ["meter_stood_still"]
    assert await quarters(house) == []
    [item] = await reviews(house)
    assert 10_900 < json.loads(item.evidence)["power_wh"] <= 11_000
    evidence = await house.services.reviews.evidence(item.id or 0)
    assert evidence is not None
    assert evidence.suggestion is not None
    assert 10_900 < evidence.suggestion.ends.meter_stop_wh - evidence.suggestion.ends.meter_start_wh <= 11_000


async def test_a_stop_that_brings_the_power_along_and_readings_after_it_are_looked_at_too(house: House) -> None:
    async with metered_charger(house) as charger:
        data = [{"timestamp": stamp(step), "sampledValue": [value(50_123), power(11_000)]} for step in range(0, 61, 5)]
        number = await charger.start(0, 50_123)
        await charger.stop(number, 62, 50_123, transactionData=data)
        other = await charger.start(100, 50_123)
        await charger.stop(other, 170, 50_123)
        assert await inbox(house) == ["meter_stood_still"]
        await hour(charger, other, 101, 11_000, 50_123)
    assert await inbox(house) == ["meter_stood_still"] * 2


async def test_a_session_of_a_standing_meter_whose_stop_never_comes_is_held_for_that(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 50_123)
        await charger.status("Charging")
        await hour(charger, number, 0, 11_000, 50_123)
        await charger.status("Available")
        await house.services.sessions.transactions.end_abandoned(timedelta(minutes=-1))
        assert await inbox(house) == ["meter_stood_still"]
        await charger.stop(number, 130, 61_000)
    assert await inbox(house) == []


async def test_what_was_corrected_is_where_the_next_one_begins(house: House) -> None:
    """Each session of a meter that stands still can be corrected as it is proposed."""
    async with metered_charger(house) as charger:
        for begin in (0, 100):
            number = await charger.start(begin, 50_123)
            await hour(charger, number, begin, 11_000, 50_123)
            await charger.stop(number, begin + 62, 50_123)
    for item in await reviews(house):
        evidence = await house.services.reviews.evidence(item.id or 0)
        assert evidence is not None
        assert evidence.suggestion is not None
        await house.services.reviews.correct(item.id or 0, evidence.suggestion.ends, "maria", "by its power")
    assert await inbox(house) == []
    assert {row.review_state for row in await transactions(house)} == {ReviewState.CORRECTED}
    assert 21_800 < sum(await quarters(house)) <= 22_000


@pytest.mark.parametrize(
    "said",
    [power(0), power(11_000, "Power.Offered"), power(-11_000), power(11_000_000), power(800)],
    ids=["none", "offered", "negative", "mW", "electronics"],
)
async def test_a_car_that_takes_nothing_is_nobodys_business(house: House, said: dict[str, str]) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 50_123)
        for step in range(0, 61, 5):
            await charger.read(step, [value(50_123), said], number)
        await charger.stop(number, 62, 50_123)
    assert await inbox(house) == []


async def test_a_power_that_is_told_always_is_no_evidence_where_the_connector_never_charged(house: House) -> None:
    async with metered_charger(house) as charger:
        await charger.status("Preparing")
        number = await charger.start(0, 50_123)
        await charger.status("SuspendedEV")
        await hour(charger, number, 0, 11_000, 50_123)
        await charger.stop(number, 62, 50_123)
    assert await inbox(house) == []


@pytest.mark.parametrize("flowed_wh", [3_000, 9_500])
async def test_a_power_that_an_earlier_session_refutes_is_no_evidence(house: House, flowed_wh: int) -> None:
    """Its charger tells 11 kW whatever flows, be it far from that or by chance nearly so."""
    async with metered_charger(house) as charger:
        number = await charger.start(0, 50_000)
        await hour(charger, number, 0, 11_000, 50_000, rise=flowed_wh)
        await charger.stop(number, 62, 50_000 + flowed_wh)
        full = await charger.start(100, 50_000 + flowed_wh)
        await hour(charger, full, 100, 11_000, 50_000 + flowed_wh)
        await charger.stop(full, 162, 50_000 + flowed_wh)
    assert await inbox(house) == []


async def test_who_accepts_a_session_of_nothing_says_that_its_power_is_none(house: House) -> None:
    async with metered_charger(house) as charger:
        for begin in (0, 100):
            number = await charger.start(begin, 50_123)
            await hour(charger, number, begin, 11_000, 50_123)
            await charger.stop(number, begin + 62, 50_123)
            for item in await reviews(house):
                if item.resolved_at is None:
                    await house.services.reviews.accept(item.id or 0, "maria", "the car was full")
    assert len(await reviews(house)) == 1
