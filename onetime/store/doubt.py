"""Whether a transaction was committed whose COMMIT got no answer: the server can be killed between the two.

PostgreSQL numbers transactions and can be asked later what became of one (its documentation, section 9.27.9,
``pg_xact_status``). SQLite runs in this process, where a COMMIT that failed has not happened.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, InternalError, OperationalError

T = TypeVar("T")

# What says nothing about the statement: the server is away or starts, the disk is full, or the server is a copy that
# only reads for now (psycopg reports that as an internal error, SQLSTATE 25006).
OUTAGES = (OperationalError, InterfaceError, InternalError)


@dataclass(frozen=True, slots=True)
class Doubt(Generic[T]):
    """A transaction that is about to be committed, and what its callers would be told."""

    number: str
    outcomes: T


def numbered(connection: Connection) -> str | None:
    """Return the number of the running transaction, where the database can be asked about it later."""
    if connection.dialect.name != "postgresql":
        return None
    number: str | None = connection.exec_driver_sql("SELECT pg_current_xact_id()::text").scalar()
    return number


def was_committed(connection: Connection, number: str) -> bool:
    """Say whether a transaction of this number stands. One whose server still works on it is waited for.

    A server that lost its power may not know the number at all. It could give it once more, but only to somebody who
    writes between its start and this question.
    """
    try:
        status = connection.exec_driver_sql("SELECT pg_xact_status(%s::xid8)", (number,)).scalar()
    except DataError:  # SQLSTATE 22023: a number of the future
        status = None
    finally:
        connection.rollback()
    if status == "in progress":
        msg = "the server has not ended the transaction yet"
        raise OperationalError("pg_xact_status", None, TimeoutError(msg))
    return bool(status == "committed")


def is_outage(error: BaseException) -> bool:
    """Say whether an error is the database's, and the same work may succeed a little later.

    SQLite reports a text that is none as an operational error too; that one is a row's, and stays.
    """
    if "decode to UTF-8" in str(getattr(error, "orig", None)):
        return False
    return isinstance(error, OUTAGES) or (isinstance(error, DBAPIError) and error.connection_invalidated)
