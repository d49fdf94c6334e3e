"""Thinning removes readings and changes no quarter-hour."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from onetime.billing.registers.readings import MeteredSession, Reading
from onetime.billing.thinning import thinned
from tests.unit.billing.factories import session_intervals

MORNING = datetime(2026, 10, 14, 6, 7, tzinfo=UTC)
STEPS = st.lists(
    st.tuples(st.integers(1, 900), st.integers(0, 300), st.sampled_from([0, 0, 0, -500, 7, 80_000])), max_size=80
)


def metered(steps: list[tuple[int, int, int]], max_power_w: int | None) -> MeteredSession:
    """Return a session from (seconds passed, Wh gained, error of the reading in Wh)."""
    at, register, samples = MORNING, 50_000, []
    for seconds, gained, error in steps:
        at += timedelta(seconds=seconds)
        register += gained
        samples.append(Reading(at, register + error))
    stop = Reading(at + timedelta(seconds=5), register)
    return MeteredSession(Reading(MORNING, 50_000), stop, samples, max_power_w)


@given(STEPS, st.sampled_from([None, 11_000, 22_000]))
@settings(deadline=None)
def test_intervals_stay_as_they_are(steps: list[tuple[int, int, int]], max_power_w: int | None) -> None:
    session = metered(steps, max_power_w)
    kept = thinned(session)
    if kept is not None:
        assert session_intervals(replace(session, samples=kept)) == session_intervals(session)


def test_minute_readings_of_an_hour_become_a_few() -> None:
    session = metered([(60, 150, 0)] * 120, 11_000)
    kept = thinned(session)
    assert kept is not None
    assert len(kept) <= 2 * 9


def test_an_open_session_is_left_alone() -> None:
    assert thinned(replace(metered([(60, 150, 0)], None), stop=None)) is None
