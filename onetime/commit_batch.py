"""What one group commit holds, and how it runs inside a transaction: each caller's failure is its own."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from onetime.bulk_insert import Row, insert_rows

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

    def run(self, session: Session) -> list[Outcome]:
        """Do everything inside the session's transaction. Raises ``OperationalError`` when none of it can stand."""
        outcomes = [_run_alone(session, unit.work, unit.tell) for unit in self.units]
        return outcomes + _append(session, self.appends)


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


def _run_alone(session: Session, work: Work[Any], tell: Told | None) -> Outcome:
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
        return Outcome(tell, error=error)
    return Outcome(tell, result)


def _append(session: Session, appends: Sequence[Rows]) -> list[Outcome]:
    """Insert all rows of a table together; only if that fails, one caller at a time."""
    grouped: dict[tuple[Table, tuple[str, ...]], list[Rows]] = {}
    for item in appends:
        if item.rows:
            grouped.setdefault((item.table, tuple(item.rows[0])), []).append(item)
    outcomes = [Outcome(item.tell) for item in appends if not item.rows]
    for (table, _columns), items in grouped.items():
        together = _run_alone(session, _inserting(table, [row for item in items for row in item.rows]), None)
        if together.error is None:
            outcomes.extend(Outcome(item.tell) for item in items)
        else:
            outcomes.extend(_run_alone(session, _inserting(table, item.rows), item.tell) for item in items)
    return outcomes


def _inserting(table: Table, rows: Sequence[Row]) -> Work[None]:
    return lambda session: insert_rows(session.connection(), table, rows)
