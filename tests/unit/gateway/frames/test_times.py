"""Times: read liberally, written strictly."""

from datetime import UTC, datetime

import pytest

from onetime.gateway.frames.times import read_time, write_time

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-05T18:00:00Z",
        "2026-10-05T18:00:00.000Z",
        "2026-10-05T20:00:00+02:00",
        "2026-10-05T18:00:00+00:00",
        "2026-10-05T18:00:00.1234567Z"[:23] + "Z",
        " 2026-10-05T18:00:00Z\n",
        "2026-10-05 18:00:00Z",
    ],
)
def test_every_spelling_of_an_instant_is_read(text: str) -> None:
    instant, problem = read_time(text, datetime(2000, 1, 1, tzinfo=UTC))
    assert instant.replace(microsecond=0) == NOW
    assert problem is None


def test_a_time_without_a_zone_is_utc_and_flagged() -> None:
    """evcc #10399."""
    assert read_time("2026-10-05T18:00:00", NOW) == (NOW, "a time without a zone")


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13-45T99:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"]
)
def test_a_time_that_cannot_be_read_is_that_of_receipt(text: str) -> None:
    instant, problem = read_time(text, NOW)
    assert instant == NOW
    assert problem


@pytest.mark.parametrize("text", [None, "", "  "])
def test_a_missing_time_is_that_of_receipt(text: str | None) -> None:
    assert read_time(text, NOW) == (NOW, None)


def test_times_are_written_with_milliseconds_and_z() -> None:
    """Some chargers refuse +00:00 (lbbrhzn #512), others want a fraction (evcc #31191)."""
    assert write_time(datetime(2026, 10, 5, 18, 0, 0, 7_900, tzinfo=UTC)) == "2026-10-05T18:00:00.007Z"
