"""What happens when the system's time becomes right: a Pi without a clock battery starts in the past.

Until then messages get a wrong time of receipt, and what a charger without a clock of its own said has no time at
all. The monotonic clock ran on meanwhile, so the moment the time is right says how wrong it was: all of this run's
times of receipt are moved by that, and with them the sessions that rest on nothing else.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from onetime.background import pass_finished
from onetime.clock import is_plausible, utc_now
from onetime.events import EventBus, ReviewsChanged, SystemTimeSet, TransactionChanged
from onetime.models import MeterReading, Transaction, TransactionState
from onetime.services.chargers.clocks import EARLIEST
from onetime.services.chargers.live import LiveBoard
from onetime.services.sessions.doubts.reasons import Doubt
from onetime.services.sessions.judging.second_look import judge_again
from onetime.services.sessions.readings.shown import shown_register
from onetime.services.sessions.replays import undo_replay
from onetime.services.sessions.starts import live_session
from onetime.services.unreadable import UnreadableRows, naming
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseClosedError, DatabaseError
from onetime.store.unreadable import Tell, readable, undone

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
_KNOWN_NOW = frozenset({Doubt.TIME_UNKNOWN})


@dataclass(frozen=True, slots=True)
class Run:
    """Which sessions can have got wrong times in this run: those that ran at its start, and later ones."""

    newest_id: int
    running: frozenset[int]


class SystemTime:
    """Watches the system's clock and puts right what was received before it was."""

    def __init__(self, database: Database, bus: EventBus, live: LiveBoard, unreadable: UnreadableRows) -> None:
        self._database = database
        self._bus = bus
        self._live = live
        self._unreadable = unreadable
        self._run = Run(0, frozenset())
        self._wrong: datetime | None = None
        self._wrong_at = 0.0

    def restore(self, session: Session) -> None:
        """Remember which sessions were there before this run."""
        running = session.exec(select(Transaction.id).where(Transaction.state == TransactionState.OPEN))
        newest = session.exec(select(func.max(Transaction.id))).one()
        self._run = Run(newest or 0, frozenset(number or 0 for number in running))

    async def watch(self) -> None:
        """Look at the clock for as long as the house runs."""
        while True:
            try:
                await self.look()
                pass_finished()
            except DatabaseClosedError:
                return
            except DatabaseError as error:
                logger.warning("Times received while the system's was wrong were not corrected yet: %s", error)
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Note that the time is wrong, or correct what was received while it was."""
        now, ticks = utc_now(), time.monotonic()
        if not is_plausible(now):
            self._wrong, self._wrong_at = now, ticks
            return
        if self._wrong is None:
            return
        step = now - self._wrong - timedelta(seconds=ticks - self._wrong_at)
        run = self._run
        with self._unreadable.look("sessions with a wrong time") as tell:
            rows = await self._database.write(lambda s: set_right(s, run, step, now, naming(s, tell)))
        self._wrong = None
        logger.info("The system's time is right now; %d sessions were corrected by %s.", len(rows), step)
        await self._show(rows)
        self._bus.publish(SystemTimeSet())
        self._bus.publish(ReviewsChanged())

    async def _show(self, rows: Sequence[Transaction]) -> None:
        for row in rows:
            shown = self._live.session_on(row.connector_id)
            if shown is not None and shown.transaction_id == row.id:
                register = await self._database.read(lambda s, row=row: shown_register(s, row))  # type: ignore[misc]  # bound now
                self._live.start_session(row.connector_id, live_session(row, register))
            self._bus.publish(TransactionChanged(row.id or 0, row.connector_id))


def set_right(session: Session, run: Run, step: timedelta, now: datetime, tell: Tell) -> list[Transaction]:
    """Move what this run received with a wrong time by ``step``; return the sessions that changed.

    One that cannot be read stays as it is; ``tell`` hears of it.
    """
    query = select(Transaction).where((col(Transaction.id) > run.newest_id) | col(Transaction.id).in_(run.running))
    changed = []
    for row in readable(session, query.order_by(col(Transaction.id)), col(Transaction.id), tell):
        with undone(session, tell, "transaction", row.id or 0):
            readings = session.exec(select(MeterReading).where(MeterReading.transaction_id == row.id)).all()
            began, ended = _move_start(row, run, step), _move_stop(row, step)
            if _move_readings(session, readings, step) or began or ended:
                session.add(row)
                undo_replay(session, row)
                judge_again(session, row, now, _KNOWN_NOW)
                session.flush()
                changed.append(row)
    return changed


def _move_start(row: Transaction, run: Run, step: timedelta) -> bool:
    received_at = row.start_received_at
    if is_plausible(received_at) or (row.id or 0) <= run.newest_id:
        return False
    row.start_received_at = received_at + step
    if row.started_at < EARLIEST:
        row.charger_started_at = row.charger_started_at or (None if row.started_at == received_at else row.started_at)
        row.started_at, row.time_corrected = row.start_received_at, True
    return True


def _move_stop(row: Transaction, step: timedelta) -> bool:
    received_at, stopped_at = row.stop_received_at, row.stopped_at
    if received_at is None or stopped_at is None or is_plausible(received_at):
        return False
    row.stop_received_at = received_at + step
    if stopped_at < EARLIEST:
        row.charger_stopped_at = row.charger_stopped_at or (None if stopped_at == received_at else stopped_at)
        row.stopped_at, row.time_corrected = row.stop_received_at, True
    return True


def _move_readings(session: Session, readings: Sequence[MeterReading], step: timedelta) -> bool:
    """Move a session's readings; of those that came in one message the last was taken when it came."""
    wrong = [reading for reading in readings if not is_plausible(reading.received_at)]
    newest: dict[datetime, datetime] = {}
    for reading in wrong:
        newest[reading.received_at] = max(reading.taken_at, newest.get(reading.received_at, reading.taken_at))
    for reading in wrong:
        before, stamp = reading.received_at, reading.taken_at
        reading.received_at = before + step
        if stamp < EARLIEST:
            reading.charger_taken_at = reading.charger_taken_at or (None if stamp == before else stamp)
            reading.taken_at = reading.received_at - (newest[before] - stamp)
        session.add(reading)
    return bool(wrong)
