"""An end that the charger's own readings contradict is held with the evidence; nothing is billed from it."""

import json

import pytest

from onetime.models import ReviewState
from onetime.services.sessions.history import SessionFilter, list_sessions, total_sessions
from tests.integration.conftest import House
from tests.integration.driving.metered import inbox, metered_charger, quarters
from tests.integration.sessions.test_sessions import reviews, transactions


async def test_a_stop_at_the_start_is_held_by_readings_that_rose(house: House) -> None:
    """SteVe #1264."""
    async with metered_charger(house) as charger:
        number = await charger.start(0, 100_000)
        for minute, register in ((10, 102_500), (20, 105_000), (30, 107_000)):
            await charger.read(minute, register, number)
        await charger.stop(number, 40, 100_000)
    assert await inbox(house) == ["ends_contradicted"]
    assert await quarters(house) == []
    [item] = await reviews(house)
    assert json.loads(item.evidence)["reading"]["register_wh"] == 107_000
    evidence = await house.services.reviews.evidence(item.id or 0)
    assert evidence is not None
    assert evidence.suggestion is not None
    assert evidence.suggestion.ends.meter_stop_wh == 107_000


async def test_a_stop_no_connector_can_reach_is_held_whether_its_power_is_set_or_not(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 1_000)
        for hour in range(1, 11):
            await charger.read(60 * hour, 1_000 + 700 * hour, number)
        await charger.stop(number, 601, 208_000)
    assert await inbox(house) == ["ends_contradicted"]
    assert await quarters(house) == []


async def test_speed_alone_holds_a_session_of_a_guessed_power(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 1_000)
        await charger.stop(number, 30, 208_000)
    assert await inbox(house) == ["faster_than_connector"]
    assert await quarters(house) == []


@pytest.mark.parametrize(("length", "reason"), [(30, "faster_than_connector"), (600, "ends_contradicted")])
async def test_a_start_of_zero_on_a_meter_that_counts_for_life_is_held(house: House, length: int, reason: str) -> None:
    """SteVe #2058: the session is not billed the lifetime, however slowly it could have been charged."""
    async with metered_charger(house) as charger:
        before = await charger.start(0, 170_000)
        await charger.stop(before, 60, 179_000)
        number = await charger.start(90, 0)
        for step in range(1, 6):
            await charger.read(90 + 2 * step, 179_000 + 300 * step, number)
        await charger.stop(number, 90 + length, 181_000)
    [item] = await house.services.reviews.open_items()
    assert item.reason == reason
    evidence = await house.services.reviews.evidence(item.id)
    assert evidence is not None
    assert evidence.suggestion is not None
    ends = evidence.suggestion.ends
    assert (ends.meter_start_wh, ends.meter_stop_wh) == (179_000, 181_000)
    assert sum(await quarters(house)) == 9_000


async def test_a_start_of_zero_is_held_by_the_session_before_where_no_reading_came(house: House) -> None:
    async with metered_charger(house) as charger:
        before = await charger.start(0, 170_000)
        await charger.stop(before, 60, 179_000)
        number = await charger.start(90, 0)
        await charger.stop(number, 90 + 600, 181_000)
    assert await inbox(house) == ["ends_contradicted"]


async def test_a_reading_of_the_end_beside_another_stop_is_held(house: House) -> None:
    """MicroOcpp #133."""
    async with metered_charger(house) as charger:
        number = await charger.start(0, 1_644)
        data = [(0.0, 1_644, "Transaction.Begin"), (6.02, 2_421, "Transaction.End")]
        await charger.stop(number, 6, 2_310, data=data)
    assert await inbox(house) == ["ends_contradicted"]
    assert await quarters(house) == []


async def test_a_reading_of_the_start_beside_another_start_is_held(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 1_644)
        await charger.stop(number, 6, 2_310, data=[(0.0, 1_344, "Transaction.Begin")])
    assert await inbox(house) == ["ends_contradicted"]


async def test_readings_that_come_after_the_stop_doubt_it_too(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 100_000)
        await charger.stop(number, 40, 100_000)
        assert await inbox(house) == []
        await charger.read(30, 104_500, number)
    assert await inbox(house) == ["ends_contradicted"]
    assert await quarters(house) == []


async def test_a_wrong_stop_without_readings_shows_at_the_next_start(house: House) -> None:
    """SteVe #1264: the energy shows only in the next meterStart."""
    async with metered_charger(house) as charger:
        number = await charger.start(0, 100_000)
        await charger.stop(number, 40, 100_000)
        await charger.start(120, 104_500)
    assert await inbox(house) == ["ends_contradicted"]
    assert (await transactions(house))[0].review_state is ReviewState.HELD


async def test_one_wh_backwards_is_no_energy_and_no_doubt(house: House) -> None:
    """lbbrhzn/ocpp #1810."""
    async with metered_charger(house) as charger:
        number = await charger.start(0, 269_456)
        await charger.stop(number, 1, 269_455)
    assert await inbox(house) == []
    assert await quarters(house) == [0]
    [shown] = await house.services.database.read(lambda s: list_sessions(s, SessionFilter(), 10))
    assert shown.energy_wh == 0


async def test_energy_is_never_negative(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 500_000)
        await charger.stop(number, 60, 52_000)
        running = await charger.start(90, 60_000)
        await charger.read(91, 100, running)
    found = await house.services.database.read(lambda s: list_sessions(s, SessionFilter(), 10))
    assert [each.energy_wh for each in found] == [100, None]
    assert (await house.services.database.read(lambda s: total_sessions(s, SessionFilter()))).energy_wh >= 0
    assert all(wh >= 0 for wh in await quarters(house))


async def test_a_session_held_by_a_guessed_end_is_judged_anew_by_its_own_stop(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 0)
        for step in range(1, 4):
            await charger.read(10 * step, 2_000 * step, number)
        following = await charger.start(60, 7_000)
        assert await inbox(house) == ["stop_never_came"]
        await charger.stop(number, 40, 7_000)
        await charger.stop(following, 90, 8_000)
    assert await inbox(house) == []
    assert sum(await quarters(house)) == 8_000


async def test_a_register_that_leaps_on_the_way_is_held(house: House) -> None:
    """60 kWh in five minutes, of which both ends together make a power that a house can be fed."""
    async with metered_charger(house) as charger:
        number = await charger.start(0, 100_000)
        for minute in range(5, 60, 5):
            await charger.read(minute, 100_000 + 120 * minute + (60_000 if minute >= 30 else 0), number)
        await charger.stop(number, 60, 167_200)
    assert await inbox(house) == ["ends_contradicted"]
    assert await quarters(house) == []
