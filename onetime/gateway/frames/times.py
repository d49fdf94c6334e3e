"""Times on the wire: read liberally, written strictly."""

from datetime import UTC, datetime

from onetime.clock import is_plausible

ZONELESS = "a time without a zone"
_YEARS = (1969, 2199)  # a clock that was never set shows 1970; beyond that it is none, and cannot be calculated with
_NEVER = datetime.max.replace(tzinfo=UTC)


def stamp_of(text: str | None) -> datetime | None:
    """Return the instant a charger wrote, or None when it wrote none that can be read."""
    instant, problem = read_time(text, _NEVER)
    return None if instant is _NEVER or problem not in (None, ZONELESS) else instant


def read_time(text: str | None, received_at: datetime) -> tuple[datetime, str | None]:
    """Return the instant a charger means, and what had to be assumed; a missing time is that of receipt.

    Chargers leave the zone away (evcc #10399), write offsets and any number of decimals. A time without a zone is
    taken as UTC.
    """
    cleaned = (text or "").strip()
    if not cleaned:
        return received_at, None
    try:
        instant = datetime.fromisoformat(cleaned)
    except ValueError:
        return received_at, f"the time {cleaned!r} could not be read"
    if not _YEARS[0] <= instant.year <= _YEARS[1]:
        return received_at, f"the time {cleaned!r} could not be read"
    if instant.tzinfo is UTC:
        return instant, None
    return (instant.replace(tzinfo=UTC), ZONELESS) if instant.tzinfo is None else (instant.astimezone(UTC), None)


class TimeUnknownError(Exception):
    """The system's own time cannot be right, so no charger is told it."""


def write_now(now: datetime) -> str:
    """Return the present instant for a charger's clock. Raises ``TimeUnknownError`` while nobody here knows it.

    The answers that carry the time require it, so they turn into a CALLERROR: a charger repeats its boot and its
    heartbeat by itself, and meanwhile keeps the time it has.
    """
    if not is_plausible(now):
        msg = "the time is not known here yet"
        raise TimeUnknownError(msg)
    return write_time(now)


def write_time(instant: datetime) -> str:
    """Return an instant as chargers want it: UTC with milliseconds and Z (lbbrhzn #512, evcc #31191)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"
