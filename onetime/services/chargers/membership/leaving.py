"""How chargers leave: strangers that wait in vain, and those a house has retired.

A charger that has charged stays in the tables with its connectors, because bills rest on its sessions; it is shown
nowhere any more. Of all others nothing is left. What was said to and by it, its passwords and certificates go in
both cases.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Mapped
from sqlmodel import Session, SQLModel, col, delete, select, update

from onetime.background import pass_finished
from onetime.budgets import WAITING_DAYS
from onetime.clock import utc_now
from onetime.events import ChargerChanged, ChargerRemoved, EventBus
from onetime.models import (
    Charger,
    ChargerCertificate,
    ChargerPassword,
    ChargerSecurity,
    ChosenSetting,
    ClosedConnector,
    Connector,
    LocalList,
    MessageBlock,
    MeterReading,
    OperationRecord,
    Registration,
    Reservation,
    ReviewItem,
    SecurityEvent,
    SoftRepair,
    StoredFile,
    StoredProfile,
    Transaction,
)
from onetime.services.aging import Aging
from onetime.services.chargers.life import unknown_charger
from onetime.services.chargers.live import LiveBoard, LiveCharger
from onetime.services.people.audit import record
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseClosedError, DatabaseError
from onetime.texts import _

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 600.0
AT_ONCE = 50  # chargers removed in one transaction
EXPIRY = "waited in vain"  # the audit row's actor

# What is known of a charger and of nothing else.
_ITS_OWN: tuple[type[SQLModel], ...] = (
    ChargerCertificate,
    ChargerPassword,
    ChargerSecurity,
    ChosenSetting,
    LocalList,
    MessageBlock,
    OperationRecord,
    Reservation,
    SecurityEvent,
    SoftRepair,
    StoredProfile,
)


class ChargerStaysError(Exception):
    """A charger cannot be deleted now; the text says why."""


class LeavingService:
    """Removes chargers. ``forget`` drops what other parts of this subject remember of one."""

    def __init__(
        self, database: Database, live: LiveBoard, bus: EventBus, aging: Aging, forget: Callable[[int], None]
    ) -> None:
        self._database = database
        self._live = live
        self._bus = bus
        self._aging = aging
        self._forget = forget

    async def retire(self, identity: str, actor: str) -> None:
        """Delete a charger; what it charged stays billed.

        Raises ``UnknownChargerError``, or ``ChargerStaysError`` while it is connected or a car charges.
        """
        charger = self._live.find(identity)
        if charger is None:
            raise unknown_charger(identity)
        if charger.registration is Registration.ACCEPTED and charger.online:
            msg = _("{identity} is connected. Take it off the network first.", identity=charger.identity)
            raise ChargerStaysError(msg)
        if any(connector.session for connector in charger.connectors.values()):
            msg = _("A session of {identity} has not ended yet.", identity=charger.identity)
            raise ChargerStaysError(msg)
        await self.remove([charger], actor)

    async def remove_waiting(self, actor: str) -> list[str]:
        """Remove all chargers that wait for acceptance, and return their names. Those that are there may call again."""
        waiting = self._live.waiting()
        await self.remove(waiting, actor)
        return [charger.identity for charger in waiting]

    async def remove(self, chargers: list[LiveCharger], actor: str) -> None:
        """Remove chargers, some at a time, and hang up on those that are connected."""
        for first in range(0, len(chargers), AT_ONCE):
            some = chargers[first : first + AT_ONCE]
            ids = [charger.id for charger in some]
            for charger_id in ids:
                self._bus.publish(ChargerRemoved(charger_id))  # whoever holds its socket lets it go
                self._forget(charger_id)
            now = utc_now()
            await self._database.write(lambda s, ids=ids, now=now: remove_chargers(s, ids, actor, now))  # type: ignore[misc]
            for charger in some:
                self._forget(charger.id)
                self._live.take_off(charger.id)
                self._bus.publish(ChargerChanged(charger.id))

    async def run(self) -> None:
        """Let names go that have waited in vain, for as long as the house runs."""
        while True:
            try:
                await self.expire()
                pass_finished()
            except DatabaseClosedError:
                return
            except DatabaseError as error:
                logger.warning("Chargers that wait in vain were not removed: %s", error)
            await asyncio.sleep(LOOK_EVERY_S)

    async def expire(self) -> None:
        """Remove the chargers that wait for acceptance and have not called for days."""
        before = self._aging.before(WAITING_DAYS)
        if before is not None:
            gone = [charger for charger in self._live.waiting() if _is_unheard_since(charger, before)]
            await self.remove(gone, EXPIRY)


def oldest_unheard(waiting: list[LiveCharger], now: datetime, unheard_s: float) -> LiveCharger | None:
    """Return the waiting charger that has not been heard for longest, if that is at least ``unheard_s``."""
    before = now - timedelta(seconds=unheard_s)
    gone = [charger for charger in waiting if _is_unheard_since(charger, before)]
    return min(gone, key=lambda charger: charger.offline_since or now, default=None)


def remove_chargers(session: Session, charger_ids: list[int], actor: str, now: datetime) -> None:
    """Remove chargers inside a transaction: those with a history from sight, the others altogether."""
    for charger_id in charger_ids:
        charger = session.get(Charger, charger_id)
        if charger is not None:
            record(session, actor, "charger.delete", charger.identity)
            _remove(session, charger, now)


def _remove(session: Session, charger: Charger, now: datetime) -> None:
    connectors = list(session.exec(select(Connector.id).where(Connector.charger_id == charger.id)))
    for kind in _ITS_OWN:
        session.exec(delete(kind).where(_charger_of(kind) == charger.id))
    session.exec(update(StoredFile).where(col(StoredFile.charger_id) == charger.id).values(charger_id=None))
    if _has_history(session, charger, connectors):
        charger.retired_at, charger.registration, charger.accepted_at = now, Registration.PENDING, None
        session.add(charger)
        return
    session.exec(delete(Connector).where(col(Connector.charger_id) == charger.id))
    session.delete(charger)
    session.flush()


def _has_history(session: Session, charger: Charger, connectors: list[int | None]) -> bool:
    """Say whether sessions, readings or decisions of people rest on this charger."""
    queries = (
        select(ReviewItem.id).where(ReviewItem.charger_id == charger.id),
        *(
            select(kind.connector_id).where(col(kind.connector_id).in_(connectors))
            for kind in (Transaction, MeterReading, ClosedConnector, ReviewItem)
        ),
    )
    return any(session.exec(query.limit(1)).first() is not None for query in queries)


def _charger_of(kind: type[SQLModel]) -> Mapped[int]:
    return col(kind.charger_id)  # type: ignore[attr-defined]  # each of them has it


def _is_unheard_since(charger: LiveCharger, before: datetime) -> bool:
    return not charger.online and charger.offline_since is not None and charger.offline_since <= before
