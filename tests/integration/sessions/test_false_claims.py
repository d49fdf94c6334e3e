"""Whose energy it is when a stop claims what the next session of the connector has measured."""

from tests.integration.conftest import House
from tests.integration.driving.metered import inbox, metered_charger, quarters
from tests.integration.driving.sessions import transactions


async def test_a_late_stop_that_claims_the_next_sessions_energy_is_held_and_not_whom_it_robs(house: House) -> None:
    async with metered_charger(house) as charger:
        first = await charger.start(0, 100_000)
        for minute, register in ((20, 102_000), (40, 104_000), (60, 106_000)):
            await charger.read(minute, register, first)
        second = await charger.start(100, 107_000)
        for minute, register in ((120, 109_000), (140, 111_000), (160, 113_000)):
            await charger.read(minute, register, second)
        await charger.stop(second, 170, 114_000)
        await charger.stop(first, 171, 114_000)
    held, billed = await transactions(house)
    assert (held.id, held.review_state.value, billed.review_state.value) == (first, "held", "clear")
    assert sum(await quarters(house)) == 7_000
    assert "overlapping" in await inbox(house)
