"""Readings told in another unit than the ends."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from onetime.billing.registers.counting import in_wh
from onetime.billing.registers.readings import MeteredSession, Reading

BEGIN = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GAINS = st.lists(st.integers(0, 400), min_size=4, max_size=40)


def session(start: int, gains: list[int], divisor: int) -> MeteredSession:
    """Return a session with a reading a minute, told in a thousandth of Wh or as it is."""
    shown, register = [], start
    for minute, gain in enumerate(gains, 1):
        register += gain
        shown.append(Reading(BEGIN + minute * MINUTE, (register + divisor // 2) // divisor))
    return MeteredSession(Reading(BEGIN, start), Reading(shown[-1].at + MINUTE, register), shown)


@given(start=st.integers(10_000, 10**8), gains=GAINS)
def test_kwh_are_told_by_both_ends(start: int, gains: list[int]) -> None:
    told, meant = session(start, gains, 1_000), session(start, gains, 1)
    if sum(gains) < 2_000 and min(each.register_wh for each in told.samples) <= sum(gains) + 1_000:
        assert in_wh(told) is told
        return
    for one, other in zip(in_wh(told).samples, meant.samples, strict=True):
        assert abs(one.register_wh - other.register_wh) <= 500


@given(start=st.integers(0, 10**8), gains=GAINS)
def test_readings_in_wh_stay_as_they_are(start: int, gains: list[int]) -> None:
    told = session(start, gains, 1)
    assert in_wh(told) is told


@given(start=st.integers(100_000, 10**8), gains=GAINS)
def test_readings_of_the_session_alone_stay_as_they_are(start: int, gains: list[int]) -> None:
    told = session(0, gains, 1)
    life = MeteredSession(
        Reading(BEGIN, start), Reading(told.samples[-1].at + MINUTE, start + told.samples[-1].register_wh), told.samples
    )
    fits = all(start - 1_000 <= each.register_wh * 1_000 for each in told.samples)
    assert in_wh(life) is life or fits
