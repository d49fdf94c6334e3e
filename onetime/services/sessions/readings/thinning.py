"""Old readings are thinned: those the quarter-hours rest on stay, and so does every register at a session's ends.

Sessions go one by one and the house's readings day by day, so that no charger waits for it.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select as sa_select
from sqlalchemy import tuple_
from sqlmodel import Session, col, delete, select, update

from onetime.background import pass_finished
from onetime.billing.intervals import quarter_hour_number
from onetime.billing.registers.readings import Reading, review_reason
from onetime.billing.thinning import thinned
from onetime.models import OUTSIDE_SESSIONS, Connector, MeterReading, ReviewState, Transaction, TransactionState
from onetime.services.aging import Aging
from onetime.services.chargers.measurements import AT_THE_END, AT_THE_START
from onetime.services.sessions.doubts.reasons import open_items
from onetime.services.sessions.readings.metered import metered
from onetime.services.unreadable import UnreadableRows, naming
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseClosedError, DatabaseError
from onetime.store.unreadable import Tell, left_out, undone

logger = logging.getLogger(__name__)

EVERY_S = 3_600.0
PAUSE_S = 0.2
SESSIONS_PER_STEP = 10
KEYS_PER_DELETE = 500
HOUSE_DAYS = 7  # the house's readings of this many days are looked through again after a restart


Key = tuple[Any, ...]  # a reading's whole key: session, connector, time, number
_KEY: tuple[Any, ...] = (
    col(MeterReading.transaction_id),
    col(MeterReading.connector_id),
    col(MeterReading.taken_at),
    col(MeterReading.id),
)


async def keep_thin(database: Database, aging: Aging, unreadable: UnreadableRows, sample_days: int) -> None:
    """Thin old readings every hour, for as long as the house runs."""
    since: datetime | None = None
    while True:
        try:
            if before := aging.before(sample_days):
                with unreadable.look("thinning") as tell:
                    await thin_sessions_before(database, before, tell)
                    await thin_house_between(database, since or before - timedelta(days=HOUSE_DAYS), before, tell)
                since = before - timedelta(minutes=15)
            pass_finished()
        except DatabaseClosedError:
            return
        except DatabaseError as error:
            logger.warning("Old readings were not thinned: %s", error)
        await asyncio.sleep(EVERY_S)


async def thin_sessions_before(database: Database, instant: datetime, tell: Tell) -> int:
    """Thin the sessions that ended before ``instant`` and are not in doubt; return how many readings went.

    One that cannot be read keeps what it has; ``tell`` hears of it.
    """
    total, after_id = 0, 0
    while True:
        removed, after_id = await database.write(partial(_thin_step, instant=instant, after_id=after_id, tell=tell))
        total += removed
        if not after_id:
            return total
        await asyncio.sleep(PAUSE_S)


async def thin_house_between(database: Database, start: datetime, end: datetime, tell: Tell) -> int:
    """Keep the first and last reading of each quarter-hour outside sessions; return how many readings went."""
    connectors = await database.read(lambda s: list(s.exec(select(Connector.id))))
    total = 0
    while start < end:
        until = min(start + timedelta(days=1), end)
        for connector_id in connectors:
            looking = partial(_superfluous, connector_id=connector_id or 0, start=start, end=until)
            with left_out(tell, "connector", connector_id or 0):
                if keys := await database.read(looking):
                    await database.write(partial(_delete, keys=keys))
                    total += len(keys)
                    await asyncio.sleep(PAUSE_S)
        start = until
    return total


def _thin_step(session: Session, instant: datetime, after_id: int, tell: Tell) -> tuple[int, int]:
    """Thin some sessions; return how many readings went and the last session looked at, 0 when there are no more."""
    query = (
        select(Transaction.id)
        .where(
            col(Transaction.id) > after_id,
            col(Transaction.is_thinned).is_(False),
            Transaction.state == TransactionState.ENDED,
            col(Transaction.stopped_at) < instant,
            col(Transaction.stop_received_at) < instant,
            col(Transaction.review_state) != ReviewState.HELD,
        )
        .order_by(col(Transaction.id))
        .limit(SESSIONS_PER_STEP)
    )
    numbers = session.exec(query).all()
    removed = 0
    for number in numbers:
        with undone(session, naming(session, tell), "transaction", number or 0):
            removed += _thin_session(session, session.get_one(Transaction, number))
    return removed, (numbers[-1] or 0) if numbers else 0


def _thin_session(session: Session, row: Transaction) -> int:
    if open_items(session, row.id or 0):
        return 0
    whole = metered(session, row, session.get_one(Connector, row.connector_id).believable_power_w)
    if review_reason(whole) is not None:
        return 0
    kept = thinned(whole)
    thin = update(Transaction).where(col(Transaction.id) == row.id)
    # Its quarter-hours stay as they are, so for a closed month it has not changed.
    session.exec(thin.values(is_thinned=True, changed_since_closing=Transaction.changed_since_closing))
    if kept is None:
        return 0
    keys = _session_keys(session, row, set(kept))
    _delete(session, keys)
    return len(keys)


def _session_keys(session: Session, row: Transaction, kept: set[Reading]) -> list[Key]:
    """Return the readings of a session that may go: registers not kept, power beyond the first of a quarter-hour."""
    query = (
        sa_select(*_KEY, col(MeterReading.register_wh))
        .where(col(MeterReading.transaction_id) == row.id)
        .where(col(MeterReading.context).not_in((AT_THE_START, AT_THE_END)))
        .order_by(col(MeterReading.taken_at), col(MeterReading.id))
    )
    keys, quarters, seen = [], set[int](), set[Reading]()
    for *key, register in session.execute(query).all():
        taken_at = key[2]
        quarter = quarter_hour_number(taken_at)
        reading = None if register is None else Reading(taken_at, register)
        stays = (reading in kept and reading not in seen) if reading else quarter not in quarters
        if reading and stays:
            seen.add(reading)
        elif reading is None:
            quarters.add(quarter)
        if not stays:
            keys.append(tuple(key))
    return keys


def _superfluous(session: Session, connector_id: int, start: datetime, end: datetime) -> list[Key]:
    query = (
        sa_select(*_KEY)
        .where(
            col(MeterReading.connector_id) == connector_id,
            col(MeterReading.taken_at) >= start,
            col(MeterReading.taken_at) < end,
            col(MeterReading.transaction_id) == OUTSIDE_SESSIONS,
        )
        .order_by(col(MeterReading.taken_at), col(MeterReading.id))
    )
    quarters: dict[int, list[Key]] = {}
    for key in session.execute(query):
        quarters.setdefault(quarter_hour_number(key[2]), []).append(tuple(key))
    return [key for keys in quarters.values() for key in keys[1:-1]]


def _delete(session: Session, keys: Sequence[Key]) -> None:
    key = tuple_(*_KEY)
    for first in range(0, len(keys), KEYS_PER_DELETE):
        session.execute(delete(MeterReading).where(key.in_(keys[first : first + KEYS_PER_DELETE])))
