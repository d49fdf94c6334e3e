"""What is handed in lies within bounds that both databases and every calculation can bear."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from onetime.bounds import EARLIEST, LATEST, Instant, Text, bounded_instant, storable

LONGEST_OFFSET = timedelta(hours=23, minutes=59)
DAYS = timedelta(days=366 * 100)


@given(st.datetimes(timezones=st.sampled_from([timezone(LONGEST_OFFSET), UTC, timezone(-LONGEST_OFFSET)])))
def test_a_time_is_refused_or_can_be_calculated_with(instant: datetime) -> None:
    try:
        kept = bounded_instant(instant)
    except ValueError:
        assert not EARLIEST <= instant < LATEST
        return
    assert kept == instant
    assert kept - DAYS < kept.astimezone(timezone(LONGEST_OFFSET)) < kept + DAYS


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2200-01-01T00:00:00Z"])
def test_the_ends_of_the_calendar_are_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="between the years 1970 and 2200"):
        TypeAdapter(Instant).validate_python(text)


@pytest.mark.parametrize("text", ["a\0b", "half \ud800", "x" * 64_001])
def test_a_text_that_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Text).validate_python(text)


@given(st.text())
def test_a_text_is_kept_as_it_is(text: str) -> None:
    if "\0" not in text:
        assert storable(text) == text
