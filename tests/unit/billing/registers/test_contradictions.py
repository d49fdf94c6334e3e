"""Where readings belie an end of their session, and where they do not."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.billing.registers.contradictions import Contradiction, End, contradiction
from onetime.billing.registers.readings import MeteredSession
from tests.unit.billing.factories import MORNING, reading, session


def belied(metered: MeteredSession) -> End | None:
    found = contradiction(metered)
    return found.end if found else None


def test_a_stop_at_the_start_is_belied_by_readings_that_rose() -> None:
    """SteVe #1264: every meterStop is meterStart."""
    samples = [(10, 101_500), (20, 103_000), (30, 104_500)]
    assert contradiction(session((0, 100_000), (40, 100_000), samples)) == Contradiction(End.STOP, reading(30, 104_500))


def test_one_reading_is_enough_to_doubt_a_stop_below_it() -> None:
    assert belied(session((0, 100_000), (40, 100_000), [(30, 104_500)])) is End.STOP


def test_a_stop_no_connector_can_have_got_to_is_belied_by_the_reading_before_it() -> None:
    samples = [(60 * hour, 1_000 + 700 * hour) for hour in range(1, 11)]
    metered = session((0, 1_000), (601, 208_000), samples, max_power_w=22_000)
    assert contradiction(metered) == Contradiction(End.STOP, reading(600, 8_000))


def test_a_start_at_zero_is_belied_by_readings_of_a_lifetime() -> None:
    """SteVe #2058: meterStart is now and then 0."""
    samples = [(2 * number, 179_000 + 300 * number) for number in range(1, 6)]
    metered = session((0, 0), (600, 181_000), samples, max_power_w=22_000)
    assert contradiction(metered) == Contradiction(End.START, reading(2, 179_300))


def test_a_start_above_the_readings_that_lead_to_the_stop_is_belied() -> None:
    samples = [(10 * number, 20_000 + 1_000 * number) for number in range(1, 6)]
    assert belied(session((0, 24_500), (60, 26_000), samples, max_power_w=22_000)) is End.START


def test_session_relative_readings_belie_a_stop_they_go_beyond() -> None:
    samples = [(10, 2_000), (20, 4_000), (30, 6_000)]
    metered = session((0, 4_076_400), (40, 4_076_400), samples, max_power_w=22_000)
    assert contradiction(metered) == Contradiction(End.STOP, reading(30, 4_082_400))


def test_readings_of_another_life_that_rise_by_more_than_the_ends_belie_them() -> None:
    samples = [(10 * number, 900_000 + 2_000 * number) for number in range(1, 6)]
    assert belied(session((0, 5_000), (60, 6_000), samples, max_power_w=22_000)) is End.STOP


@pytest.mark.parametrize("spike", [10**9, 10**15, -1_000, 2_011, 989])
def test_a_single_bad_reading_belies_nobody(spike: int) -> None:
    metered = session((0, 1_000), (60, 2_000), [(20, 1_300), (40, 1_600), (50, spike)], max_power_w=22_000)
    assert belied(metered) is None


def test_readings_in_whole_kwh_belie_no_end_in_wh() -> None:
    """Rounded up, the last of them lies above the meterStop."""
    samples = [(20, 11_000), (40, 12_000), (60, 13_000)]
    assert belied(session((0, 10_456), (61, 12_500), samples, max_power_w=22_000)) is None


def test_a_session_without_readings_belies_nothing() -> None:
    assert belied(session((0, 0), (60, 5_000), [])) is None
    assert belied(session((0, 0), None, [(1, 100)])) is None


@given(
    gains=st.lists(st.integers(0, 360), min_size=1, max_size=40),
    first=st.integers(0, 5_000_000),
    shape=st.sampled_from(["lifetime", "relative readings", "relative ends"]),
    is_kwh=st.booleans(),
)
def test_an_honest_session_is_never_doubted(gains: list[int], first: int, shape: str, is_kwh: bool) -> None:
    """One reading a minute, with jitter of a rounded hundredth of a kWh, whatever zero it counts from."""
    if shape != "lifetime":
        first += 2_000  # a meter that has hardly counted yet tells nobody what it counts
    registers = [first]
    for gain in gains:
        registers.append(registers[-1] + gain)
    ends_from = first if shape == "relative ends" else 0
    samples_from = first if shape == "relative readings" else 0
    shown = [(round((each - samples_from) / 10) * 10 if is_kwh else each - samples_from) for each in registers]
    samples = [(minute, register) for minute, register in enumerate(shown)][1:-1]
    metered = session(
        (0, registers[0] - ends_from), (len(gains), registers[-1] - ends_from), samples, max_power_w=22_000
    )
    assert metered.start.at == MORNING < MORNING + timedelta(minutes=1)
    assert contradiction(metered) is None
