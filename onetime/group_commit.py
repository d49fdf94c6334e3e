"""Group commit: many callers' writes in one transaction, each answered after its own commit.

All writes go through one thread. What arrives while a commit is under way shares the next one, so 200 chargers
that report in the same second cost a handful of fsyncs; that is what makes an SD card live long.

Errors a caller can see::

    DatabaseError
    ├── DatabaseUnavailableError   the disk is full, or the server cannot be reached
    └── DatabaseClosedError        the process is shutting down
"""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Engine, Table, insert
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from onetime.texts import Text, _

logger = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[Session], T]
Row = Mapping[str, Any]

BATCH_LIMIT = 2_000  # keeps one transaction short enough for readers and for a crash's replay
LAZY_ROWS_LIMIT = 20_000  # about 20 MB of logged frames; beyond that the log gives way, not the process
LAZY_FLUSH_S = 1.0
OUTAGE_PATIENCE_S = 20.0  # below the 30 s after which the first chargers give up on an answer


class DatabaseError(Exception):
    """The database could not do what was asked."""


class DatabaseUnavailableError(DatabaseError):
    """The disk is full, or the database server cannot be reached."""


class DatabaseClosedError(DatabaseError):
    """The process is shutting down."""


@dataclass(slots=True)
class _Unit:
    """One caller's work and the future its answer goes to."""

    work: Work[Any]
    future: asyncio.Future[Any]


@dataclass(slots=True)
class _Rows:
    """Rows to append. Without a future nobody waits for them and they ride along with the next commit."""

    table: Table
    rows: Sequence[Row]
    future: asyncio.Future[Any] | None = None


@dataclass(slots=True)
class _Batch:
    """What one transaction will hold."""

    units: list[_Unit] = field(default_factory=list)
    appends: list[_Rows] = field(default_factory=list)


