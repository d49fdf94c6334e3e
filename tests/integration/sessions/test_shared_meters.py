"""One meter for two plugs of a charger: what both claim is billed to nobody before a person has shared it out."""

import pytest

from tests.integration.conftest import House
from tests.integration.driving.metered import inbox, metered_charger, quarters
from tests.integration.sessions.test_sessions import reviews


@pytest.mark.parametrize("begin", [1, 20])
async def test_two_sessions_that_show_one_meter_are_both_held(house: House, begin: int) -> None:
    async with metered_charger(house) as charger:
        first = await charger.start(0, 100_000, card="ANNA", connector=1)
        second = await charger.start(begin, 100_000 + 100 * begin, card="BEAT", connector=2)
        for minute in range(5, 60, 5):
            await charger.read(minute, 100_000 + 100 * minute, first, connector=1)
            if minute >= begin:
                await charger.read(minute + 1, 100_100 + 100 * minute, second, connector=2)
        await charger.stop(first, 60, 106_000)
        assert await inbox(house) == []
        await charger.stop(second, 60, 106_000)
    assert await inbox(house) == ["meter_shared"] * 2
    assert await quarters(house) == []
    for item in await reviews(house):
        await house.services.reviews.accept(item.id or 0, "maria", "each has a meter of its own")
    assert sum(await quarters(house)) == 12_000 - 100 * begin


@pytest.mark.parametrize("other_wh", [100_600, 99_000, 0])
async def test_two_meters_that_show_nearly_the_same_are_two(house: House, other_wh: int) -> None:
    """Two that count each session anew show the same by chance."""
    first_wh = 100_000 if other_wh else 0
    async with metered_charger(house) as charger:
        first = await charger.start(0, first_wh, card="ANNA", connector=1)
        second = await charger.start(0, other_wh, card="BEAT", connector=2)
        for minute in range(5, 60, 5):
            await charger.read(minute, first_wh + 100 * minute, first, connector=1)
            await charger.read(minute, other_wh + 100 * minute, second, connector=2)
        await charger.stop(first, 60, first_wh + 6_000)
        await charger.stop(second, 60, other_wh + 6_000)
    assert await inbox(house) == []
    assert sum(await quarters(house)) == 12_000
