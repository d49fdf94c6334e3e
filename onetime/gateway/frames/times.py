"""Times on the wire: read liberally, written strictly."""

import re
from datetime import UTC, datetime, timedelta

from onetime.clock import is_plausible

ZONELESS = "a time without a zone"
OFF_THE_DIAL = "a time that no clock shows"
# 24:00 is the midnight after (ISO 8601:2004, section 4.2.3), :60 the second after :59 (RFC 3339, section 5.7).
_OFF_THE_DIAL = re.compile(r"(\d{4}-\d\d-\d\d[T ])(24|\d\d):(60|\d\d)(?::(60|\d\d))?(.*)", re.DOTALL)
_YEARS = (1969, 2199)  # a clock that was never set shows 1970; beyond that it is none, and cannot be calculated with
_NEVER = datetime.max.replace(tzinfo=UTC)


def stamp_of(text: str | None) -> datetime | None:
    """Return the instant a charger wrote, or None when it wrote none that can be read."""
    instant, problem = read_time(text, _NEVER)
    return None if instant is _NEVER or problem not in (None, ZONELESS, OFF_THE_DIAL) else instant


def is_off_the_dial(text: str | None) -> bool:
    """Say whether a charger wrote a time that no clock shows, such as 24:00; what it means is a correction."""
    return read_time(text, _NEVER)[1] == OFF_THE_DIAL


def read_time(text: str | None, received_at: datetime) -> tuple[datetime, str | None]:
    """Return the instant a charger means, and what had to be assumed; a missing time is that of receipt.

    Chargers leave the zone away (evcc #10399), write offsets and any number of decimals, midnight as 24:00 and a
    minute of 61 seconds. A time without a zone is taken as UTC.
    """
    cleaned = (text or "").strip()
    if not cleaned:
        return received_at, None
    problem = None
    try:
        instant = datetime.fromisoformat(cleaned)
    except ValueError:
        shown = _on_the_dial(cleaned)
        if shown is None:
            return received_at, f"the time {cleaned!r} could not be read"
        instant, problem = shown, OFF_THE_DIAL
    if not _YEARS[0] <= instant.year <= _YEARS[1]:
        return received_at, f"the time {cleaned!r} could not be read"
    if instant.tzinfo is UTC:
        return instant, problem
    if instant.tzinfo is None:
        return instant.replace(tzinfo=UTC), problem or ZONELESS
    return instant.astimezone(UTC), problem


def _on_the_dial(text: str) -> datetime | None:
    """Return the instant that 24:00, minute 60 or second 60 stand for, or None for anything else."""
    match = _OFF_THE_DIAL.fullmatch(text)
    if match is None:
        return None
    day, hour, minute, second, rest = match.groups()
    too_far = [int(hour) == 24, int(minute) == 60, int(second or 0) == 60]
    parts = [0 if over else int(part or 0) for part, over in zip((hour, minute, second), too_far, strict=True)]
    steps = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1))
    try:
        shown = datetime.fromisoformat(f"{day}{parts[0]:02d}:{parts[1]:02d}:{parts[2]:02d}{rest}")
        return shown + sum((step for step, over in zip(steps, too_far, strict=True) if over), timedelta())
    except (ValueError, OverflowError):
        return None


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
