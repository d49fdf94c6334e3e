"""The time by which old things are deleted: one that a jump of the system's clock does not carry along.

A wrong clock that is 100 days ahead would make everything look a hundred days older than it is. So what is deleted
for its age goes by a time of its own, which follows the system's while that moves as clocks do. When it has leapt
ahead, nobody can tell a wrong clock from a long power cut: then this time goes on at the pace at which time really
passes here, and only takes the leap once the new time has stood for a month. Nothing is kept much longer than it
should be by that, and nothing goes early. Chargers cannot confirm a time: they have theirs from here (OCPP 1.6
edition 2, sections 4.2 and 4.6).
"""

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, select

from onetime.background import pass_finished
from onetime.clock import is_plausible, utc_now
from onetime.models import HouseClock, MessageBlock, Transaction
from onetime.services.unreadable import UnreadableRows
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseClosedError, DatabaseError
from onetime.store.unreadable import Tell, left_out

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0
STORE_EVERY_S = 3_600.0
LEAP = timedelta(hours=1)  # while the house runs: more than any correction of a clock that is kept right
LONGEST_REST = timedelta(days=2)  # between two runs: a weekend without power
STANDS_AFTER = timedelta(days=30)
TOLD_FROM = timedelta(days=7)  # a power cut of some days is nobody's business


@dataclass(slots=True)
class SteadyTime:
    """Time as it can be believed: ``reached`` never leaps ahead.

    ``seen`` is what the system's clock showed at the last look, ``leapt_at`` what it showed after a leap that does
    not stand yet. Between two runs of the house no ticks are known.
    """

    seen: datetime | None = None
    reached: datetime | None = None
    leapt_at: datetime | None = None
    ticks_s: float | None = None

    def look(self, now: datetime, ticks_s: float) -> datetime | None:
        """Take the system's time and the ticks of its monotonic clock; return what time it is for sure, or None."""
        if not is_plausible(now):
            self.ticks_s = None
            return None
        if self.seen is None or self.reached is None:
            self.seen, self.reached, self.ticks_s = now, now, ticks_s
            return now
        moved = now - self.seen
        passed = timedelta(seconds=ticks_s - self.ticks_s) if self.ticks_s is not None else None
        leap = moved - passed > LEAP if passed is not None else moved > LONGEST_REST
        self.seen, self.ticks_s = now, ticks_s
        if leap:
            self.leapt_at = now
        self._follow(now, timedelta() if passed is None else passed)
        return self.reached

    def _follow(self, now: datetime, passed: timedelta) -> None:
        """Go with the system's clock, or at the pace of time while a leap of it does not stand."""
        if self.leapt_at is None or self.reached is None or now - self.reached <= LEAP:
            self.reached, self.leapt_at = now, None  # nothing has leapt, or the leap was taken back
            return
        self.leapt_at = min(self.leapt_at, now)
        if now - self.leapt_at >= STANDS_AFTER:
            self.reached, self.leapt_at = now, None
        else:
            self.reached += max(passed, timedelta())


class Aging:
    """Tells what is old enough to go. Every deletion by age asks it."""

    def __init__(self, database: Database, unreadable: UnreadableRows) -> None:
        self._database = database
        self._unreadable = unreadable
        self._time = SteadyTime()
        self._stored: tuple[datetime | None, float] = (None, 0.0)

    def restore(self, session: Session) -> None:
        """Recall how far time had come when the house stopped, by its newest message or session where need be.

        A version before this one wrote down no time of its own, and what is written may not be readable.
        """
        row: HouseClock | None = None
        with self._unreadable.look("the house's clock") as tell:
            with left_out(tell, "house_clock", 1):
                row = session.get(HouseClock, 1)
            newest = _newest(session, tell) if row is None else None
        if row is not None:
            self._time = SteadyTime(row.seen_at, row.reached_at, row.leapt_at)
        elif newest is not None:
            self._time = SteadyTime(newest, newest)

    def now(self) -> datetime | None:
        """Return the time by which things are old, or None while nobody knows it: then nothing is deleted."""
        return self._time.look(utc_now(), time.monotonic())

    def before(self, days: float) -> datetime | None:
        """Return the instant before which things are older than ``days``, or None: then nothing is."""
        now = self.now()
        return now - timedelta(days=days) if now is not None else None

    @property
    def leapt_to(self) -> datetime | None:
        """Return where the system's clock has leapt to, while that is far and does not stand yet."""
        steady = self._time
        if steady.leapt_at is None or steady.seen is None or steady.reached is None:
            return None
        return steady.seen if steady.seen - steady.reached > TOLD_FROM else None

    async def run(self) -> None:
        """Look at the clock for as long as the house runs, and write down now and then how far time has come."""
        while True:
            try:
                await self.store()
                pass_finished()
            except DatabaseClosedError:
                return
            except DatabaseError as error:
                logger.warning("How far time has come was not written down: %s", error)
            await asyncio.sleep(LOOK_EVERY_S)

    async def store(self) -> None:
        """Write down how far time has come: every hour, and at once when the system's clock has leapt."""
        self.now()
        steady, ticks = self._time, time.monotonic()
        known = (steady.leapt_at, ticks)
        is_soon = self._stored[1] > 0 and ticks - self._stored[1] < STORE_EVERY_S
        if steady.seen is None or steady.reached is None or (is_soon and self._stored[0] == steady.leapt_at):
            return
        row = HouseClock(seen_at=steady.seen, reached_at=steady.reached, leapt_at=steady.leapt_at)
        await self._database.write(lambda s: _store(s, row))
        self._stored = known


def _store(session: Session, row: HouseClock) -> None:
    """Put the row in the place of what is there, without reading that: it may not be readable."""
    session.exec(delete(HouseClock))
    session.add(HouseClock(**row.model_dump()))


def _newest(session: Session, tell: Tell) -> datetime | None:
    """Return when the newest message or session came in, None for a new house."""
    found: list[datetime] = []
    newest = {"message_block": col(MessageBlock.last_at), "transaction": col(Transaction.start_received_at)}
    for table, column in newest.items():
        with left_out(tell, table, "max"):
            found += [each for each in session.exec(select(func.max(column))) if each is not None]
    return max(found, default=None)
