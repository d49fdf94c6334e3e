"""Until when new chargers are let in, and that no wrong clock ends it."""

from datetime import UTC, datetime, timedelta

import pytest

from onetime.services.commissioning import window as commissioning
from onetime.services.commissioning.window import LONGEST, CommissioningError, Window, first_window, window_of

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NO_BATTERY = datetime(1970, 1, 1, 0, 2, tzinfo=UTC)
BROKEN_BATTERY = datetime(2099, 1, 1, tzinfo=UTC)
AHEAD = datetime(2031, 1, 1, tzinfo=UTC)  # wrong, and nothing says so


def stop_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(commissioning, "utc_now", lambda: now)


def test_a_house_is_open_until_the_end_and_not_at_it() -> None:
    window = Window(NOW + DAY)
    assert window.is_open(NOW)
    assert window.is_open(NOW + DAY - timedelta(microseconds=1))
    assert not window.is_open(NOW + DAY)


@pytest.mark.parametrize("now", [NOW, NO_BATTERY, BROKEN_BATTERY, AHEAD])
def test_a_closed_house_stays_closed_whatever_the_clock_says(now: datetime) -> None:
    assert not Window().is_open(now)


@pytest.mark.parametrize("now", [NO_BATTERY, BROKEN_BATTERY])
def test_a_clock_that_cannot_be_right_ends_nothing(now: datetime) -> None:
    assert Window(NOW + DAY).is_open(now)
    assert Window(NOW - DAY).is_open(now)  # over, but nothing here can know


def test_what_a_clock_that_was_ahead_had_ended_is_open_again_once_it_is_right() -> None:
    window = Window(NOW + DAY)
    assert not window.is_open(AHEAD)
    assert window.begun(AHEAD) == window
    assert window.is_open(NOW)


@pytest.mark.parametrize("wrong", [NO_BATTERY, BROKEN_BATTERY])
def test_a_window_opened_under_a_wrong_clock_begins_when_the_time_is_right(wrong: datetime) -> None:
    waiting = first_window(30 * DAY).begun(wrong)
    assert waiting.is_open(wrong)
    assert waiting.open_until is None
    assert waiting.begun(NOW) == Window(NOW + 30 * DAY)


def test_a_house_with_no_first_days_is_closed_from_the_start() -> None:
    assert not first_window(timedelta()).begun(NOW).is_open(NOW)


@pytest.mark.parametrize("length", [timedelta(), -DAY, LONGEST + timedelta(seconds=1)])
def test_a_length_nobody_means_is_refused(length: timedelta) -> None:
    with pytest.raises(CommissioningError, match="at most 366 days"):
        window_of(length)


def test_a_length_begins_now(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch, NOW)
    assert window_of(DAY) == Window(NOW + DAY)
    stop_clock(monkeypatch, NO_BATTERY)
    assert window_of(DAY) == Window(open_for=DAY)
