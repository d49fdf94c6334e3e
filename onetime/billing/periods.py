"""Months and days as a site's clock shows them, cut into the quarter-hours of metering (multiples of 900 s, UTC)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

QUARTER_HOUR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time from `start` up to but not including `end`, both UTC, seen in a site's time zone."""

    start: datetime
    end: datetime
    zone: ZoneInfo

    @property
    def local_start(self) -> datetime:
        """Return the start as the site's clock shows it."""
        return self.start.astimezone(self.zone)

    @property
    def local_end(self) -> datetime:
        """Return the end as the site's clock shows it."""
        return self.end.astimezone(self.zone)


def local_month(year: int, month: int, zone: ZoneInfo) -> Period:
    """Return a calendar month, midnight to midnight on the site's clock."""
    following = (date(year, month, 28) + timedelta(days=4)).replace(day=1)
    return Period(_local_midnight(date(year, month, 1), zone), _local_midnight(following, zone), zone)


def quarter_hours(period: Period) -> list[datetime]:
    """Return the UTC starts of all quarter-hours the period touches."""
    start = quarter_hour_of(period.start)
    return [start + number * QUARTER_HOUR for number in range(quarter_hour_count(period))]


def quarter_hour_count(period: Period) -> int:
    """Return how many quarter-hours the period touches."""
    return -((quarter_hour_of(period.start) - period.end) // QUARTER_HOUR)


def quarter_hour_of(instant: datetime) -> datetime:
    """Return the UTC start of the quarter-hour an aware instant lies in."""
    instant = instant.astimezone(UTC)
    return instant.replace(minute=instant.minute // 15 * 15, second=0, microsecond=0)


def local_days(period: Period) -> list[date]:
    """Return the dates of the site's calendar that the period touches."""
    last = (period.end - timedelta(microseconds=1)).astimezone(period.zone).date()
    first = period.local_start.date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _local_midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
