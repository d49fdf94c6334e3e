"""Rows that cannot be read: looked at one by one, so that what is wrong with one costs no other.

A column can hold what no version of Onetime wrote: a time beyond the calendar, a state of a newer version, a broken
text after a disk failed. SQLAlchemy raises for the whole query then, and does not say for which row.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlalchemy.exc import NoResultFound
from sqlmodel import Session, SQLModel, select

from onetime.store.doubt import is_outage
from onetime.store.group_commit import DatabaseError

T = TypeVar("T")
Model = TypeVar("Model", bound=SQLModel)

TELL = "unreadable"  # the option of an engine that says who hears of what its sessions meet


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row by its table and its number, the identity of the charger it belongs to, and what reading it raised."""

    table: str
    key: int | str
    error: Exception
    charger: str | None = None

    @property
    def name(self) -> str:
        """Name it in few words; where its charger is known, with that."""
        return f"{self.table} {self.key}" + (f" ({self.charger[:48]})" if self.charger else "")


Tell = Callable[[UnreadableRow], None]


class UnreadableRowError(DatabaseError):
    """What was asked rests on a row that cannot be read."""


class LeftOut:
    """A block about one row; see ``left_out``."""

    def __init__(self, tell: Tell, table: str, key: int | str, charger: str | None) -> None:
        self._tell = tell
        self._row = (table, key, charger)

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if not isinstance(error, Exception) or isinstance(error, DatabaseError) or is_outage(error):
            return False
        table, key, charger = self._row
        self._tell(UnreadableRow(table, key, error, charger))
        return True


def left_out(tell: Tell, table: str, key: int | str, charger: str | None = None) -> LeftOut:
    """Leave out what the block does with one row, where that cannot be read, and tell of it.

    The database's own failures are raised: they are not this row's.
    """
    return LeftOut(tell, table, key, charger)


@contextmanager
def undone(session: Session, tell: Tell, table: str, key: int | str, charger: str | None = None) -> Iterator[None]:
    """Do what ``left_out`` does, and take back what the block has written until it failed."""
    with left_out(tell, table, key, charger), session.begin_nested():
        yield


def readable(session: Session, query: Any, key: Any, tell: Tell) -> list[Any]:
    """Return what a query finds without the rows that cannot be read, of which ``tell`` hears.

    ``key`` is the column of integers by which a row of the answer is found again. Only where the query as a whole
    fails are the rows asked for one by one.
    """
    try:
        return list(session.exec(query).all())
    except Exception as error:
        if is_outage(error):
            raise
    found: list[Any] = []
    for number in numbers_of(session, query, key):
        with left_out(tell, str(key.table.name), number):
            found.extend(session.exec(query.where(key == number)).all())
    return found


def numbers_of(session: Session, query: Any, key: Any) -> list[Any]:
    """Return a column of integers of what a query finds, and read no other. What it selects first it begins with."""
    numbers = query.select_from(query.columns_clause_froms[0]).with_only_columns(key)
    return list(session.execute(numbers).scalars())


def teller(session: Session) -> Tell:
    """Return who hears of the rows that the database meets while it serves; nobody where it was told of nobody."""
    told = session.connection().get_execution_options().get(TELL)
    return partial(told, session) if told is not None else _nobody


def readable_rows(session: Session, query: Any, key: Any) -> list[Any]:
    """Return what a query finds without the rows that cannot be read; see ``readable``. The house hears of those."""
    return readable(session, query, key, teller(session))


def readable_page(session: Session, query: Any, key: Any, limit: int) -> list[Any]:
    """Return the first rows of a query that can be read, up to ``limit``: a full page says that more may come."""
    tell = teller(session)
    try:
        return list(session.exec(query.limit(limit)).all())
    except Exception as error:
        if is_outage(error):
            raise
    found: list[Any] = []
    for number in numbers_of(session, query, key):
        with left_out(tell, str(key.table.name), number):
            found.extend(session.exec(query.where(key == number)).all())
        if len(found) >= limit:
            break
    return found


def first_if_readable(session: Session, query: Any, key: Any) -> Any | None:
    """Return the first row a query finds; None for none, and where that one cannot be read."""
    return next(iter(readable_rows(session, query.limit(1), key)), None)


def row_if_readable(session: Session, model: type[Model], key: int) -> Model | None:
    """Return a row by its number; None where there is none, and where it cannot be read."""
    with left_out(teller(session), str(model.__tablename__), key):
        return session.get(model, key)
    return None


def what_is_readable(session: Session, model: type[Model], key: int) -> Model:
    """Return a row by its number; of one that cannot be read a copy with its defaults in place of what is broken.

    That copy belongs to no session: nothing that is set on it is stored. Raises ``NoResultFound`` without such a row.
    """
    row = row_if_readable(session, model, key)
    if row is not None:
        return row
    mapper: Any = inspect(model)
    found: dict[str, Any] = {}
    for column in mapper.column_attrs:
        with left_out(_nobody, str(model.__tablename__), key):
            found[column.key] = session.exec(select(column.expression).where(mapper.primary_key[0] == key)).first()
    if found.get(mapper.get_property_by_column(mapper.primary_key[0]).key) is None:
        msg = f"There is no {model.__tablename__} {key}."
        raise NoResultFound(msg)
    return model(**found)


def _nobody(_row: UnreadableRow) -> None:
    pass
