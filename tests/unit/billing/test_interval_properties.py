"""What holds for the quarter-hours of any session."""

from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from onetime.billing.intervals import connector_intervals
from onetime.billing.registers.readings import MeteredSession, Reading
from tests.unit.billing.factories import MORNING, session_intervals

SECONDS = st.integers(0, 40_000)
INSTANTS = SECONDS.map(lambda seconds: MORNING + timedelta(seconds=seconds))


@st.composite
def clean_readings(draw: st.DrawFn, least: int = 2) -> list[Reading]:
    """Return readings of one meter, at different instants, that never go back."""
    seconds = sorted(draw(st.sets(SECONDS, min_size=least, max_size=40)))
    registers = sorted(draw(st.lists(st.integers(0, 50_000), min_size=len(seconds), max_size=len(seconds))))
    return [
        Reading(MORNING + timedelta(seconds=second), register)
        for second, register in zip(seconds, registers, strict=True)
    ]


def clean_session(readings: list[Reading]) -> MeteredSession:
    return MeteredSession(readings[0], readings[-1], readings[1:-1])


@st.composite
def dirty_sessions(draw: st.DrawFn) -> MeteredSession:
    """Return a session with duplicates, spikes, stray and shuffled samples."""
    readings = draw(clean_readings())
    stray = st.builds(Reading, INSTANTS, st.integers(-100, 60_000))
    samples = [*readings[1:-1], *draw(st.lists(stray, max_size=10))]
    samples += draw(st.lists(st.sampled_from(samples), max_size=5)) if samples else []
    max_power_w = draw(st.sampled_from([None, 3_700, 22_000]))
    return MeteredSession(readings[0], readings[-1], draw(st.permutations(samples)), max_power_w)


def register_at(readings: list[Reading], second: int) -> Fraction:
    """Return the exact register on the straight line between the readings around a second."""
    for before, after in pairwise(readings):
        start = (before.at - MORNING) // timedelta(seconds=1)
        end = (after.at - MORNING) // timedelta(seconds=1)
        if start <= second <= end:
            gained = after.register_wh - before.register_wh
            return before.register_wh + Fraction(gained * (second - start), end - start)
    raise AssertionError(second)


@given(dirty_sessions())
def test_intervals_add_up_to_the_registers_exactly(metered: MeteredSession) -> None:
    assert metered.stop is not None
    total = sum(interval.energy_wh for interval in session_intervals(metered))

    assert total == metered.stop.register_wh - metered.start.register_wh


@given(dirty_sessions())
def test_no_interval_is_negative(metered: MeteredSession) -> None:
    assert all(interval.energy_wh >= 0 for interval in session_intervals(metered))


@given(dirty_sessions())
def test_intervals_are_consecutive_quarter_hours_around_the_session(metered: MeteredSession) -> None:
    assert metered.stop is not None
    intervals = session_intervals(metered)

    assert all(earlier.end == later.start for earlier, later in pairwise(intervals))
    assert all(interval.start.timestamp() % 900 == 0 for interval in intervals)
    assert all(interval.end - interval.start == timedelta(minutes=15) for interval in intervals)
    assert intervals[0].start <= metered.start.at < intervals[0].end
    assert intervals[-1].start < metered.stop.at <= intervals[-1].end


@given(clean_readings())
def test_no_interval_of_clean_readings_is_a_wh_off(readings: list[Reading]) -> None:
    first = (readings[0].at - MORNING) // timedelta(seconds=1)
    last = (readings[-1].at - MORNING) // timedelta(seconds=1)

    for interval in session_intervals(clean_session(readings)):
        start = max(first, (interval.start - MORNING) // timedelta(seconds=1))
        end = min(last, (interval.end - MORNING) // timedelta(seconds=1))
        exact = register_at(readings, end) - register_at(readings, start)
        assert abs(interval.energy_wh - exact) < 1


@given(clean_readings(least=4), st.data())
def test_later_readings_leave_bracketed_intervals_alone(readings: list[Reading], data: st.DataObject) -> None:
    seen = data.draw(st.integers(2, len(readings) - 1))
    before = session_intervals(MeteredSession(readings[0], None, readings[1:seen]))
    after = session_intervals(clean_session(readings))

    bracketed = [interval for interval in before if interval.end <= readings[seen - 1].at]
    assert [(interval.start, interval.energy_wh) for interval in bracketed] == [
        (interval.start, interval.energy_wh) for interval in after[: len(bracketed)]
    ]


@given(dirty_sessions(), INSTANTS)
def test_the_parts_on_both_sides_of_any_border_add_up_to_the_session(metered: MeteredSession, border: datetime) -> None:
    day = timedelta(days=1)
    parts = [
        *session_intervals(metered, MORNING - day, border),
        *session_intervals(metered, border, MORNING + day),
    ]

    assert sum(part.energy_wh for part in parts) == sum(whole.energy_wh for whole in session_intervals(metered))


@given(dirty_sessions(), st.integers(0, 48))
def test_a_border_on_a_quarter_hour_changes_no_interval(metered: MeteredSession, quarter: int) -> None:
    border, day = MORNING + quarter * timedelta(minutes=15), timedelta(days=1)
    parts = [
        *session_intervals(metered, MORNING - day, border),
        *session_intervals(metered, border, MORNING + day),
    ]

    assert parts == session_intervals(metered)


@given(st.lists(dirty_sessions(), max_size=4))
def test_the_sessions_of_a_connector_lose_nothing_when_added(sessions: list[MeteredSession]) -> None:
    total = sum(interval.energy_wh for interval in connector_intervals(sessions))

    assert total == sum(interval.energy_wh for each in sessions for interval in session_intervals(each))
