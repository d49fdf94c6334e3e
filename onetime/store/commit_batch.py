"""What one group commit holds, and how it runs inside a transaction: each caller's failure is its own."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlmodel import Session

from onetime.store.bulk_insert import Row, insert_rows
from onetime.store.doubt import OUTAGES, Doubt, is_outage, numbered

logger = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[Session], T]
Told = Callable[[Any, Exception | None], None]  # the caller's result, or why there is none

ENOUGH_ROWS = 8  # so many share an fsync well enough; whoever could wait for more need not


@dataclass(slots=True)
class Unit:
    """One caller's work, and who is told in the event loop once it is committed."""

    work: Work[Any]
    tell: Told


@dataclass(slots=True)
class Rows:
    """Rows to append; up to ``patient_until`` (monotonic, s) they may be held. Nobody waits for lazy ones."""

    table: Table
    rows: Sequence[Row]
    tell: Told | None = None
    patient_until: float = 0.0
    is_lazy: bool = False


@dataclass(slots=True)
class Outcome:
    """What one caller is told."""

    tell: Told | None
    result: Any = None
    error: Exception | None = None

    def deliver(self) -> None:
        """Tell the caller."""
        if self.tell is not None:
            self.tell(self.result, self.error)
        elif self.error is not None:
            logger.warning("Rows nobody waits for were not written: %s", self.error)


@dataclass(slots=True)
class Batch:
    """What one transaction will hold."""

    units: list[Unit] = field(default_factory=list)
    appends: list[Rows] = field(default_factory=list)
    ready_at: float = float("inf")
    doubt: Doubt[list[Outcome]] | None = None

    def __len__(self) -> int:
        return len(self.units) + len(self.appends)

    def add(self, item: Unit | Rows) -> None:
        """Take an item along. The least patient one decides when the batch is committed."""
        if isinstance(item, Unit):
            self.units.append(item)
            self.ready_at = 0.0
        else:
            self.appends.append(item)
            self.ready_at = 0.0 if len(self.appends) >= ENOUGH_ROWS else min(self.ready_at, item.patient_until)

    def run(self, connection: Connection) -> list[Outcome]:
        """Do everything in one transaction and commit it. Raises one of ``OUTAGES`` when none of it can stand.

        From just before the commit on ``doubt`` holds what is not known where that gets no answer.
        """
        self.doubt = None
        if not self.units:
            with connection.begin() as transaction:
                if _insert(connection, self.appends) is None:
                    outcomes = self._doubted(connection, [Outcome(item.tell) for item in self.appends])
                    transaction.commit()
                    return outcomes
                transaction.rollback()
        with connection.begin():
            return self._doubted(connection, self._work(connection) + _append(connection, self.appends))

    def _doubted(self, connection: Connection, outcomes: list[Outcome]) -> list[Outcome]:
        number = numbered(connection)
        self.doubt = None if number is None else Doubt(number, outcomes)
        return outcomes

    def _work(self, connection: Connection) -> list[Outcome]:
        if not self.units:
            return []  # most commits hold nothing but readings, and a session costs as much as twenty of them
        with Session(connection, expire_on_commit=False, join_transaction_mode="rollback_only") as session:
            return [_run_alone(session, unit) for unit in self.units]


def future_teller(future: asyncio.Future[Any]) -> Told:
    """Return what tells a future, unless its caller has gone."""

    def tell(result: Any, error: Exception | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)

    return tell


def _run_alone(session: Session, unit: Unit) -> Outcome:
    """Run one caller's work in a savepoint, so that its failure is its own."""
    savepoint = session.begin_nested()
    try:
        result = unit.work(session)
        savepoint.commit()
    except Exception as error:
        if is_outage(error):
            raise  # the whole group is at stake, not this one caller
        savepoint.rollback()
        return Outcome(unit.tell, error=error)
    return Outcome(unit.tell, result)


def _append(connection: Connection, appends: Sequence[Rows]) -> list[Outcome]:
    """Insert rows one caller at a time, unless all of them fit."""
    if not appends:
        return []
    if _insert_alone(connection, appends) is None:
        return [Outcome(item.tell) for item in appends]
    return [Outcome(item.tell, error=_insert_alone(connection, [item])) for item in appends]


def _insert_alone(connection: Connection, appends: Sequence[Rows]) -> Exception | None:
    """Insert rows in a savepoint and return what kept them out, if anything."""
    connection.exec_driver_sql("SAVEPOINT appended")  # SQLAlchemy's own is compiled anew each time
    error = _insert(connection, appends)
    connection.exec_driver_sql("ROLLBACK TO SAVEPOINT appended" if error else "RELEASE SAVEPOINT appended")
    return error


def _insert(connection: Connection, appends: Sequence[Rows]) -> Exception | None:
    """Insert rows, those of a table together, and return what kept some of them out, if anything."""
    try:
        for table, rows in _by_table(appends):
            insert_rows(connection, table, rows)
    except OUTAGES:
        raise  # the whole group is at stake, not one caller
    except Exception as error:
        if is_outage(error):
            raise
        return error
    return None


def _by_table(appends: Sequence[Rows]) -> Iterator[tuple[Table, list[Row]]]:
    """Yield the rows that one statement can take."""
    grouped: dict[tuple[Table, tuple[str, ...]], list[Row]] = {}
    for item in appends:
        if item.rows:
            grouped.setdefault((item.table, tuple(item.rows[0])), []).extend(item.rows)
    for (table, _columns), rows in grouped.items():
        yield table, rows
