"""Doubt must not become noise: honest sessions of many shapes, and what needs nobody, put nothing into the inbox."""

import random
from datetime import timedelta

import pytest

from onetime.models import TransactionState
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.metered import Metered, inbox, metered_charger, quarters, shown_wh
from tests.integration.sessions.test_sessions import transactions

SHAPES = ("lifetime", "relative readings", "relative ends", "no readings", "data in the stop", "kWh", "late")
POWERS = (1_400, 3_700, 11_000, 22_000, 50_000, 150_000)


async def play(charger: Metered, chance: random.Random, shape: str, power_w: int, minute: int, register: int) -> int:
    """Play one honest session and return what it charged, in Wh."""
    length = chance.randint(2, 90)
    shown = [register]
    for _ in range(length):
        shown.append(shown[-1] + round(power_w / 60 * chance.uniform(0.3, 1.0)))
    base = register if shape == "relative ends" else 0
    off = register if shape == "relative readings" else 0
    number = await charger.start(minute, register - base)
    points = [(minute + step, wh - off, "Sample.Periodic") for step, wh in enumerate(shown)][1:-1]
    if shape == "kWh":
        points = [(at, round(wh, -3), context) for at, wh, context in points]
    if shape in ("lifetime", "relative readings", "relative ends", "kWh"):
        for at, wh, _context in points[:: chance.randint(1, 5)]:
            await charger.read(at, wh, number)
    data = points if shape == "data in the stop" else []
    await charger.stop(number, minute + length, shown[-1] - base, data=data, card="ANNA")
    if shape == "late":
        for at, wh, _context in points[::3]:
            await charger.read(at, wh, number)
    return shown[-1] - register


@pytest.mark.parametrize("shape", SHAPES)
async def test_honest_sessions_raise_no_doubt(house: House, shape: str) -> None:
    chance, charged, register = random.Random(shape), 0, 1_234_567
    async with metered_charger(house) as charger:
        for round_ in range(3):
            for place, power_w in enumerate(POWERS):
                minute = (round_ * len(POWERS) + place) * 120
                gained = await play(charger, chance, shape, power_w, minute, register)
                charged, register = charged + gained, register + gained
    assert await inbox(house) == []
    assert sum(await quarters(house)) == charged


async def test_a_connector_of_50_kw_that_nobody_has_set_keeps_its_readings(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 10_000)
        for step in range(1, 30):
            await charger.read(step, 10_000 + 830 * step, number)
        assert shown_wh(house) == [830 * 29]
        await charger.stop(number, 30, 10_000 + 830 * 30)
    assert await quarters(house) == [830 * 15, 830 * 15]
    assert await inbox(house) == []


async def test_a_refused_card_and_a_free_connector_are_nobodys_business(settings: Settings) -> None:
    """The charger switched off at once: 0 Wh."""
    async with open_house(settings.model_copy(update={"accept_unknown_cards": False})) as house:
        async with metered_charger(house) as charger:
            await charger.start(0, 1_000, card="STRANGER")
            await charger.status("Available")
            await house.services.sessions.transactions.end_abandoned(timedelta(minutes=-1))
        assert [row.state for row in await transactions(house)] == [TransactionState.ENDED]
        assert await inbox(house) == []


async def test_a_start_whose_answer_was_lost_ends_when_the_connector_was_free_meanwhile(house: House) -> None:
    """The charger gave up, said Available, and has another car by now."""
    async with metered_charger(house) as charger:
        await charger.start(0, 1_000)
        await charger.status("Available")
        await charger.status("Preparing")
        await house.services.sessions.transactions.end_abandoned(timedelta(minutes=-1))
        assert [row.state for row in await transactions(house)] == [TransactionState.ENDED]
        await charger.start(10, 1_000)
    assert await inbox(house) == []


@pytest.mark.parametrize("status", ["Available", "Charging"])
async def test_a_start_told_again_with_another_time_is_nobodys_business(house: House, status: str) -> None:
    """The charger's stop names the first one; the other has charged nothing."""
    async with metered_charger(house) as charger:
        first = await charger.start(0, 1_000)
        await charger.start(1, 1_000)
        await charger.status("Charging")
        await charger.read(10, 2_000, first)
        await charger.stop(first, 30, 4_000)
        await charger.status(status)
        await charger.start(300, 4_000)
    assert await inbox(house) == []
    assert sum(await quarters(house)) == 3_000


async def test_a_lost_end_of_a_session_that_charged_is_listed(house: House) -> None:
    async with metered_charger(house) as charger:
        await charger.start(0, 1_000)
        await charger.status("Charging")
        await charger.status("Available")
        await house.services.sessions.transactions.end_abandoned(timedelta(minutes=-1))
    assert await inbox(house) == ["stop_never_came"]


async def test_one_reset_of_a_register_makes_one_entry(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 50_000)
        for minute, register in ((10, 51_000), (20, 52_000), (30, 0), (40, 500), (50, 1_000)):
            await charger.read(minute, register, number)
        await charger.stop(number, 60, 1_500)
        await charger.read(75, 1_500, context="Sample.Clock")
        following = await charger.start(90, 1_500)
        await charger.read(100, 2_000, following)
        await charger.stop(following, 110, 2_500)
    assert await inbox(house) == ["register_went_back"]


async def test_an_idle_connector_shows_no_power(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 1_000)
        await charger.read(10, 2_000, number)
        await charger.stop(number, 30, 6_000)
        await charger.status("Available")
        await charger.read(31, 6_000)
        await charger.read(46, 6_001)
    [connector] = house.services.chargers.live.connectors()
    assert not connector.power_w


async def test_a_reading_of_the_end_in_kwh_without_a_unit_is_that_end(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 100_000)
        await charger.stop(number, 60, 107_400, data=[(60, 107, "Transaction.End")])
    assert await inbox(house) == []
    assert sum(await quarters(house)) == 7_400
