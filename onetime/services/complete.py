"""What is added up for money: of it nothing is left out silently. A row that cannot be read stops it, by its name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import inspect
from sqlmodel import Session, SQLModel

from onetime.services.unreadable import with_charger
from onetime.store.doubt import is_outage
from onetime.store.group_commit import DatabaseError
from onetime.store.unreadable import UnreadableRow, UnreadableRowError, left_out, numbers_of, teller
from onetime.texts import _


def complete(session: Session, query: Any, *models: type[SQLModel]) -> list[Any]:
    """Return all that a query finds; ``models`` are the tables its rows come from.

    Raises ``UnreadableRowError``, which names the row and its charger, where one of them cannot be read.
    """
    try:
        rows = session.execute(query).all()
    except Exception as error:
        if is_outage(error):
            raise
        culprit = _culprit(session, query, models) or UnreadableRow(_name(models[0]), "?", error)
        raise unreadable(session, culprit) from error
    return [row[0] if len(row) == 1 else tuple(row) for row in rows]


@contextmanager
def naming_row(session: Session, model: type[SQLModel], key: int | None) -> Iterator[None]:
    """Raise ``UnreadableRowError``, which names a row and its charger, where what the block does with it fails.

    The database's own failures are raised as they are.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, DatabaseError) or is_outage(error):
            raise
        raise unreadable(session, UnreadableRow(_name(model), key or 0, error)) from error


def unreadable(session: Session, row: UnreadableRow) -> UnreadableRowError:
    """Return the error that names a row without which nothing is added up, and tell the house of the row."""
    named = with_charger(session, row)
    teller(session)(named)
    return UnreadableRowError(
        _(
            "What is stored as {row} cannot be read, and without it nothing is added up. "
            "The log of this system says more.",
            row=named.name,
        )
    )


def _culprit(session: Session, query: Any, models: tuple[type[SQLModel], ...]) -> UnreadableRow | None:
    """Return the first row that cannot be read among those a query finds."""
    found: list[UnreadableRow] = []
    for model in models:
        key = inspect(model).primary_key[0]
        for number in dict.fromkeys(each for each in numbers_of(session, query, key) if each is not None):
            with left_out(found.append, _name(model), number):
                session.get(model, number)
            if found:
                return found[0]
    return None


def _name(model: type[SQLModel]) -> str:
    return str(model.__tablename__)
