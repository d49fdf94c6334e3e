"""Times: read liberally, written strictly."""

from datetime import UTC, datetime

import pytest

from onetime.gateway.frames.times import is_off_the_dial, read_time, stamp_of, write_time

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


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-10-31T24:00:00Z", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-10-31T24:00:00.000+01:00", datetime(2026, 10, 31, 23, tzinfo=UTC)),
        ("2026-10-31T24:00", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-10-05T17:59:60Z", NOW),
        ("2026-10-05T17:60:00Z", NOW),
        ("2026-12-31T23:59:60.5Z", datetime(2027, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_a_time_that_no_clock_shows_means_the_one_that_follows_it(text: str, meant: datetime) -> None:
    """ISO 8601 writes midnight 24:00, and a leap second is :60 (RFC 3339, section 5.7)."""
    assert read_time(text, NOW) == (meant, "a time that no clock shows")
    assert stamp_of(text) == meant
    assert is_off_the_dial(text)


@pytest.mark.parametrize("text", ["2026-10-31T25:00:00Z", "2026-10-31T24:00:00+99:00", "2026-10-31T23:61:00Z", None])
def test_what_no_rule_explains_is_no_time(text: str | None) -> None:
    assert stamp_of(text) is None
    assert not is_off_the_dial(text)
