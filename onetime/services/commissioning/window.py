"""Commissioning: until when chargers nobody knows yet may connect, to wait for somebody to accept them.

A house is open for some weeks from its first start, so that whoever installs it need press nothing. Afterwards a
charger that is not known here gets 404 (OCPP-J 1.6, section 3.2), until somebody opens the house again.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from onetime.background import pass_finished
from onetime.clock import is_plausible, utc_now
from onetime.events import CommissioningChanged, EventBus
from onetime.models import Commissioning
from onetime.services.people.audit import record
from onetime.services.unreadable import UnreadableRows
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseError
from onetime.store.unreadable import Tell, left_out
from onetime.texts import _

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0  # how soon a change by the command line, another process, is noticed
LONGEST = timedelta(days=366)
WINDOW = "the window of new chargers"
_TABLE = "commissioning"
HOUSE = "house"  # the audit row's subject
FIRST_START = "setting ONETIME_COMMISSIONING_DAYS"


class CommissioningError(Exception):
    """New chargers cannot be let in, or turned away, as asked; the text says why."""


class AlwaysOpenError(CommissioningError):
    """A setting lets every charger in, so that nobody can close the house."""

    def __init__(self) -> None:
        super().__init__(_("The setting ONETIME_ACCEPT_NEW_CHARGERS lets every charger in; take it away first."))


@dataclass(frozen=True, slots=True)
class Window:
    """How long new chargers are let in: until an instant, or for a time that begins once the clock is right.

    A clock that is wrong never ends a window:

    - While the system's time cannot be right (1970 on a Pi without a clock battery, or decades ahead) a window that
      was not closed by somebody counts as open, even one that may be over by now. What a wrong guess lets in waits
      for acceptance and cannot charge; the other wrong guess would leave an installer with chargers that stay dead.
    - A window opened during that has no end yet, only a length; it begins when the time becomes right.
    - A clock that is ahead, but could be right, cannot be told from a right one: the window is over for as long as
      that clock runs. Its end is compared anew each time and nothing is written when it passes, so it is open again
      once the clock is set right. One opened under such a clock ends too late; the pages say when.
    """

    open_until: datetime | None = None
    open_for: timedelta | None = None

    def is_open(self, now: datetime) -> bool:
        """Say whether new chargers are let in at this time of the system's clock."""
        if self.open_for is not None:
            return True
        return self.open_until is not None and (not is_plausible(now) or now < self.open_until)

    def begun(self, now: datetime) -> "Window":
        """Return the window with its end, where that can be named by now."""
        return Window(now + self.open_for) if self.open_for is not None and is_plausible(now) else self


