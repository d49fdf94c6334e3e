"""Times, numbers and energy as people of each language read them."""

from datetime import UTC, datetime, timedelta

import pytest

from onetime.web.frame import times
from onetime.web.frame.times import Clockwork

NOON = datetime(2026, 10, 25, 11, 0, tzinfo=UTC)  # the day summer time ends; 12:00 in Zurich


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "utc_now", lambda: NOON)


@pytest.mark.parametrize(
    ("language", "before", "said"),
    [
        ("en", timedelta(minutes=30), "today 11:30"),
        ("de", timedelta(hours=20), "gestern 17:00"),
        ("fr", timedelta(days=22), "3 oct. 13:00"),
        ("it", timedelta(days=365), "25 ott 2025 13:00"),
    ],
)
def test_a_moment_is_said_as_people_say_it(language: str, before: timedelta, said: str) -> None:
    assert Clockwork(language, "Europe/Zurich").moment(NOON - before) == said


def test_today_is_the_houses_day_not_utcs() -> None:
    just_after_midnight = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    assert Clockwork("en", "Europe/Zurich").moment(just_after_midnight) == "today 00:30"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "1,234.6"), ("de", "1’234.6"), ("fr", "1\u202f234,6"), ("it", "1’234.6")]
)
def test_a_number_is_written_as_in_the_country(language: str, said: str) -> None:
    assert Clockwork(language, "Europe/Zurich").energy(1_234_567) == f"{said}\u202fkWh"


def test_a_duration_needs_no_zero_hours() -> None:
    clockwork = Clockwork("en", "Europe/Zurich")
    assert clockwork.duration(NOON - timedelta(minutes=24), NOON) == "24\u202fmin"
    assert clockwork.duration(NOON - timedelta(minutes=64), None) == "1\u202fh 04\u202fmin"


def test_a_day_begins_at_the_houses_midnight() -> None:
    clockwork = Clockwork("en", "Europe/Zurich")
    assert clockwork.day_start("2026-10-25") == datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    assert clockwork.day_start("2026-10-26") == datetime(2026, 10, 25, 23, 0, tzinfo=UTC)
    assert clockwork.day_start("tomorrow") is None
