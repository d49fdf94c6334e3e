"""The chargers' clocks: how far each is off, and what its time stamps really mean.

A stamp is believed unless it cannot be right. It cannot when it lies before 2020 (no battery, no time yet) or more
than five minutes ahead of its arrival (SteVe's limit), or when the charger's clock was measured to be off. A stamp
in the past alone proves nothing: chargers that were offline replay honest old messages. So a clock that is behind is
only recognised by messages that keep arriving equally late, which a replay never does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec
from sqlmodel import Session, col, select

from onetime.clock import is_plausible, utc_now
from onetime.models import OUTSIDE_SESSIONS, Charger, Connector, MeterReading, Transaction
from onetime.services.chargers.live import LiveBoard
from onetime.services.chargers.measurements import Measurement
from onetime.store.database import Database

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)  # a stamp further in the future cannot be right (ocpp quirk P7)
OFF_S = 300  # a clock off by more than this is corrected; less cannot move energy by a quarter-hour
PROMPT = timedelta(seconds=60)  # a stamp this close to its arrival is right, whatever was measured before
STEADY = timedelta(seconds=10)
STEADY_OVER = timedelta(seconds=120)
STEADY_COUNT = 3
SHOWN_STEP_S = 5  # a smaller change of the drift is not worth a write
STORED_EVERY = timedelta(minutes=1)  # a clock that stands still drifts with every message
QUARTER = timedelta(minutes=15)
CLOCK_ALIGNED = "Sample.Clock"
# Contexts of readings that are sent as soon as they are taken; the others may be queued or aligned.
SENT_AT_ONCE = frozenset({"Sample.Periodic", "Trigger"})


@dataclass(slots=True)
class ChargerClock:
    """What is known of one charger's clock. ``offset_s`` is how far it is ahead of ours."""

    offset_s: int | None = None
    stamps_interval_start: bool = False
    first_heard: datetime | None = None
    first_lag: timedelta = field(default_factory=timedelta)
    heard: int = 0
    late_quarter: datetime | None = None
    stored_at: datetime | None = None

    def corrected(self, stamp: datetime, received_at: datetime, newest: datetime | None = None) -> datetime:
        """Return the instant a stamp means; ``newest`` is the latest stamp of the same message."""
        if not is_plausible(received_at) or abs(received_at - stamp) <= PROMPT:
            return stamp
        newest = newest or stamp
        if stamp >= EARLIEST and self.offset_s is not None and abs(self.offset_s) > OFF_S:
            candidate = stamp - timedelta(seconds=self.offset_s)
            if EARLIEST <= candidate <= received_at + PROMPT:
                return min(candidate, received_at)
        if stamp < EARLIEST or newest > received_at + AHEAD:
            return received_at - (newest - stamp)
        return stamp

    def observe(self, stamp: datetime, received_at: datetime, *, was_queued: bool = False) -> bool:
        """Learn from a message that was sent as soon as it was stamped; return whether to store the offset.

        One that may have been queued (``was_queued``) proves only that the clock is ahead by so much or more; to say
        anything else it has to come again and again with the same lag.
        """
        if not is_plausible(received_at):
            return False
        lag = received_at - stamp
        is_steady = self._is_steady(lag, received_at)
        is_certain = stamp < EARLIEST or lag < -PROMPT or (abs(lag) <= PROMPT and not self._is_prompt)
        if was_queued and self.offset_s is not None:
            is_certain = is_certain and -lag.total_seconds() > max(self.offset_s, 0) + STEADY.total_seconds()
        if not (is_certain or is_steady):
            return False
        offset_s = -round(lag.total_seconds())
        if self.offset_s is not None and abs(offset_s - self.offset_s) < SHOWN_STEP_S:
            return False
        was_prompt, self.offset_s = self._is_prompt, offset_s
        is_put_right = self._is_prompt and not was_prompt  # as a charger's clock is by the answer to its boot
        if not is_put_right and self.stored_at is not None and received_at - self.stored_at < STORED_EVERY:
            return False
        self.stored_at = received_at
        return True

    def observe_aligned(self, stamp: datetime, received_at: datetime) -> bool:
        """Learn whether clock-aligned readings carry the start of their quarter-hour; return whether that changed."""
        lag = received_at - stamp
        if lag <= PROMPT:
            changed, self.stamps_interval_start, self.late_quarter = self.stamps_interval_start, False, None
            return changed
        if self.stamps_interval_start or not QUARTER <= lag <= QUARTER + PROMPT:
            return False
        if self.late_quarter is None or received_at - self.late_quarter > 2 * QUARTER:
            self.late_quarter = received_at
        elif received_at - self.late_quarter > QUARTER / 2:
            self.stamps_interval_start = True
        return self.stamps_interval_start

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

    @property
    def _is_prompt(self) -> bool:
        """Say whether the clock is known to be right, or nearly."""
        return self.offset_s is not None and abs(self.offset_s) <= PROMPT.total_seconds()

    def _is_steady(self, lag: timedelta, received_at: datetime) -> bool:
        """Say whether messages keep arriving with the same lag."""
        if self.first_heard is None or abs(lag - self.first_lag) > STEADY:
            self.first_heard, self.first_lag, self.heard = received_at, lag, 0
        self.heard += 1
        return self.heard >= STEADY_COUNT and received_at - self.first_heard >= STEADY_OVER


