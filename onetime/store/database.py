"""The database: one engine, readers beside one writer.

The only module that knows SQLite from PostgreSQL. Work is a plain function of a session; it runs on a database
thread, so the event loop never waits for a disk. Writes share commits: see ``store.group_commit``.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy.exc
from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, SQLModel

from onetime.store.bulk_insert import Row
from onetime.store.commit_batch import Told, Work
from onetime.store.doubt import is_outage
from onetime.store.group_commit import DatabaseUnavailableError, GroupCommit, describe
from onetime.store.read_health import ReadHealth
from onetime.store.typed_values import check_types
from onetime.store.unreadable import TELL, UnreadableRow
from onetime.texts import Text

T = TypeVar("T")

READERS = 4

# SQLite's log of a commit holds whole pages, and a commit here changes few bytes on each: small pages are what lets
# an SD card live. The log is copied back rarely for the same reason: a page that changed often goes back once.
_PRAGMAS = (
    "page_size=512",  # only of a new file
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "wal_autocheckpoint=32768",  # pages: 16 MiB
    "journal_size_limit=33554432",
)


def create_database_engine(url: str) -> Engine:
    """Open an engine with the durability this product promises.

    SQLite runs in WAL mode with ``synchronous=FULL``: a commit that was answered survives a power cut.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=READERS + 2, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 15}, pool_size=READERS + 2)
    check_types(engine)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # SQLAlchemy's "begin" below decides, not the driver
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A writer takes the lock at once: upgrading later could fail where waiting would have helped.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def tables_changing(engine: Engine) -> Iterator[Connection]:
    """Give a connection on which tables may be rebuilt, and commit at the end.

    SQLite changes a table by copying it and dropping the old one, which its foreign keys would forbid
    (https://www.sqlite.org/lang_altertable.html, section 7). They are checked before the commit instead. Raises
    ``IntegrityError`` when a row would point nowhere that did not before: what is broken already keeps no start.
    """
    with engine.execution_options(writes=True).connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection
            connection.commit()
            return
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101 - an open connection has one
        driver.execute("PRAGMA foreign_keys=OFF")  # on the driver: inside a transaction it would do nothing
        try:
            before = _orphans(connection)
            yield connection
            if new := _orphans(connection) - before:
                raise IntegrityError("PRAGMA foreign_key_check", None, ValueError(f"{next(iter(new))} points nowhere"))
            connection.commit()
        finally:
            connection.rollback()
            driver.execute("PRAGMA foreign_keys=ON")


def _orphans(connection: Connection) -> Counter[str]:
    """Count the rows of SQLite that point nowhere, by their table."""
    return Counter(table for table, *_ in connection.exec_driver_sql("PRAGMA foreign_key_check"))


class Database:
    """Readers beside one writer that commits in groups. ``tell`` hears of the rows that cannot be read."""

    def __init__(self, engine: Engine, tell: Callable[[Session, UnreadableRow], None] | None = None) -> None:
        engine = engine.execution_options(**{TELL: tell})
        self._engine = engine
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="database-reader")
        self._reading = ReadHealth()
        self._writer = GroupCommit(engine.execution_options(writes=True))

    @property
    def trouble(self) -> Text | None:
        """What keeps the database from writing or reading, as a sentence, or None while all is well."""
        return self._writer.trouble or self._reading.trouble

    @property
    def commits(self) -> int:
        """How many transactions have been committed since the start."""
        return self._writer.commits

    def start(self) -> None:
        """Start the writer. Call it from the event loop that will await the answers."""
        self._writer.start(asyncio.get_running_loop())

    async def close(self) -> None:
        """Commit what was handed in, then stop."""
        await self._writer.close()
        self._readers.shutdown(wait=True)
        self._engine.dispose()

    async def read(self, work: Work[T]) -> T:
        """Run ``work`` on a reader and return what it returns.

        Raises ``DatabaseUnavailableError`` when the database cannot be reached.
        """
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def write(self, work: Work[T]) -> T:
        """Run ``work`` in a group commit and return what it returned, after the commit.

        ``work`` may run more than once (a lost connection is retried), so it must touch nothing but the session.
        An exception it raises undoes its own changes only and is raised here.
        """
        answer: T = await self._writer.run(work)
        return answer

    async def append(self, model: type[SQLModel], rows: Sequence[Row], patience_s: float = 0.0) -> None:
        """Insert ``rows`` (column name → value, all the same columns) in a group commit; return after the commit.

        It may be held for ``patience_s`` seconds to be shared, as long as nobody is in a hurry.
        """
        await self._writer.append(_table(model), rows, patience_s)

    def append_soon(self, model: type[SQLModel], rows: Sequence[Row], tell: Told, patience_s: float = 0.0) -> None:
        """Do what ``append`` does without a task that waits: ``tell`` is called in the event loop after the commit.

        It gets None and the error, or None and None. Raises ``DatabaseClosedError``.
        """
        self._writer.append_soon(_table(model), rows, tell, patience_s)

    def append_lazily(self, model: type[SQLModel], rows: Sequence[Row], tell: Told | None = None) -> None:
        """Insert ``rows`` with the next commit, or within a second; nobody waits and no fsync is spent on them.

        ``tell`` is called in the event loop when they have been committed, or cannot be.
        """
        self._writer.append_lazily(_table(model), rows, tell)

    def _read(self, work: Work[T]) -> T:
        began_at = time.monotonic()
        try:
            with Session(self._engine, expire_on_commit=False) as session:
                result = work(session)
        except Exception as error:
            if not is_outage(error) and type(error) is not sqlalchemy.exc.DatabaseError:  # the latter: a broken file
                raise
            why = describe(error)
            self._reading.failed(why)
            raise DatabaseUnavailableError(why) from error
        self._reading.succeeded(began_at)
        return result


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it to every table class
    return table
