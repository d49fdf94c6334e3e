"""Times on the wire: read liberally, written strictly."""

from datetime import UTC, datetime


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
    try:
        return (
            (instant.replace(tzinfo=UTC), "a time without a zone")
            if instant.tzinfo is None
            else (
                instant.astimezone(UTC),
                None,
            )
        )
    except OverflowError:
        return received_at, f"the time {cleaned!r} could not be read"


def write_time(instant: datetime) -> str:
    """Return an instant as chargers want it: UTC with milliseconds and Z (lbbrhzn #512, evcc #31191)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"
