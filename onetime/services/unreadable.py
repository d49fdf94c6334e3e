"""What of the database cannot be read: named for whoever runs the house, while all else goes on."""

import asyncio
import logging
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from onetime.background import pass_finished
from onetime.models import Charger, Connector, Transaction
from onetime.store.database import Database
from onetime.store.unreadable import Tell, UnreadableRow, UnreadableRowError, left_out
from onetime.texts import Text, _

T = TypeVar("T")

logger = logging.getLogger(__name__)

KEPT = 200  # rows remembered of one look; who has more has a broken disk, and knows it by these
LOGGED = 50  # different rows that are logged in one run
NAMED = 3  # in the sentence
MET = "what was met while serving"
LOOK_EVERY_S = 60.0

_OF_CONNECTOR = select(Charger.identity).join(Connector, col(Connector.charger_id) == col(Charger.id))
_CHARGER_OF: dict[str, tuple[Any, Any]] = {
    "charger": (select(Charger.identity), col(Charger.id)),
    "charger_security": (select(Charger.identity), col(Charger.id)),
    "soft_repair": (select(Charger.identity), col(Charger.id)),
    "connector": (_OF_CONNECTOR, col(Connector.id)),
    "transaction": (
        _OF_CONNECTOR.join(Transaction, col(Transaction.connector_id) == col(Connector.id)),
        col(Transaction.id),
    ),
}


class UnreadableRows:
    """Remembers what could not be read. Each look at something forgets what the one before it found there."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[UnreadableRow, ...]] = {}
        self._logged: set[str] = set()
        self._meeting = threading.Lock()

    def met(self, session: Session, row: UnreadableRow) -> None:
        """Note a row that somebody met while serving; from any thread. It is known until ``look_again`` can read it."""
        row = row if row.charger else with_charger(session, row)
        with self._meeting:
            known = self._found.get(MET, ())
            if len(known) < KEPT and (row.table, row.key) not in {(each.table, each.key) for each in known}:
                self.found(MET, [*known, row])

    async def look_again(self, database: Database) -> None:
        """Forget every minute what was met and can be read by now."""
        while True:
            known = self._found.get(MET, ())
            if known:
                mended = await database.read(partial(_mended, known))
                with self._meeting:
                    self.found(MET, [each for each in self._found.get(MET, ()) if each not in mended])
            pass_finished()
            await asyncio.sleep(LOOK_EVERY_S)

    @contextmanager
    def look(self, at: str, session: Session | None = None) -> Iterator[Tell]:
        """Give a function that hears of rows; what it heard by the end of the block is what is wrong ``at`` there.

        With a ``session`` rows are named with their charger, see ``naming``.
        """
        rows: list[UnreadableRow] = []

        def tell(row: UnreadableRow) -> None:
            if len(rows) < KEPT:
                rows.append(row)

        yield naming(session, tell) if session is not None else tell
        self.found(at, rows)

    def found(self, at: str, rows: list[UnreadableRow]) -> None:
        """Note what a look found, instead of what the one before it did. Each row is logged once."""
        if rows:
            self._found[at] = tuple(rows)
        else:
            self._found.pop(at, None)
        for row in rows:
            if row.name not in self._logged and len(self._logged) < LOGGED:
                self._logged.add(row.name)
                logger.error("%s cannot be read and is left out: %s", row.name, row.error, exc_info=row.error)

    def found_anew(self, at: str, rows: list[UnreadableRow], keys: Collection[int]) -> None:
        """Note what a look at some rows found, those with these ``keys``; of the others holds what was known."""
        others = [row for row in self._found.get(at, ()) if row.key not in keys]
        self.found(at, (others + rows)[:KEPT])

    def rows(self) -> list[UnreadableRow]:
        """Return what cannot be read now, each row once."""
        return list({(row.table, row.key): row for rows in list(self._found.values()) for row in rows}.values())

    def trouble_for_all(self) -> Text | None:
        """Return the same for whoever may not know the names of chargers and what is stored of them."""
        if not self.rows():
            return None
        return _(
            "Something that is stored cannot be read and is left out. Who looks after the house is told what it is."
        )

    def trouble(self) -> Text | None:
        """Return a sentence that names what cannot be read, or None where nothing is known of."""
        rows = self.rows()
        if not rows:
            return None
        names = ", ".join(row.name for row in rows[:NAMED]) + (" …" if len(rows) > NAMED else "")
        if not any(row.table in _CHARGER_OF for row in rows):
            return _("What is stored as {rows} cannot be read and is left out. The log says more.", rows=names)
        return _(
            "What is stored as {rows} cannot be read and is left out. "
            "Only the charger it belongs to is concerned; the log says more.",
            rows=names,
        )


def first_readable(session: Session, query: SelectOfScalar[T], charger: str) -> T | None:
    """Return the first row a query finds, or None. Raises ``UnreadableRowError`` for one that cannot be read."""
    found: list[UnreadableRow] = []
    with left_out(found.append, "charger", charger):
        return session.exec(query).first()
    raise _about(charger) from found[0].error


def charger_called(session: Session, identity: str) -> Charger | None:
    """Return the charger of a name, whatever its case, or None.

    Raises ``UnreadableRowError`` for one that cannot be read, also where only its name in lower case is broken.
    """
    key = identity.casefold()
    found = first_readable(session, select(Charger).where(Charger.identity_key == key), identity)
    if found is None:
        same = select(Charger.id).where(func.lower(col(Charger.identity)) == identity.lower())
        if session.exec(same).first() is not None:
            raise _about(identity)
    return found


def _about(charger: str) -> UnreadableRowError:
    return UnreadableRowError(
        _("What is stored about {charger} cannot be read; the log of this system says more.", charger=charger)
    )


def naming(session: Session, tell: Tell) -> Tell:
    """Return what tells of rows with the charger each belongs to."""
    return lambda row: tell(row if row.charger else with_charger(session, row))


def with_charger(session: Session, row: UnreadableRow) -> UnreadableRow:
    """Return the row with the identity of the charger it belongs to, where that can be told."""
    found: list[str] = []
    if row.table in _CHARGER_OF:
        query, key = _CHARGER_OF[row.table]
        with left_out(lambda _row: None, row.table, row.key):
            found = [str(each) for each in session.exec(query.where(key == row.key)).all()]
    return replace(row, charger=found[0]) if found else row


def _mended(known: Collection[UnreadableRow], session: Session) -> list[UnreadableRow]:
    return [each for each in known if _is_readable(session, each)]


def _is_readable(session: Session, row: UnreadableRow) -> bool:
    """Say whether a row can be read by now, or is gone."""
    for mapper in SQLModel._sa_registry.mappers:
        if mapper.class_.__tablename__ == row.table:
            found: list[UnreadableRow] = []
            with left_out(found.append, row.table, row.key):
                session.exec(select(mapper.class_).where(mapper.primary_key[0] == row.key)).all()
            return not found
    return True
