"""What is suggested for a session whose ends lie: what its readings say, and nothing a tenant would not accept."""

import pytest

from tests.integration.conftest import House
from tests.integration.driving.metered import inbox, metered_charger, quarters

STEADY = ((10, 102_000), (20, 104_500), (30, 107_000))


@pytest.mark.parametrize(
    ("start", "readings", "stop", "wanted"),
    [
        (100_000, STEADY, 103_000, (100_000, 107_000)),  # an end below the last reading
        (100_000, STEADY, 108, (100_000, 107_000)),  # an end in kWh
        (100, STEADY, 108, (102_000, 107_000)),  # both ends in kWh
        (-1, STEADY, 108_000, (102_000, 108_000)),  # no start
        (20_000, ((10, 10_500), (20, 11_500), (30, 13_000)), 13_500, (10_500, 13_500)),  # a start above all
        (12_000, ((10, 10_500), (20, 11_500), (30, 13_000)), 13_500, (10_500, 13_500)),  # a start among them
        (500_000, STEADY[:0], 6_500, (500_000, 500_000)),  # nothing says how much
        (500_000, ((10, 2_000), (20, 4_000), (30, 6_000)), 6_500, (500_000, 506_500)),  # both count anew
        (500_000, ((10, 502_000), (20, 504_000), (30, 506_000)), 6_500, (500_000, 506_000)),  # the end counts anew
        (1_000_000, ((10, 2_000), (20, 5_000), (30, 7_000)), 1_000_000, (1_000_000, 1_007_000)),  # SteVe #1264, anew
    ],
)
async def test_what_the_readings_say_is_suggested_and_nothing_is_billed(
    house: House, start: int, readings: tuple[tuple[int, int], ...], stop: int, wanted: tuple[int, int]
) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, start)
        for minute, register in readings:
            await charger.read(minute, register, number)
        await charger.stop(number, 40, stop)
    [item] = await house.services.reviews.open_items()
    evidence = await house.services.reviews.evidence(item.id)
    assert evidence is not None
    assert evidence.suggestion is not None
    ends = evidence.suggestion.ends
    assert (ends.meter_start_wh, ends.meter_stop_wh) == wanted
    assert await quarters(house) == []
    await house.services.reviews.correct(item.id, ends, "As suggested.", "maria")
    assert sum(await quarters(house)) == wanted[1] - wanted[0]
    assert await inbox(house) == []
