"""How often each charger's messages had to be repaired, by kind: counted in memory, stored every minute."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from onetime.background import pass_finished
from onetime.models import SoftRepair
from onetime.services.unreadable import UnreadableRows, naming
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseClosedError, DatabaseError
from onetime.store.unreadable import Tell, undone

logger = logging.getLogger(__name__)

STORE_EVERY_S = 60.0

Key = tuple[int, str]  # charger, kind


@dataclass(slots=True)
class Repairs:
    """How often, and when last."""

    count: int
    last_at: datetime


class RepairCounter:
    """Counts what had to be repaired."""

    def __init__(self, database: Database, unreadable: UnreadableRows) -> None:
        self._database = database
        self._unreadable = unreadable
        self._new: dict[Key, Repairs] = {}

    def add(self, charger_id: int, kind: str, at: datetime) -> None:
        """Count one repair. ``kind`` is one of few; it is no text of the charger."""
        known = self._new.get((charger_id, kind))
        if known is None:
            self._new[charger_id, kind] = Repairs(1, at)
        else:
            known.count += 1
            known.last_at = at

    def forget(self, charger_id: int) -> None:
        """Drop what was counted of a charger that is deleted."""
        for key in [key for key in self._new if key[0] == charger_id]:
            del self._new[key]

    async def of(self, charger_id: int) -> dict[str, Repairs]:
        """Return what was repaired of a charger's messages so far, by kind, the most frequent first."""
        await self.store()
        return await self._database.read(lambda s: repairs_of(s, charger_id))

    async def store(self) -> None:
        """Store what was counted; what the database cannot take now is kept for the next time."""
        new, self._new = self._new, {}
        if not new:
            return
        try:
            with self._unreadable.look("repaired messages") as tell:
                await self._database.write(lambda s: _store(s, new, naming(s, tell)))
        except DatabaseError as error:
            logger.warning("What was repaired was not stored: %s", error)
            for (charger_id, kind), repairs in new.items():
                self._put_back(charger_id, kind, repairs)

    async def run(self) -> None:
        """Store for as long as the house runs."""
        with contextlib.suppress(DatabaseClosedError):
            while True:
                await asyncio.sleep(STORE_EVERY_S)
                await self.store()
                pass_finished()

    def _put_back(self, charger_id: int, kind: str, repairs: Repairs) -> None:
        since = self._new.setdefault((charger_id, kind), Repairs(0, repairs.last_at))
        since.count += repairs.count


def repairs_of(session: Session, charger_id: int) -> dict[str, Repairs]:
    """Return the stored counts of a charger, by kind, the most frequent first."""
    query = select(SoftRepair).where(SoftRepair.charger_id == charger_id).order_by(col(SoftRepair.count).desc())
    return {row.kind: Repairs(row.count, row.last_at) for row in session.exec(query)}


def _store(session: Session, new: Mapping[Key, Repairs], tell: Tell) -> None:
    for (charger_id, kind), repairs in new.items():
        with undone(session, tell, "soft_repair", charger_id):
            row = session.get(SoftRepair, (charger_id, kind))
            if row is None:
                row = SoftRepair(charger_id=charger_id, kind=kind, count=0, last_at=repairs.last_at)
            row.count += repairs.count
            row.last_at = max(row.last_at, repairs.last_at)
            session.add(row)
            session.flush()
