"""A register that stands still beside a power that is measured, and what is none."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from onetime.billing.registers.standstill import Sample, power_is_right, power_is_varied, standstill
from tests.unit.billing.factories import MORNING, session

HOUR = range(0, 61, 5)


def samples(points: Sequence[tuple[float, int, int | None]]) -> list[Sample]:
    return [Sample(MORNING + timedelta(minutes=minute), power, register) for minute, power, register in points]


def test_an_hour_of_11_kw_beside_a_register_that_does_not_move() -> None:
    found = standstill(session((0, 5_000), (60, 5_000)), samples([(m, 11_000, 5_000) for m in HOUR]))
    assert found is not None
    assert (found.since, found.until) == (MORNING, MORNING + timedelta(hours=1))
    assert 10_900 < found.energy_wh <= 11_000


def test_a_twentieth_of_the_power_is_no_movement_and_more_is() -> None:
    power = samples([(m, 11_000, None) for m in HOUR])
    assert standstill(session((0, 5_000), (60, 5_500)), power) is not None
    assert standstill(session((0, 5_000), (60, 5_600)), power) is None


def test_power_that_is_nought_missing_or_beyond_the_connector_proves_nothing() -> None:
    still = session((0, 5_000), (60, 5_000), max_power_w=22_000)
    assert standstill(still, []) is None
    assert standstill(still, samples([(m, 0, 5_000) for m in HOUR])) is None
    assert standstill(still, samples([(m, 11_000_000, 5_000) for m in HOUR])) is None
    assert standstill(still, samples([(m, -11_000, 5_000) for m in HOUR])) is None


def test_less_than_a_kwh_and_two_readings_hours_apart_prove_nothing() -> None:
    still = session((0, 5_000), (300, 5_000))
    assert standstill(still, samples([(0, 3_700, None), (15, 3_700, None)])) is None
    assert standstill(still, samples([(0, 11_000, None), (300, 11_000, None)])) is None


def test_a_car_that_sips_between_pauses_is_no_standstill() -> None:
    """Of two readings the smaller counts: power that comes and goes proves nothing."""
    sips = samples([(m, 11_000 if m % 10 == 0 else 0, 5_000) for m in HOUR])
    assert standstill(session((0, 5_000), (60, 5_000)), sips) is None


def stuck_after(minute: int, *, vary: int, catches_up: bool = False) -> tuple[int, list[Sample]]:
    """Return a stop register and samples of 11 kW, of which the register follows until a minute."""
    points = [(m, 11_000 - vary * (m % 3), 5_000 + 11_000 * min(m, minute) // 60) for m in range(0, 121, 5)]
    return 5_000 + (22_000 if catches_up else 11_000 * minute // 60), samples(points)


def test_a_register_that_gets_stuck_on_the_way() -> None:
    stop, points = stuck_after(60, vary=20)
    found = standstill(session((0, 5_000), (120, stop)), points)
    assert found is not None
    assert found.since == MORNING + timedelta(hours=1)
    assert 10_900 < found.energy_wh <= 11_000


def test_a_power_told_on_when_the_car_is_full_is_no_standstill() -> None:
    stop, points = stuck_after(60, vary=0)
    assert standstill(session((0, 5_000), (120, stop)), points) is None


def test_a_register_that_catches_up_has_lost_nothing() -> None:
    stop, points = stuck_after(60, vary=20, catches_up=True)
    assert standstill(session((0, 5_000), (120, stop)), points) is None


def test_a_power_that_is_wrong_where_the_register_counts_proves_nothing_elsewhere() -> None:
    stop, points = stuck_after(60, vary=20)
    offered = [each._replace(power_w=2 * each.power_w) for each in points]
    assert standstill(session((0, 5_000), (120, stop)), offered) is None


def test_whether_power_is_right_and_measured() -> None:
    power = samples([(m, 11_000, None) for m in HOUR])
    assert power_is_right(session((0, 0), (60, 9_000)), power) is True
    assert power_is_right(session((0, 0), (60, 2_000)), power) is False
    assert power_is_right(session((0, 0), (60, 2_000)), power[:2]) is None
    assert not power_is_varied(power)
    assert power_is_varied([*power, Sample(MORNING, 10_950, None)])


@given(
    st.lists(st.tuples(st.integers(1, 20), st.integers(0, 22_000)), min_size=1, max_size=60),
    st.sampled_from([1, 100, 1_000]),
)
def test_a_meter_that_counts_what_flows_never_stands_still(parts: list[tuple[int, int]], step_wh: int) -> None:
    """Whatever flows, and however coarse the register is, which is truncated."""
    minute, flowed, points = 0, 7_777_777 * 60, samples([(0, parts[0][1], 7_777_777 // step_wh * step_wh)])
    for minutes, power in parts:
        points.append(Sample(MORNING + timedelta(minutes=minute, seconds=1), power, flowed // 60 // step_wh * step_wh))
        minute, flowed = minute + minutes, flowed + minutes * power
        shown = flowed // 60 // step_wh * step_wh
        points.append(Sample(MORNING + timedelta(minutes=minute), power, shown))
    begin, end = points[0].register_wh or 0, points[-1].register_wh or 0
    assert standstill(session((0, begin), (minute, end)), points) is None
