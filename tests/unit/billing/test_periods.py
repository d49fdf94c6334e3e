"""Months and days on a site's clock."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from onetime.billing.periods import (
    Period,
    local_days,
    local_month,
    quarter_hour_count,
    quarter_hour_of,
    quarter_hours,
)
from tests.unit.billing.factories import ZURICH, local_day


@pytest.mark.parametrize(
    ("day", "count"),
    [(date(2026, 3, 29), 92), (date(2026, 6, 1), 96), (date(2026, 10, 25), 100)],
)
def test_a_day_has_92_96_or_100_quarter_hours(day: date, count: int) -> None:
    assert quarter_hour_count(local_day(day, ZURICH)) == count


@pytest.mark.parametrize(("month", "count"), [(2, 2688), (3, 2972), (4, 2880), (10, 2980), (12, 2976)])
def test_a_month_has_its_days_quarter_hours(month: int, count: int) -> None:
    assert quarter_hour_count(local_month(2026, month, ZURICH)) == count


def test_the_months_of_a_year_follow_each_other() -> None:
    months = [local_month(2026, month, ZURICH) for month in range(1, 13)]

    assert all(earlier.end == later.start for earlier, later in pairwise(months))
    assert months[-1].end == local_month(2027, 1, ZURICH).start


def test_a_local_month_starts_at_local_midnight() -> None:
    october = local_month(2026, 10, ZURICH)

    assert october.start == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert october.end == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert october.local_start.isoformat() == "2026-10-01T00:00:00+02:00"
    assert october.local_end.isoformat() == "2026-11-01T00:00:00+01:00"


def test_quarter_hours_are_all_different_when_the_clock_goes_back() -> None:
    starts = quarter_hours(local_day(date(2026, 10, 25), ZURICH))

    assert len(set(starts)) == 100
    assert all(later - earlier == timedelta(minutes=15) for earlier, later in pairwise(starts))


def test_a_period_touches_the_quarter_hours_its_ends_lie_in() -> None:
    start = datetime(2026, 10, 1, 12, 7, tzinfo=UTC)

    assert quarter_hours(Period(start, start + timedelta(minutes=10), ZURICH)) == [
        datetime(2026, 10, 1, 12, 0, tzinfo=UTC),
        datetime(2026, 10, 1, 12, 15, tzinfo=UTC),
    ]


def test_the_days_of_a_period_are_local_days() -> None:
    days = local_days(local_month(2026, 2, ZURICH))

    assert (days[0], days[-1], len(days)) == (date(2026, 2, 1), date(2026, 2, 28), 28)


def test_a_zone_with_half_an_hour_still_has_utc_quarter_hours() -> None:
    instant = datetime(2026, 10, 1, 12, 20, tzinfo=ZoneInfo("Asia/Kolkata"))

    assert quarter_hour_of(instant) == datetime(2026, 10, 1, 6, 45, tzinfo=UTC)
