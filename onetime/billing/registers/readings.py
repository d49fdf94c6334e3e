"""What a charger said about a session's energy: register readings, and whether the two ends of a session agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

# meterStart, meterStop and a sample of the same instant may come from two reads of the meter.
JITTER_WH = 10

WATT_MICROSECONDS_PER_WH = 3_600_000_000


class Reading(NamedTuple):
    """What the energy register (Energy.Active.Import.Register) showed, in Wh, at an aware instant."""

    at: datetime
    register_wh: int


@dataclass(frozen=True, slots=True)
class MeteredSession:
    """A session's two anchors and the readings sent in between, in any order and of any quality.

    `stop` is None while the session is open. `max_power_w` is the connector's nominal power, None if not known.
    `is_corrected` says that a person set its ends, `is_estimated` that its stop never came and nobody has accepted it.
    """

    start: Reading
    stop: Reading | None
    samples: Sequence[Reading] = ()
    max_power_w: int | None = None
    is_corrected: bool = False
    is_estimated: bool = False


class ReviewReason(StrEnum):
    """Why a session cannot be billed before a person has looked at it."""

    METER_WENT_BACK = "meter_went_back"
    CLOCK_WENT_BACK = "clock_went_back"
    HELD = "held"
    DISCARDED = "discarded"


class NeedsReviewError(Exception):
    """The two ends of a session contradict each other, so it is never billed on its own."""

    def __init__(self, reason: ReviewReason) -> None:
        super().__init__(
            "The meter showed less at the end of the session than at its start."
            if reason is ReviewReason.METER_WENT_BACK
            else "By the charger's clock the session ended before it started."
        )
        self.reason = reason


def review_reason(session: MeteredSession) -> ReviewReason | None:
    """Return why a person has to look at the session before it is billed, or None if nobody has to."""
    if session.stop is None:
        return None
    # One read of the meter is truncated, the other rounded (lbbrhzn/ocpp #1810, EVerest/libocpp #638).
    if session.stop.register_wh < session.start.register_wh - JITTER_WH:
        return ReviewReason.METER_WENT_BACK
    if session.stop.at < session.start.at:
        return ReviewReason.CLOCK_WENT_BACK
    return None


def is_faster_than_connector(session: MeteredSession) -> bool:
    """Say whether the session's two anchors alone ask for more power than the connector can deliver."""
    if session.stop is None or session.max_power_w is None:
        return False
    energy = session.stop.register_wh - session.start.register_wh
    return not is_deliverable(energy, session.stop.at - session.start.at, highest_power_w(session.max_power_w))


def is_deliverable(energy_wh: int, duration: timedelta, limit_w: int) -> bool:
    """Say whether so much energy, give or take the jitter of two readings, can flow at a limit of power."""
    return (energy_wh - JITTER_WH) * WATT_MICROSECONDS_PER_WH <= limit_w * (duration // MICROSECOND)


def highest_power_w(nominal_w: int) -> int:
    """Return the most a connector delivers: EN 50160 allows the mains to be 10 % above its nominal voltage."""
    return -(-nominal_w * 110 // 100)


def to_microseconds(instant: datetime) -> int:
    """Return microseconds since 1970 of an aware instant, exactly."""
    return (instant - EPOCH) // MICROSECOND
