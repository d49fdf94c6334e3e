"""A register that leaps on the way and stays there belies its session; a spike does not."""

import pytest

from onetime.billing.registers.contradictions import Contradiction, End, contradiction
from tests.unit.billing.factories import reading, session

GUESSED_W = 172_500


def pace(begin: int, end: int, register: int, per_minute: int = 120) -> list[tuple[float, int]]:
    return [(minute, register + per_minute * (minute - begin)) for minute in range(begin, end, 5)]


def test_a_leap_that_only_a_slower_one_would_explain_belies_the_end() -> None:
    """Passing over the readings before it, the chain leads from start to stop at a power that a house can be fed."""
    samples = [*pace(5, 30, 100_600), *pace(30, 60, 163_600)]
    metered = session((0, 100_000), (60, 167_200), samples, max_power_w=GUESSED_W)
    assert contradiction(metered) == Contradiction(End.STOP, reading(25, 103_000))


def test_one_with_more_readings_before_than_after_too() -> None:
    samples = [*pace(5, 40, 100_600), *pace(40, 60, 164_800)]
    metered = session((0, 100_000), (60, 167_200), samples, max_power_w=GUESSED_W)
    assert contradiction(metered) == Contradiction(End.STOP, reading(35, 104_200))


def test_one_amid_many_readings_too() -> None:
    samples = [*pace(5, 300, 100_600), *pace(300, 600, 236_000)]
    metered = session((0, 100_000), (600, 272_000), samples, max_power_w=GUESSED_W)
    found = contradiction(metered)
    assert found is not None
    assert found.end is End.STOP


@pytest.mark.parametrize("height", [-40_000, 50_000])
def test_readings_astray_for_a_while_belie_nothing(height: int) -> None:
    samples = [*pace(5, 30, 100_600), *pace(30, 50, 103_600 + height), *pace(50, 60, 106_000)]
    metered = session((0, 100_000), (60, 107_200), samples, max_power_w=GUESSED_W)
    assert contradiction(metered) is None