@dataclass(slots=True)
class _Outcome:
    """What one caller is told once the commit stands."""

    future: asyncio.Future[Any] | None
    result: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        """Answer the caller, unless it has gone."""
        if self.future is None:
            if self.error is not None:
                logger.warning("Rows nobody waits for were not written: %s", self.error)
        elif self.future.done():
            return
        elif self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class GroupCommit:
    """The one writer of a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[_Unit | _Rows | None] = queue.SimpleQueue()
        self._lazy: list[_Rows] = []
        self._lazy_since: float | None = None
        self._thread = threading.Thread(target=self._run, name="database-writer", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self.commits = 0
        self.trouble: Text | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the writer thread; its answers are delivered in ``loop``."""
        self._loop = loop
        self._thread.start()

    async def close(self) -> None:
        """Commit what was handed in, then stop the thread."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    async def run(self, work: Work[Any]) -> Any:
        """Run ``work`` inside the next commit and return what it returned, after that commit."""
        unit = _Unit(work, asyncio.get_running_loop().create_future())
        self._submit(unit)
        return await unit.future

    async def append(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert ``rows`` inside the next commit; return after it."""
        future = asyncio.get_running_loop().create_future()
        self._submit(_Rows(table, rows, future))
        await future

    def append_lazily(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert ``rows`` with the next commit, or within ``LAZY_FLUSH_S``."""
        self._submit(_Rows(table, rows))

    def _submit(self, item: _Unit | _Rows) -> None:
        if self._closed:
            msg = _("Onetime is shutting down.")
            raise DatabaseClosedError(msg)
        self._queue.put(item)

    def _run(self) -> None:
        while True:
            batch, closing = self._collect()
            if batch.units or batch.appends:
                self._answer(self._commit_patiently(batch))
            if closing:
                return

    def _answer(self, outcomes: list[_Outcome]) -> None:
        """Answer all callers with one wake-up of the event loop."""

        def tell_all() -> None:
            for outcome in outcomes:
                outcome.tell()

        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(tell_all)

    def _collect(self) -> tuple[_Batch, bool]:
        """Wait for something to do, then take along everything that has queued up meanwhile."""
        batch = _Batch()
        closing = False
        while len(batch.units) + len(batch.appends) < BATCH_LIMIT:
            idle = not (batch.units or batch.appends)
            try:
                item = self._queue.get(timeout=self._lazy_deadline()) if idle else self._queue.get_nowait()
            except queue.Empty:
                break
            if item is None:
                closing = True
                break
            self._sort_in(batch, item)
        batch.appends.extend(self._take_lazy())
        return batch, closing

    def _sort_in(self, batch: _Batch, item: _Unit | _Rows) -> None:
        if isinstance(item, _Unit):
            batch.units.append(item)
        elif item.future is None:
            self._keep_lazy(item)
        else:
            batch.appends.append(item)

    def _lazy_deadline(self) -> float | None:
        if self._lazy_since is None:
            return None
        return max(0.0, self._lazy_since + LAZY_FLUSH_S - time.monotonic())

    def _keep_lazy(self, item: _Rows) -> None:
        if len(self._lazy) < LAZY_ROWS_LIMIT:
            self._lazy.append(item)
        if self._lazy_since is None:
            self._lazy_since = time.monotonic()

    def _take_lazy(self) -> list[_Rows]:
        taken, self._lazy, self._lazy_since = self._lazy, [], None
        return taken

    def _commit_patiently(self, batch: _Batch) -> list[_Outcome]:
        """Commit, waiting out a short outage: chargers repeat a refused message only a few times, then drop it."""
        deadline = time.monotonic() + OUTAGE_PATIENCE_S
        pause = 0.1
        while True:
            try:
                outcomes = self._commit(batch)
            except OperationalError as error:
                self.trouble = describe(error)
                if self._closed or time.monotonic() + pause > deadline:
                    return self._give_up(batch, DatabaseUnavailableError(self.trouble))
                logger.warning("%s Trying again.", self.trouble)
                time.sleep(pause)
                pause = min(pause * 2, 2.0)
            except Exception as error:
                logger.exception("A commit failed.")
                return self._give_up(batch, error)
            else:
                self.trouble = None
                return outcomes

    def _commit(self, batch: _Batch) -> list[_Outcome]:
        with self._engine.connect() as connection, Session(connection, expire_on_commit=False) as session:
            try:
                outcomes = [_run_unit(session, unit.work, unit.future) for unit in batch.units]
                outcomes.extend(_run_appends(session, batch.appends))
                session.commit()
            except Exception:
                connection.invalidate()  # a COMMIT that failed leaves SQLite's transaction open
                raise
        self.commits += 1
        return outcomes

    def _give_up(self, batch: _Batch, error: Exception) -> list[_Outcome]:
        logger.error("Nothing of this group was written: %s", error)
        for item in batch.appends:
            if item.future is None and not self._closed:
                self._keep_lazy(item)
        waiting = [unit.future for unit in batch.units] + [i.future for i in batch.appends if i.future is not None]
        return [_Outcome(future, error=error) for future in waiting]


def describe(error: BaseException) -> Text:
    """Say in a person's words what is wrong with the database."""
    detail = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if "disk is full" in detail:
        return _("The disk is full; Onetime cannot save anything until there is room.")
    if "readonly" in detail or "read-only" in detail:
        return _("The data folder cannot be written to; check who owns it.")
    if "locked" in detail:
        return _("Another program holds the database; Onetime waits for it.")
    return _("The database does not answer ({detail}).", detail=detail)


def _run_unit(session: Session, work: Work[Any], future: asyncio.Future[Any] | None) -> _Outcome:
    """Run one caller's work in a savepoint, so that its failure is its own."""
    savepoint = session.begin_nested()
    try:
        result = work(session)
        savepoint.commit()
    except OperationalError:
        raise  # the whole group is at stake, not this one caller
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise OperationalError(error.statement, error.params, error.orig or error) from error
        savepoint.rollback()
        return _Outcome(future, error=error)
    return _Outcome(future, result)


def _run_appends(session: Session, appends: Sequence[_Rows]) -> list[_Outcome]:
    """Insert all rows of a table in one statement; only if that fails, one caller at a time."""
    grouped: dict[Table, list[_Rows]] = {}
    for item in appends:
        grouped.setdefault(item.table, []).append(item)
    outcomes: list[_Outcome] = []
    for table, items in grouped.items():
        together = _run_unit(session, _inserting(table, [row for item in items for row in item.rows]), None)
        if together.error is None:
            outcomes.extend(_Outcome(item.future) for item in items)
        else:
            outcomes.extend(_run_unit(session, _inserting(table, item.rows), item.future) for item in items)
    return outcomes


def _inserting(table: Table, rows: Sequence[Row]) -> Work[None]:
    def work(session: Session) -> None:
        session.connection().execute(insert(table), list(rows))

    return work
