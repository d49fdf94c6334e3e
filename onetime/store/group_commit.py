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
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Table

from onetime.store.bulk_insert import Row
from onetime.store.commit_batch import ENOUGH_ROWS, Batch, Outcome, Rows, Told, Unit, Work, future_teller
from onetime.store.doubt import is_outage, was_committed
from onetime.texts import Text, _

logger = logging.getLogger(__name__)

BATCH_LIMIT = 2_000  # keeps one transaction short enough for readers and for a crash's replay
LAZY_LIMIT = 20_000  # of what nobody waits for; beyond that it gives way, not the process
LAZY_FLUSH_S = 1.0
BUSY_FOR_S = 1.0  # after a commit that many shared, nobody is kept waiting for more: it is the tail of a burst
OUTAGE_PATIENCE_S = 20.0  # below the 30 s after which the first chargers give up on an answer


class DatabaseError(Exception):
    """The database could not do what was asked."""


class DatabaseUnavailableError(DatabaseError):
    """The disk is full, or the database server cannot be reached."""


class DatabaseClosedError(DatabaseError):
    """The process is shutting down."""


class GroupCommit:
    """The one writer of a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[Unit | Rows | None] = queue.SimpleQueue()
        self._lazy: list[Rows] = []
        self._lazy_since: float | None = None
        self._thread = threading.Thread(target=self._run, name="database-writer", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._busy_at = float("-inf")
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
        future = asyncio.get_running_loop().create_future()
        self._submit(Unit(work, future_teller(future)))
        return await future

    async def append(self, table: Table, rows: Sequence[Row], patience_s: float = 0.0) -> None:
        """Insert ``rows`` inside the next commit; return after it. See ``append_soon`` for ``patience_s``."""
        future = asyncio.get_running_loop().create_future()
        self.append_soon(table, rows, future_teller(future), patience_s)
        await future

    def append_soon(self, table: Table, rows: Sequence[Row], tell: Told, patience_s: float = 0.0) -> None:
        """Insert ``rows`` inside the next commit and call ``tell`` in the event loop after it.

        Where nobody is in a hurry the commit is held for up to ``patience_s`` seconds, so that others can share it.
        """
        self._submit(Rows(table, rows, tell, time.monotonic() + patience_s if patience_s else 0.0))

    def append_lazily(self, table: Table, rows: Sequence[Row], tell: Told | None = None) -> None:
        """Insert ``rows`` with the next commit, or within ``LAZY_FLUSH_S``; ``tell`` hears what became of them."""
        self._submit(Rows(table, rows, tell, is_lazy=True))

    def _submit(self, item: Unit | Rows) -> None:
        if self._closed:
            msg = _("Onetime is shutting down.")
            raise DatabaseClosedError(msg)
        self._queue.put(item)

    def _run(self) -> None:
        while True:
            batch, closing = self._collect()
            if batch:
                self._answer(self._commit_patiently(batch))
            if closing:
                return

    def _answer(self, outcomes: list[Outcome]) -> None:
        """Answer all callers with one wake-up of the event loop."""

        def tell_all() -> None:
            for outcome in outcomes:
                try:
                    outcome.deliver()
                except Exception:
                    logger.exception("A caller failed after its commit.")

        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(tell_all)

    def _collect(self) -> tuple[Batch, bool]:
        """Wait for something to do, then take along everything that has queued up meanwhile."""
        batch = Batch()
        closing = False
        while len(batch) < BATCH_LIMIT:
            try:
                item = self._next(batch)
            except queue.Empty:
                break
            if item is None:
                closing = True
                break
            if isinstance(item, Rows) and item.is_lazy:
                self._keep_lazy(item)
            else:
                batch.add(item)
        batch.appends.extend(self._take_lazy())
        return batch, closing

    def _next(self, batch: Batch) -> Unit | Rows | None:
        """Return what comes next, None for the end. Raises ``queue.Empty`` when the batch should wait no longer."""
        if batch:
            now = time.monotonic()
            wait = batch.ready_at - now if batch.ready_at and now - self._busy_at > BUSY_FOR_S else 0.0
        elif self._lazy_since is not None:
            wait = self._lazy_since + LAZY_FLUSH_S - time.monotonic()
        else:
            return self._queue.get()
        return self._queue.get(timeout=wait) if wait > 0 else self._queue.get_nowait()

    def _keep_lazy(self, item: Rows) -> None:
        if len(self._lazy) < LAZY_LIMIT:
            self._lazy.append(item)
        if self._lazy_since is None:
            self._lazy_since = time.monotonic()

    def _take_lazy(self) -> list[Rows]:
        taken, self._lazy, self._lazy_since = self._lazy, [], None
        return taken

    def _commit_patiently(self, batch: Batch) -> list[Outcome]:
        """Commit, waiting out a short outage: chargers repeat a refused message only a few times, then drop it."""
        deadline = time.monotonic() + OUTAGE_PATIENCE_S
        pause = 0.1
        while True:
            try:
                outcomes = self._commit(batch)
            except Exception as error:
                if not is_outage(error):
                    logger.exception("A commit failed.")
                    self.trouble = describe(error)
                    return self._give_up(batch, error)
                self.trouble = describe(error)
                if self._closed or time.monotonic() + pause > deadline:
                    return self._give_up(batch, DatabaseUnavailableError(self.trouble))
                logger.warning("%s Trying again.", self.trouble)
                time.sleep(pause)
                pause = min(pause * 2, 2.0)
            else:
                self.trouble = None
                return outcomes

    def _commit(self, batch: Batch) -> list[Outcome]:
        with self._engine.connect() as connection:
            try:
                outcomes = _settled(connection, batch)
                if outcomes is None:
                    outcomes = batch.run(connection)
            except Exception:
                connection.invalidate()  # a COMMIT that failed leaves SQLite's transaction open
                raise
        self.commits += 1
        if len(batch) >= ENOUGH_ROWS:
            self._busy_at = time.monotonic()
        return outcomes

    def _give_up(self, batch: Batch, error: Exception) -> list[Outcome]:
        logger.error("Nothing of this group was written: %s", error)
        told: list[Told | None] = [unit.tell for unit in batch.units]
        for item in batch.appends:
            if item.is_lazy and not self._closed:
                self._keep_lazy(item)
            else:
                told.append(item.tell)
        return [Outcome(tell, error=error) for tell in told]


def _settled(connection: Connection, batch: Batch) -> list[Outcome] | None:
    """Return what callers are told where an earlier try of theirs stands after all; done twice it would be wrong."""
    if batch.doubt is None or not was_committed(connection, batch.doubt.number):
        return None
    logger.warning("The database had committed what it did not confirm; nothing of it is done again.")
    return batch.doubt.outcomes


def describe(error: BaseException) -> Text:
    """Say in a person's words what is wrong with the database."""
    detail = _detail(error)
    # SQLite undoes everything when the disk is full, and then going back to a savepoint fails as well.
    if any("disk is full" in _detail(each) or _lacks_room(each) for each in _chain(error)):
        return _("The disk is full; Onetime cannot save anything until there is room.")
    if "readonly" in detail or "read-only" in detail:
        return _("The data folder cannot be written to; check who owns it.")
    if "locked" in detail:
        return _("Another program holds the database; Onetime waits for it.")
    return _("The database does not answer ({detail}).", detail=detail)


def _lacks_room(error: BaseException) -> bool:
    """Say whether SQLite found no room for the memory it shares: it calls that a fault of the disk (rescode.html)."""
    return getattr(getattr(error, "orig", None), "sqlite_errorname", "") == "SQLITE_IOERR_SHMSIZE"


def _detail(error: BaseException) -> str:
    """Return the database's own words, on one line."""
    return (str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__])[0]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those it came from, the last one first."""
    each: BaseException | None = error
    while each is not None:
        yield each
        each = each.__cause__ or each.__context__
