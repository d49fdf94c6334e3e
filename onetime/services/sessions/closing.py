"""Sessions that are over although no stop came, told from stored facts alone.

Three facts end a session: its connector says Available (quirks T4 and T7), its charger has booted and does not carry
it on, or its connector has carried another one since. Each waits for a grace, because the stop may still be queued.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from onetime.background import pass_finished
from onetime.billing.registers.readings import JITTER_WH
from onetime.models import Charger, Connector, ConnectorStatus, MeterReading, Transaction, TransactionState
from onetime.services.sessions.readings.estimates import last_believable
from onetime.services.sessions.starts import end_estimated
from onetime.store.group_commit import DatabaseClosedError, DatabaseError
from onetime.store.unreadable import Tell, left_out, readable, undone

logger = logging.getLogger(__name__)

LONGEST_CHECK_S = 15.0
REPLAYED_AFTER = timedelta(minutes=5)  # a start that came later than this after its stamp had been queued
# What a connector says while a session goes on after a boot (MicroOcpp #227 carries sessions on).
_GOING_ON = frozenset(
    {
        ConnectorStatus.CHARGING,
        ConnectorStatus.SUSPENDED_EV,
        ConnectorStatus.SUSPENDED_EVSE,
        ConnectorStatus.FAULTED,
        ConnectorStatus.UNKNOWN,
    }
)


# What one says that charges nobody, although it is not free.
_WAITING = frozenset({ConnectorStatus.PREPARING, ConnectorStatus.RESERVED, ConnectorStatus.UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class Abandoned:
    """An open session that is over: what says so, and since when."""

    row: Transaction
    connector: Connector
    because: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that was ended instead of its charger."""

    transaction_id: int
    connector_id: int


async def keep_closed(end: Callable[[timedelta], Awaitable[int]], grace_s: float) -> None:
    """Let ``end`` end abandoned sessions, again and again for as long as the house runs."""
    while True:
        await asyncio.sleep(min(LONGEST_CHECK_S, grace_s / 4))
        try:
            await end(timedelta(seconds=grace_s))
            pass_finished()
        except DatabaseClosedError:
            return
        except DatabaseError as error:
            logger.warning("Abandoned sessions were not ended: %s", error)


def end_abandoned(session: Session, now: datetime, grace: timedelta, tell: Tell) -> list[Ended]:
    """End every abandoned session at its last believable reading, and list it for review.

    One that cannot be ended, because something of it cannot be read, stays as it is; ``tell`` hears of it.
    """
    ended = []
    for each in abandoned(session, now - grace, tell):
        transaction_id, connector_id = each.row.id or 0, each.row.connector_id
        with undone(session, tell, "transaction", transaction_id):
            evidence = json.dumps({"ended_by": each.because, "at": each.since.isoformat()})
            end_estimated(session, each.row, each.connector, each.since, now, evidence)
            session.flush()
            ended.append(Ended(transaction_id, connector_id))
    return ended


def abandoned(session: Session, before: datetime, tell: Tell) -> list[Abandoned]:
    """Return the open sessions of which a fact learnt no later than ``before`` says that they are over.

    ``tell`` hears of those that cannot be read.
    """
    query = (
        select(Transaction, Connector, Charger)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .join(Charger, col(Charger.id) == col(Connector.charger_id))
        .where(Transaction.state == TransactionState.OPEN, col(Transaction.start_received_at) <= before)
        .order_by(col(Transaction.id))
    )
    found = []
    for row, connector, charger in readable(session, query, col(Transaction.id), tell):
        with left_out(tell, "transaction", row.id or 0):
            each = _superseded(session, row, connector, before) or _available(session, row, connector, before)
            each = each or _rebooted(session, row, connector, charger, before)
            if each is not None:
                found.append(each)
    return found


def _available(session: Session, row: Transaction, connector: Connector, before: datetime) -> Abandoned | None:
    """The connector is free: since after the start arrived, or since after a start that arrived late.

    It may have been free and wait for another card by now: that too is the end of a session that has not gone on.
    """
    if connector.status in _WAITING:
        seen = connector.available_seen_at
        if seen is None or not row.start_received_at < seen <= before or _measured_since(session, row, seen):
            return None
        return Abandoned(row, connector, "available", max(seen, row.started_at))
    received_at = connector.status_received_at
    if connector.status is not ConnectorStatus.AVAILABLE or received_at is None or received_at > before:
        return None
    since = connector.status_at or received_at
    was_queued = row.start_received_at - row.started_at > REPLAYED_AFTER
    says_over = received_at > row.start_received_at or (was_queued and since > row.started_at)
    if says_over and not _measured_since(session, row, before):
        return Abandoned(row, connector, "available", max(since, row.started_at))
    return None


def _rebooted(
    session: Session, row: Transaction, connector: Connector, charger: Charger, before: datetime
) -> Abandoned | None:
    """The charger has booted since, and neither its status nor its register says that the session goes on."""
    booted_at = charger.booted_at
    if booted_at is None or not row.start_received_at < booted_at <= before:
        return None
    reported = connector.status_received_at is not None and connector.status_received_at >= booted_at
    if (reported and connector.status in _GOING_ON) or _rose_since(session, row, connector, booted_at):
        return None
    return Abandoned(row, connector, "boot", max(booted_at, row.started_at))


def _superseded(session: Session, row: Transaction, connector: Connector, before: datetime) -> Abandoned | None:
    """The connector has carried a later session, whose start came first."""
    if connector.number == 0:
        return None  # of several plugs, each may carry one
    query = select(func.min(Transaction.started_at)).where(
        Transaction.connector_id == row.connector_id,
        Transaction.started_at > row.started_at,
        col(Transaction.start_received_at) <= before,
    )
    since = session.exec(query).one()
    return Abandoned(row, connector, "later_session", since) if since is not None else None


def _measured_since(session: Session, row: Transaction, instant: datetime) -> bool:
    """Say whether a reading of the session has arrived after an instant: then it goes on, whatever the status says."""
    query = select(MeterReading.id).where(MeterReading.transaction_id == row.id, MeterReading.received_at > instant)
    return session.exec(query.limit(1)).first() is not None


def _rose_since(session: Session, row: Transaction, connector: Connector, instant: datetime) -> bool:
    """Say whether the session's register has counted on after an instant."""
    before = last_believable(session, row, connector, instant)
    return last_believable(session, row, connector).register_wh > before.register_wh + JITTER_WH