class ClockService:
    """Measures the chargers' clocks and corrects their stamps. It does no more than a comparison for a right one."""

    def __init__(self, database: Database, live: LiveBoard) -> None:
        self._database = database
        self._live = live
        self._clocks: dict[int, ChargerClock] = {}

    def restore(self, session: Session) -> None:
        """Recall what was measured before a restart."""
        query = select(Charger.id, Charger.clock_offset_s, Charger.stamps_interval_start)
        for charger_id, offset_s, stamps_start in session.exec(query):
            self._clocks[charger_id or 0] = ChargerClock(offset_s, stamps_start)

    def instant(self, charger_id: int, stamp: datetime, received_at: datetime) -> datetime:
        """Return the instant a charger's stamp means."""
        return self._clock(charger_id).corrected(stamp, received_at)

    def corrected(
        self, charger_id: int, measurements: Sequence[Measurement], received_at: datetime, end: datetime | None = None
    ) -> list[Measurement]:
        """Return measurements at the instants they were taken; ``end`` is the stamp of the stop they came with."""
        clock = self._clock(charger_id)
        stamps = [each.taken_at for each in measurements] + ([end] if end else [])
        newest = max(stamps, default=None)
        unset = max((stamp for stamp in stamps if stamp < EARLIEST), default=None)
        return [
            _moved(clock, each, received_at, newest if each.taken_at >= EARLIEST else unset) for each in measurements
        ]

    def is_right(self, charger_id: int, reading: Measurement, received_at: datetime) -> bool:
        """Say whether a reading was taken when it says, and says nothing new of the clock."""
        return self._clock(charger_id).is_right(reading.taken_at, received_at, reading.context)

    def confirm(self, charger_id: int, reading: Measurement, received_at: datetime) -> None:
        """Note a reading that ``is_right``: it changes nothing that would have to be stored."""
        if reading.context == CLOCK_ALIGNED:
            self._clock(charger_id).observe_aligned(reading.taken_at, received_at)
        elif reading.context in SENT_AT_ONCE:
            self._clock(charger_id).observe(reading.taken_at, received_at, was_queued=True)

    async def heard(self, charger_id: int, stamp: datetime, received_at: datetime, *, was_queued: bool = False) -> None:
        """Measure the clock by a message that was stamped as it was sent, or that waited for a connection."""
        if self._clock(charger_id).observe(stamp, received_at, was_queued=was_queued):
            await self._store(charger_id)

    async def heard_aligned(self, charger_id: int, stamp: datetime, received_at: datetime) -> None:
        """Learn from a clock-aligned reading that has been stored."""
        clock = self._clock(charger_id)
        since = clock.late_quarter
        if not clock.observe_aligned(stamp, received_at):
            return
        await self._store(charger_id)
        if clock.stamps_interval_start and since is not None:
            await self._database.write(lambda s: _shift_aligned(s, charger_id, since))

    async def _store(self, charger_id: int) -> None:
        clock = self._clock(charger_id)
        now, charger = utc_now(), self._live.charger(charger_id)
        charger.clock_off_since = await self._database.write(lambda s: _store_clock(s, charger_id, clock, now))
        charger.clock_offset_s = clock.offset_s
        self._live.charger_changed(charger_id)

    def _clock(self, charger_id: int) -> ChargerClock:
        clock = self._clocks.get(charger_id)
        if clock is None:
            clock = self._clocks[charger_id] = ChargerClock()
        return clock


def _moved(clock: ChargerClock, each: Measurement, received_at: datetime, newest: datetime | None) -> Measurement:
    instant = clock.corrected(each.taken_at, received_at, newest)
    if clock.stamps_interval_start and each.context == CLOCK_ALIGNED and instant + QUARTER <= received_at + PROMPT:
        instant += QUARTER
    return (
        each
        if instant == each.taken_at
        else msgspec.structs.replace(each, taken_at=instant, charger_taken_at=each.taken_at)
    )


def _store_clock(session: Session, charger_id: int, clock: ChargerClock, now: datetime) -> datetime | None:
    """Store what is known of a clock and return since when it has been off."""
    charger = session.get_one(Charger, charger_id)
    charger.clock_offset_s = clock.offset_s
    charger.stamps_interval_start = clock.stamps_interval_start
    is_off = clock.offset_s is not None and abs(clock.offset_s) > PROMPT.total_seconds()
    charger.clock_off_since = (charger.clock_off_since or now) if is_off else None
    session.add(charger)
    return charger.clock_off_since


def _shift_aligned(session: Session, charger_id: int, since: datetime) -> None:
    """Move the readings that gave it away to the end of their quarter-hour too."""
    connectors = session.exec(select(Connector.id).where(Connector.charger_id == charger_id)).all()
    still_running = col(Transaction.stopped_at).is_(None) | (col(Transaction.stopped_at) >= since - 2 * QUARTER)
    sessions = session.exec(select(Transaction.id).where(col(Transaction.connector_id).in_(connectors), still_running))
    query = select(MeterReading).where(
        col(MeterReading.transaction_id).in_([OUTSIDE_SESSIONS, *sessions]),  # rows lie by session, then connector
        col(MeterReading.connector_id).in_(connectors),
        MeterReading.context == CLOCK_ALIGNED,
        MeterReading.taken_at >= since - 2 * QUARTER,
        MeterReading.received_at >= since,
        col(MeterReading.charger_taken_at).is_(None),
    )
    for reading in session.exec(query).all():
        reading.charger_taken_at = reading.taken_at
        reading.taken_at += QUARTER
        session.add(reading)
