"""The present instant, in one place, so that tests can stop it, and whether it can be believed."""

from datetime import UTC, datetime, timedelta

SOFTWARE_DATE = datetime(2026, 11, 1, tzinfo=UTC)  # no clock of an installation can be before this
_SUPPORT_ENDS = SOFTWARE_DATE + timedelta(days=30 * 366)


def utc_now() -> datetime:
    """Return the present instant, aware and in UTC."""
    return datetime.now(UTC)


def is_plausible(now: datetime) -> bool:
    """Say whether the system's time can be right: a Pi without a clock battery starts in the past."""
    return SOFTWARE_DATE <= now < _SUPPORT_ENDS
