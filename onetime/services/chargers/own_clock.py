"""What is known of one charger's clock: how far it is off, and what its time stamps really mean.

A stamp is believed unless it cannot be right. It cannot when it lies before 2020 (no battery, no time yet) or more
than five minutes ahead of its arrival (SteVe's limit), or when the charger's clock was measured to be off. A stamp
in the past alone proves nothing: chargers that were offline replay honest old messages. So a clock that is behind is
only recognised by an answer to what was asked just now, or by messages that keep arriving equally late, which a
replay never does.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from onetime.bounds import FIRST_STORED, LAST_STORED
from onetime.clock import is_plausible

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)  # a stamp further in the future cannot be right (ocpp quirk P7)
OFF_S = 300  # a clock off by more than this is corrected; less cannot move energy by a quarter-hour
PROMPT = timedelta(seconds=60)  # a stamp this close to its arrival is right, whatever was measured before
STEADY = timedelta(seconds=10)
# Three messages that are equally late over two minutes, or two over five: a queue that is handed in has no such pace.
STEADY_PAIRS = ((3, timedelta(seconds=120)), (2, timedelta(seconds=300)))
LAGS_KEPT = 8  # statuses that repeat an old stamp come between the messages that tell
FARTHEST_S = (LAST_STORED - FIRST_STORED) // timedelta(seconds=1)  # no two times that are stored lie further apart
SHOWN_STEP_S = 5  # a smaller change of the drift is not worth a write
STORED_EVERY = timedelta(minutes=1)  # a clock that stands still drifts with every message
QUARTER = timedelta(minutes=15)
LONGEST_INTERVAL = timedelta(hours=1)  # of clock-aligned readings; KEBA's are hourly
CLOCK_ALIGNED = "Sample.Clock"
ANSWERED = "Trigger"  # a reading that was asked for just now (OCPP 1.6 edition 2, sections 5.17 and 7.31)
# Contexts of readings that are sent as soon as they are taken; the others may be queued or aligned.
SENT_AT_ONCE = frozenset({"Sample.Periodic", ANSWERED})


class Sent(Enum):
    """How far the stamp of a message says when it was sent."""

    AS_STAMPED = auto()  # a status: a stamp that is ahead, or right now, is of now; an old one is when the status began
    PERHAPS_LATER = auto()  # a start, a stop, a reading: it may have waited for a connection
    IN_ANSWER = auto()  # a reading asked for with TriggerMessage: whatever its stamp, it was taken now


@dataclass(slots=True)
class _Lag:
    """Messages that arrived equally late: how late, the first of them, and how many."""

    lag: timedelta
    first_heard: datetime
    heard: int = 0


@dataclass(slots=True)
class ChargerClock:
    """What is known of one charger's clock. ``offset_s`` is how far it is ahead of ours.

    It ``is_confirmed`` once messages have kept arriving with that lag. ``zone`` is the house's. A clock that is ahead
    by what the zone is, shows local time, and is set forward and back with it: its stamps are read as that zone's, so
    that those of before a clock change are right too.
    """

    offset_s: int | None = None
    stamps_interval_start: bool = False
    zone: ZoneInfo | None = None
    is_local: bool = False
    is_confirmed: bool = False
    stamps_sampling_moment: bool = False
    right_at: datetime | None = None
    last_meant: datetime | None = None
    late_quarter: datetime | None = None
    stored_at: datetime | None = None
    lags: list[_Lag] = field(default_factory=list)

    def recall(self, now: datetime) -> None:
        """Tell from the offset that was stored whether the clock shows local time: of now, or of half a year ago.

        Raises ``OverflowError`` for an offset that no clock has, and forgets it.
        """
        if not is_offset(self.offset_s):
            offset_s, self.offset_s = self.offset_s, None
            msg = f"No clock is off by {offset_s} seconds."
            raise OverflowError(msg)
        self.is_local = any(self._shows_local_time(each) for each in (now, now - timedelta(days=182)))

    def corrected(
        self,
        stamp: datetime,
        received_at: datetime,
        newest: datetime | None = None,
        after: datetime | None = None,
    ) -> datetime:
        """Return the instant a stamp means.

        ``newest`` is the latest stamp of the same message, and ``after`` the instant of what was said before.
        """
        if not is_plausible(received_at) or abs(received_at - stamp) <= PROMPT:
            return stamp
        newest = newest or stamp
        for candidate in self._meant(stamp, after):
            if EARLIEST <= candidate <= received_at + PROMPT:
                return min(candidate, received_at)
        if stamp < EARLIEST or newest > received_at + AHEAD:
            return received_at - (newest - stamp)
        return stamp

    def observe(self, stamp: datetime, received_at: datetime, sent: Sent = Sent.AS_STAMPED) -> bool:
        """Learn from a message; return whether to store the offset."""
        if not is_plausible(received_at):
            return False
        lag = received_at - stamp
        if abs(lag) <= PROMPT:
            self.right_at = received_at
        self._note(lag, received_at)
        if not (self._is_certain(stamp, lag, received_at, sent) or self._keeps_arriving(lag, received_at)):
            return False
        offset_s = -round(lag.total_seconds())
        is_steady, was_confirmed = self._keeps_arriving(lag, received_at), self.is_confirmed
        if self.offset_s is not None and abs(offset_s - self.offset_s) < SHOWN_STEP_S:
            self.is_confirmed = was_confirmed or is_steady
            return self.is_confirmed and not was_confirmed and not self._is_prompt
        was_prompt, is_drift = self._is_prompt, abs(offset_s - (self.offset_s or 0)) <= PROMPT.total_seconds()
        self.offset_s = offset_s
        self.is_confirmed = is_steady or (was_confirmed and is_drift)
        self.is_local = self._shows_local_time(received_at)
        is_put_right_or_off = self._is_prompt is not was_prompt  # as a charger's clock is by the answer to its boot
        is_soon = self.stored_at is not None and received_at - self.stored_at < STORED_EVERY
        if is_soon and not is_put_right_or_off:
            return False
        self.stored_at = received_at
        return True

    def observe_aligned(self, stamp: datetime, received_at: datetime) -> bool:
        """Learn whether clock-aligned readings carry the start of their quarter-hour; return whether that changed."""
        lag = received_at - stamp + timedelta(seconds=self._off_s(received_at))
        if lag <= PROMPT:
            self.stamps_sampling_moment = self.stamps_sampling_moment or abs(lag) <= PROMPT
            changed, self.stamps_interval_start, self.late_quarter = self.stamps_interval_start, False, None
            return changed
        if self.stamps_interval_start or not QUARTER <= lag <= QUARTER + PROMPT:
            return False
        if self.late_quarter is None or received_at - self.late_quarter > 2 * QUARTER:
            self.late_quarter = received_at
        elif received_at - self.late_quarter > QUARTER / 2:
            self.stamps_interval_start, self.stamps_sampling_moment = True, False
        return self.stamps_interval_start

    def says_when_sent(self, stamp: datetime, received_at: datetime, context: str) -> bool:
        """Say whether a reading's stamp can tell how far the clock is off.

        A clock-aligned one may carry the start of its interval, and is then late by that, also by a clock known to be
        ahead; so only what no interval explains tells.
        """
        if context != CLOCK_ALIGNED:
            return context in SENT_AT_ONCE
        if self.stamps_sampling_moment:
            return True
        late = received_at - stamp + timedelta(seconds=self._off_s(received_at))
        intervals = round(late / QUARTER) * QUARTER
        return not (timedelta() < intervals <= LONGEST_INTERVAL and abs(late - intervals) <= PROMPT)

    def is_right(self, stamp: datetime, received_at: datetime, context: str) -> bool:
        """Say whether a stamp needs no correction, and neither it nor its message says anything new of the clock."""
        lag = received_at - stamp
        if not (is_plausible(received_at) and abs(lag) <= PROMPT):
            return False
        if context == CLOCK_ALIGNED:
            return not self.stamps_interval_start
        if context not in SENT_AT_ONCE:
            return True
        return self._is_prompt and abs(-round(lag.total_seconds()) - (self.offset_s or 0)) < SHOWN_STEP_S

    def began_anew(self) -> None:
        """Note that the charger has booted: a clock without a battery counts from its beginning again."""
        self.lags.clear()
        if self.offset_s is not None and counts_from_its_beginning(self.offset_s):
            self.offset_s = None

    def _meant(self, stamp: datetime, after: datetime | None) -> list[datetime]:
        """Return the instants a stamp may mean by a clock that is off, the likeliest first; none for a right one.

        In the hour that comes twice when summer time ends, what is said later was later.
        """
        if self.offset_s is None or abs(self.offset_s) <= OFF_S:
            return []
        by_offset = stamp - timedelta(seconds=self.offset_s)
        if not self.is_local or self.zone is None:
            return [by_offset]
        wall = stamp.replace(tzinfo=self.zone)
        first, second = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        is_second = after is not None and first < after - PROMPT and second <= after + LONGEST_INTERVAL
        return [second, first, by_offset] if is_second else [first, second, by_offset]

    def _expected_s(self, received_at: datetime) -> int | None:
        """Return how far the clock should be ahead now: one that shows local time goes with it."""
        return _zone_s(self.zone, received_at) if self.is_local and self.zone else self.offset_s

    def _off_s(self, received_at: datetime) -> int:
        """Return by how many seconds its stamps are corrected now."""
        expected_s = self._expected_s(received_at) or 0
        return expected_s if abs(expected_s) > OFF_S else 0

    def _shows_local_time(self, received_at: datetime) -> bool:
        ahead = _zone_s(self.zone, received_at) if self.zone else 0
        return abs(ahead) > OFF_S and abs((self.offset_s or 0) - ahead) <= PROMPT.total_seconds()

    def _is_certain(self, stamp: datetime, lag: timedelta, received_at: datetime, sent: Sent) -> bool:
        """Say whether one message proves how far the clock is off, or that it is right."""
        if sent is Sent.IN_ANSWER:
            return True
        expected_s = self._expected_s(received_at)
        tells = stamp < EARLIEST or lag < -PROMPT or (abs(lag) <= PROMPT and not self._is_prompt)
        if sent is Sent.AS_STAMPED or expected_s is None:
            return tells
        # It may have waited, so it proves that the clock is ahead by so much or more, and no less.
        return tells and -lag.total_seconds() > max(expected_s, 0) + STEADY.total_seconds()

    @property
    def _is_prompt(self) -> bool:
        """Say whether the clock is known to be right, or nearly."""
        return self.offset_s is not None and abs(self.offset_s) <= PROMPT.total_seconds()

    def _note(self, lag: timedelta, received_at: datetime) -> None:
        """Note how late a message came; one that is prompt, or as late as is known, says that the others had waited."""
        if abs(lag) <= PROMPT:
            self.lags = [each for each in self.lags if abs(each.lag) <= PROMPT]
        elif self.offset_s is not None and abs(lag + timedelta(seconds=self._expected_s(received_at) or 0)) <= STEADY:
            self.lags = [each for each in self.lags if abs(each.lag - lag) <= STEADY]
        known = self._like(lag)
        if known is None:
            known = _Lag(lag, received_at)
            self.lags = [*self.lags[1 - LAGS_KEPT :], known]
        known.heard += 1

    def _keeps_arriving(self, lag: timedelta, received_at: datetime) -> bool:
        """Say whether messages keep arriving with the same lag."""
        known = self._like(lag)
        if known is None:
            return False
        over = received_at - known.first_heard
        return any(known.heard >= count and over >= least for count, least in STEADY_PAIRS)

    def _like(self, lag: timedelta) -> _Lag | None:
        return next((each for each in self.lags if abs(each.lag - lag) <= STEADY), None)


def is_offset(offset_s: int | None) -> bool:
    """Say whether a clock can be off by so many seconds, or by what is not known."""
    return offset_s is None or abs(offset_s) <= FARTHEST_S


def counts_from_its_beginning(offset_s: int) -> bool:
    """Say whether a clock is so far behind that it was never set: it counts from 1970 or 2000."""
    return offset_s < -timedelta(days=5 * 365).total_seconds()


def _zone_s(zone: ZoneInfo | None, instant: datetime) -> int:
    offset = instant.astimezone(zone).utcoffset() if zone else None
    return round(offset.total_seconds()) if offset else 0
