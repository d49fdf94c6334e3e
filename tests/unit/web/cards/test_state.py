"""A card's last day, as a date input has it and as it is stored."""

from datetime import UTC, datetime

import pytest

from onetime.web.cards.state import end_of_day, last_day, moment_of
from onetime.web.frame.times import Clockwork

HERE = Clockwork("en", "Europe/Zurich")


def test_a_card_is_good_to_the_end_of_its_last_day_on_the_houses_clock() -> None:
    assert end_of_day("2026-12-31", HERE) == datetime(2026, 12, 31, 23, 0, tzinfo=UTC)


def test_a_day_with_25_hours_ends_at_midnight() -> None:
    assert end_of_day("2026-10-25", HERE) == datetime(2026, 10, 25, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-12-31", ""])
def test_the_last_day_comes_back_as_it_was_entered(day: str) -> None:
    assert last_day(end_of_day(day, HERE), HERE) == day


def test_the_moment_of_a_handing_over_is_on_the_houses_clock() -> None:
    assert moment_of("2026-11-01T00:00", HERE) == datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
    assert moment_of("2026-07-01T12:30", HERE) == datetime(2026, 7, 1, 10, 30, tzinfo=UTC)
    assert moment_of("", HERE) is None


@pytest.mark.parametrize("text", ["yesterday", "0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_handing_over_at_no_time_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="calendar"):
        moment_of(text, HERE)