class CommissioningService:
    """Knows in memory whether new chargers are let in, and keeps it in the database."""

    def __init__(
        self, database: Database, bus: EventBus, *, first: timedelta, always_open: bool, unreadable: UnreadableRows
    ) -> None:
        self._database = database
        self._bus = bus
        self._unreadable = unreadable
        self._first = first
        self._window = first_window(first)
        self._shown: tuple[Window, bool] | None = None
        self._writes = 0
        self.always_open = always_open

    @property
    def is_open(self) -> bool:
        """Whether new chargers are let in now."""
        return self.always_open or self._window.is_open(utc_now())

    @property
    def open_until(self) -> datetime | None:
        """The end of what is open now; None while it is closed, or open without an end that could be named."""
        return self._window.open_until if self.is_open and not self.always_open else None

    def restore(self, session: Session, tell: Tell) -> None:
        """Recall what is stored; before the first start there is nothing yet. What cannot be read lets nobody in."""
        with left_out(tell, _TABLE, 1):
            self._window = stored_window(session) or self._window
            return
        self._window = Window()

    async def open_for(self, length: timedelta, actor: str) -> None:
        """Let new chargers in for a while. Raises ``CommissioningError``."""
        window = window_of(length)
        await self._store(window, actor)

    async def open_until_instant(self, end: datetime, actor: str) -> None:
        """Let new chargers in until an instant. Raises ``CommissioningError``."""
        _check_end(end, utc_now())
        await self._store(Window(end), actor)

    async def close(self, actor: str) -> None:
        """Turn new chargers away from now on. Raises ``AlwaysOpenError`` where a setting lets them in."""
        if self.always_open:
            raise AlwaysOpenError
        await self._store(Window(), actor)

    async def begin(self) -> None:
        """Begin the first window at the first start; a database in trouble is tried again while the house runs."""
        try:
            await self.look()
            pass_finished()
        except (DatabaseError, IntegrityError) as error:  # the latter: the command line stored the first row
            logger.debug("It was not looked whether new chargers are let in: %s", error)

    async def watch(self) -> None:
        """Notice the end of a window and what the command line changes, for as long as the house runs."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.begin()

    async def look(self) -> None:
        """Read the window again; write it where it has just begun."""
        writes = self._writes
        with self._unreadable.look(WINDOW) as tell:
            window, is_readable = await self._database.read(lambda s: _look(s, tell))
        if not is_readable:
            return
        if window is None or window.begun(utc_now()) != window:
            window = await self._database.write(lambda s: begin(s, self._first, utc_now()))
        if writes == self._writes:  # else this was read before somebody's change
            self._show(window)

    async def _store(self, window: Window, actor: str) -> None:
        self._writes += 1
        await self._database.write(lambda s: store(s, window, actor))
        self._writes += 1
        self._show(window)

    def _show(self, window: Window) -> None:
        self._window = window
        shown = window, self.is_open
        if shown != self._shown:
            self._shown = shown
            self._bus.publish(CommissioningChanged())


def first_window(length: timedelta) -> Window:
    """Return what a house begins with; no length at all: it is closed from the start."""
    return Window(open_for=length) if length else Window()


def window_of(length: timedelta) -> Window:
    """Return a window that begins now, or once the clock is right. Raises ``CommissioningError``."""
    if not timedelta() < length <= LONGEST:
        msg = _("New chargers can be let in for at most {days} days.", days=LONGEST.days)
        raise CommissioningError(msg)
    return Window(open_for=length).begun(utc_now())


def stored_window(session: Session) -> Window | None:
    """Return what is stored; None before the first start."""
    columns = select(Commissioning.open_until, Commissioning.open_for_s).where(col(Commissioning.id) == 1)
    row = session.exec(columns).first()
    if row is None:
        return None
    return Window(row[0], None if row[1] is None else timedelta(seconds=row[1]))


def begin(session: Session, first: timedelta, now: datetime) -> Window:
    """Store the first window, and the end of one that has waited for the clock; return what is stored then."""
    window = stored_window(session)
    if window is None:
        window = first_window(first).begun(now)
        store(session, window, FIRST_START)
    elif (begun := window.begun(now)) != window:
        window = begun
        _put(session, window)
    return window


def store(session: Session, window: Window, actor: str) -> None:
    """Store until when new chargers are let in, and who said so."""
    _put(session, window)
    if window == Window():
        record(session, actor, "commissioning.close", HOUSE)
    elif window.open_until is not None:
        record(session, actor, "commissioning.open", HOUSE, f"until {window.open_until.isoformat()}")
    else:
        record(session, actor, "commissioning.open", HOUSE, f"for {window.open_for}, once the system's time is right")


def _look(session: Session, tell: Tell) -> tuple[Window | None, bool]:
    """Return what is stored, and whether it can be read."""
    with left_out(tell, _TABLE, 1):
        return stored_window(session), True
    return None, False


def _put(session: Session, window: Window) -> None:
    """Store a window without reading the one before: whoever opens or closes the house repairs what is wrong there."""
    seconds = None if window.open_for is None else round(window.open_for.total_seconds())
    values = {"open_until": window.open_until, "open_for_s": seconds}
    if not session.exec(update(Commissioning).where(col(Commissioning.id) == 1).values(values)).rowcount:
        session.add(Commissioning(open_until=window.open_until, open_for_s=seconds))


def _check_end(end: datetime, now: datetime) -> None:
    """Refuse an end that is over or far away. A clock that cannot be right has no say in it."""
    if not is_plausible(now):
        return
    if end <= now:
        raise CommissioningError(_("New chargers can be let in until a time in the future; this one is over."))
    if end - now > LONGEST:
        raise CommissioningError(_("New chargers can be let in for at most {days} days.", days=LONGEST.days))
