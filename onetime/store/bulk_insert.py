"""Many rows into one table with few statements.

The driver lets go of Python's lock for each statement and must get it back afterwards, against an event loop that is
busy; ``executemany`` does so for each row. So a statement takes as many rows as it can: for SQLite as a list of
``VALUES``, in a few fixed sizes so that it is compiled once; for PostgreSQL as one array for each column.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.engine import Dialect

Row = Mapping[str, Any]
Columns = tuple[str, ...]

# How many rows one SQLite statement takes; 256 rows of 12 columns are far below its 32,766 parameters.
SIZES = (256, 128, 64, 32, 16, 8, 4, 2, 1)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows (column name → value), of which all name the same columns. Raises what SQLAlchemy raises."""
    if not rows:
        return
    columns = tuple(rows[0])
    values = _stored(connection.dialect, table, columns, rows)
    if connection.dialect.name == "sqlite":
        _insert_values(connection, table, columns, list(zip(*values, strict=True)))
    else:
        connection.exec_driver_sql(_unnest_statement(connection.dialect, table, columns), tuple(values))


def _stored(dialect: Dialect, table: Table, columns: Columns, rows: Sequence[Row]) -> list[list[Any]]:
    """Return what the database keeps of the rows, column by column."""
    pick = itemgetter(*columns)
    picked = zip(*map(pick, rows), strict=True) if len(columns) > 1 else [map(pick, rows)]
    processors = _processors(dialect, table, columns)
    return [
        list(values) if process is None else list(map(process, values))
        for values, process in zip(picked, processors, strict=True)
    ]


def _insert_values(connection: Connection, table: Table, columns: Columns, rows: list[tuple[Any, ...]]) -> None:
    start = 0
    for size in SIZES:
        while len(rows) - start >= size:
            parameters = tuple(chain.from_iterable(rows[start : start + size]))
            connection.exec_driver_sql(_values_statement(connection.dialect, table, columns, size), parameters)
            start += size


@lru_cache(maxsize=64)
def _processors(dialect: Dialect, table: Table, columns: Columns) -> list[Callable[[Any], Any] | None]:
    return [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns]


@lru_cache(maxsize=64)
def _values_statement(dialect: Dialect, table: Table, columns: Columns, size: int) -> str:
    row = f"({', '.join('?' * len(columns))})"
    return f"{_into(dialect, table, columns)} VALUES {', '.join([row] * size)}"


@lru_cache(maxsize=64)
def _unnest_statement(dialect: Dialect, table: Table, columns: Columns) -> str:
    arrays = ", ".join(f"%s::{table.c[name].type.compile(dialect)}[]" for name in columns)
    return f"{_into(dialect, table, columns)} SELECT * FROM unnest({arrays})"  # noqa: S608 - names of our own tables


def _into(dialect: Dialect, table: Table, columns: Columns) -> str:
    quote = dialect.identifier_preparer.quote
    return f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, columns))})"
