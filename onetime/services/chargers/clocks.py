"""The chargers' clocks: each is measured by what it sends, and what rests on a wrong one is put right.

What a clock is, and what its stamps mean, is in ``onetime.services.chargers.own_clock``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlmodel import Session, col, select, update

from onetime.clock import utc_now
from onetime.models import OUTSIDE_SESSIONS, Charger, Connector, MeterReading, Site, Transaction
from onetime.services.chargers.live import LiveBoard
from onetime.services.chargers.measurements import Measurement
from onetime.services.chargers.own_clock import (
    ANSWERED,
    CLOCK_ALIGNED,
    EARLIEST,
    OFF_S,
    PROMPT,
    QUARTER,
    SENT_AT_ONCE,
    ChargerClock,
    Sent,
)
from onetime.store.database import Database
from onetime.store.unreadable import Tell, left_out, readable, what_is_readable

__all__ = ["CLOCK_ALIGNED", "EARLIEST", "OFF_S", "SENT_AT_ONCE", "ChargerClock", "ClockService"]

ANSWERED_WITHIN = timedelta(minutes=2)  # what a charger sends because it was asked comes within its time to answer


@dataclass(frozen=True, slots=True)
class ClockLearnt:
    """What has just been learnt of a clock: how late its messages arrive, ``since`` when nothing says otherwise.

    ``is_confirmed`` says that messages have kept arriving like that, so that those that waited are of this clock too.
    """

    charger_id: int
    lag: timedelta
    since: datetime | None
    is_confirmed: bool
    stamps_interval_start: bool


Repair = Callable[[Session, ClockLearnt, datetime], Any]
Repaired = Callable[[Any], None]


class ClockService:
    """Measures the chargers' clocks and corrects their stamps. It does no more than a comparison for a right one."""

    def __init__(self, database: Database, live: LiveBoard) -> None:
        self._database = database
        self._live = live
        self._clocks: dict[int, ChargerClock] = {}
        self._zone: ZoneInfo | None = None
        self._repair: tuple[Repair, Repaired] | None = None

    def restore(self, session: Session, tell: Tell) -> None:
        """Recall what was measured before a restart; ``tell`` hears of what cannot be read."""
        self._zone = ZoneInfo(Site.model_fields["time_zone"].default)
        with left_out(tell, "site", 1):
            if zone := session.exec(select(Site.time_zone).where(col(Site.id) == 1)).first():
                self._zone = ZoneInfo(zone)
        query = select(Charger.id, Charger.clock_offset_s, Charger.stamps_interval_start)
        for charger_id, offset_s, stamps_start in readable(session, query, col(Charger.id), tell):
            with left_out(tell, "charger", charger_id or 0):
                clock = ChargerClock(offset_s, stamps_start, self._zone)
                self._clocks[charger_id or 0] = clock
                clock.recall(utc_now())

    def repair_with(self, repair: Repair, repaired: Repaired) -> None:
        """Let ``repair`` put right what was stored by a clock that is found to be off, and tell ``repaired`` of it."""
        self._repair = (repair, repaired)

    def instant(self, charger_id: int, stamp: datetime, received_at: datetime) -> datetime:
        """Return the instant a charger's stamp means."""
        clock = self._clock(charger_id)
        clock.last_meant = clock.corrected(stamp, received_at, after=clock.last_meant)
        return clock.last_meant

    def corrected(
        self, charger_id: int, measurements: Sequence[Measurement], received_at: datetime, end: datetime | None = None
    ) -> list[Measurement]:
        """Return measurements at the instants they were taken; ``end`` is the stamp of the stop they came with."""
        clock = self._clock(charger_id)
        stamps = [each.taken_at for each in measurements] + ([end] if end else [])
        newest = max(stamps, default=None)
        unset = max((stamp for stamp in stamps if stamp < EARLIEST), default=None)
        after = None if end else clock.last_meant  # those of a stop are of before it
        found = []
        for each in measurements:
            bound = newest if each.taken_at >= EARLIEST else unset
            after = clock.corrected(each.taken_at, received_at, bound, after)
            found.append(_moved(clock, each, received_at, after))
        clock.last_meant = clock.last_meant if end else after
        return found

    def is_right(self, charger_id: int, reading: Measurement, received_at: datetime) -> bool:
        """Say whether a reading was taken when it says, and says nothing new of the clock."""
        return self._clock(charger_id).is_right(reading.taken_at, received_at, reading.context)

    def confirm(self, charger_id: int, reading: Measurement, received_at: datetime) -> None:
        """Note a reading that ``is_right``: it changes nothing that would have to be stored."""
        clock = self._clock(charger_id)
        if reading.context == CLOCK_ALIGNED:
            clock.observe_aligned(reading.taken_at, received_at)
        if reading.context == CLOCK_ALIGNED or reading.context in SENT_AT_ONCE:
            clock.observe(reading.taken_at, received_at, Sent.PERHAPS_LATER)

    def booted(self, charger_id: int) -> None:
        """Note that a charger has booted: a clock without a battery counts from its beginning again."""
        self._clock(charger_id).began_anew()

    def forget(self, charger_id: int) -> None:
        """Drop what is known of the clock of a charger that is deleted."""
        self._clocks.pop(charger_id, None)

    async def heard(self, charger_id: int, stamp: datetime, received_at: datetime, *, was_queued: bool = False) -> None:
        """Measure the clock by a message that was stamped as it was sent, or that waited for a connection."""
        await self._learn(charger_id, stamp, received_at, Sent.PERHAPS_LATER if was_queued else Sent.AS_STAMPED)

    async def heard_reading(self, charger_id: int, reading: Measurement, received_at: datetime) -> None:
        """Measure the clock by a reading that has been stored, as its charger stamped it."""
        clock, stamp = self._clock(charger_id), reading.taken_at
        if reading.context == CLOCK_ALIGNED:
            await self._heard_aligned(charger_id, stamp, received_at)
        if not clock.says_when_sent(stamp, received_at, reading.context):
            return
        asked_at = self._live.charger(charger_id).triggered_at
        is_answer = reading.context == ANSWERED and asked_at is not None and received_at - asked_at <= ANSWERED_WITHIN
        await self._learn(charger_id, stamp, received_at, Sent.IN_ANSWER if is_answer else Sent.PERHAPS_LATER)

    async def _learn(self, charger_id: int, stamp: datetime, received_at: datetime, sent: Sent) -> None:
        clock = self._clock(charger_id)
        since = clock.right_at
        if not clock.observe(stamp, received_at, sent):
            return
        learnt = None
        if clock.offset_s is not None and abs(clock.offset_s) > OFF_S:
            lag, starts = received_at - stamp, clock.stamps_interval_start
            learnt = ClockLearnt(charger_id, lag, since, clock.is_confirmed, starts)
        await self._store(charger_id, learnt)

    async def _heard_aligned(self, charger_id: int, stamp: datetime, received_at: datetime) -> None:
        """Learn from a clock-aligned reading that has been stored."""
        clock = self._clock(charger_id)
        since = clock.late_quarter
        if not clock.observe_aligned(stamp, received_at):
            return
        await self._store(charger_id)
        if clock.stamps_interval_start and since is not None:
            await self._database.write(lambda s: _shift_aligned(s, charger_id, since))

    async def _store(self, charger_id: int, learnt: ClockLearnt | None = None) -> None:
        """Store what is known of a clock, and in the same transaction put right what rests on it."""
        clock = self._clock(charger_id)
        now, charger = utc_now(), self._live.charger(charger_id)
        repair, repaired = self._repair or (None, None)

        def work(session: Session) -> tuple[datetime | None, Any]:
            off_since = _store_clock(session, charger_id, clock, now)
            return off_since, repair(session, learnt, now) if repair is not None and learnt is not None else None

        charger.clock_off_since, changed = await self._database.write(work)
        charger.clock_offset_s = clock.offset_s
        self._live.charger_changed(charger_id)
        if changed and repaired is not None:
            repaired(changed)

    def _clock(self, charger_id: int) -> ChargerClock:
        clock = self._clocks.get(charger_id)
        if clock is None:
            clock = self._clocks[charger_id] = ChargerClock(zone=self._zone)
        return clock


def _moved(clock: ChargerClock, each: Measurement, received_at: datetime, instant: datetime) -> Measurement:
    """Return a measurement at the instant its stamp means, or at the end of the interval it stands for."""
    if clock.stamps_interval_start and each.context == CLOCK_ALIGNED and instant + QUARTER <= received_at + PROMPT:
        instant += QUARTER
    return (
        each
        if instant == each.taken_at
        else msgspec.structs.replace(each, taken_at=instant, charger_taken_at=each.taken_at)
    )


def _store_clock(session: Session, charger_id: int, clock: ChargerClock, now: datetime) -> datetime | None:
    """Store what is known of a clock and return since when it has been off."""
    known = what_is_readable(session, Charger, charger_id).clock_off_since
    is_off = clock.offset_s is not None and abs(clock.offset_s) > PROMPT.total_seconds()
    off_since = (known or now) if is_off else None
    session.exec(
        update(Charger)
        .where(col(Charger.id) == charger_id)
        .values(
            clock_offset_s=clock.offset_s,
            stamps_interval_start=clock.stamps_interval_start,
            clock_off_since=off_since,
        )
    )
    return off_since


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
