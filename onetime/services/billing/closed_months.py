"""Closing a month: from then on its report stays as it is, and what changes later is a correction in the next one.

That is what late data asks for (billing rule: recomputed while the period is open, a correction line after it).
"""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from onetime.billing.periods import local_month
from onetime.clock import is_plausible, utc_now
from onetime.models import ClosedMonth, ReviewItem, Site, Tenant, Transaction, TransactionState
from onetime.services.billing.closed_store import closed_months, forget_unfinished, freeze_connector, last_closed
from onetime.services.billing.months import Month
from onetime.services.complete import complete, naming_row
from onetime.services.people.audit import record
from onetime.services.sessions.readings.between import main_meter_connectors
from onetime.services.sessions.readings.metered import billed_connectors
from onetime.store.database import Database
from onetime.texts import _

PAUSE_S = 0.02  # between two connectors, so that chargers' answers are not kept waiting


class ClosingError(Exception):
    """A month cannot be closed; the text says why."""


@dataclass(frozen=True, slots=True)
class MonthState:
    """Where a month stands. ``problem`` says why it cannot be closed now, None where it can or is.

    ``running`` and ``in_doubt`` count the sessions whose energy would come later, as corrections.
    """

    month: str
    closed_at: datetime | None
    closed_by: str | None
    problem: str | None
    running: int = 0
    in_doubt: int = 0


class ClosedMonthService:
    """Closes months, one after the other, the oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Lock()

    async def state(self, month: str) -> MonthState:
        """Return where a month stands. Raises ``MonthError`` for what is no month."""
        wanted, now = Month.parse(month), utc_now()
        return await self._database.read(lambda s: _state(s, wanted, now))

    async def close(self, month: str, actor: str) -> None:
        """Freeze a month's sessions and readings. Raises ``ClosingError`` and ``MonthError``.

        Connectors are frozen one by one, each at an instant of its own in a transaction of its own: what happens
        to a session after its connector's turn is a correction already.
        """
        wanted = Month.parse(month)
        async with self._turn:
            await self._database.write(forget_unfinished)
            now = utc_now()
            closing_id = await self._database.write(lambda s: _begin(s, wanted, actor, now))
            connectors = await self._database.read(_frozen_by_closing)
            for each in connectors:
                await self._database.write(lambda s, each=each: freeze_connector(s, closing_id, each))  # type: ignore[misc]  # bound now
                await asyncio.sleep(PAUSE_S)
            await self._database.write(lambda s: _finish(s, closing_id, actor, utc_now()))


def _frozen_by_closing(session: Session) -> list[int]:
    """Return the connectors that cars are plugged into, and those that stand for main meters."""
    plugs = [row.id or 0 for row, _name in billed_connectors(session)]
    return plugs + [connector_id for connector_id, _name in main_meter_connectors(session)]


def _state(session: Session, month: Month, now: datetime) -> MonthState:
    known = next(iter(complete(session, select(ClosedMonth).where(ClosedMonth.month == str(month)), ClosedMonth)), None)
    if known is not None and known.closed_at is not None:
        return MonthState(str(month), known.closed_at, known.closed_by, None)
    return MonthState(str(month), None, None, _problem(session, month, now), *_unsettled(session, month))


def _unsettled(session: Session, month: Month) -> tuple[int, int]:
    """Return how many sessions of a month still run, and how many wait in the inbox."""
    period = local_month(month.year, month.number, _zone(session))
    began = (Transaction.started_at >= period.start, Transaction.started_at < period.end)
    running = select(func.count()).where(
        Transaction.state == TransactionState.OPEN, Transaction.started_at < period.end
    )
    waiting = (
        select(func.count(func.distinct(ReviewItem.transaction_id)))
        .join(Transaction, col(Transaction.id) == col(ReviewItem.transaction_id))
        .where(col(ReviewItem.resolved_at).is_(None), *began)
    )
    return session.exec(running).one(), session.exec(waiting).one()


def _problem(session: Session, month: Month, now: datetime) -> str | None:
    """Return why a month cannot be closed, or None."""
    if not is_plausible(now):
        return _("The system's time cannot be right, so no month can be closed.")
    zone = _zone(session)
    if local_month(month.year, month.number, zone).end > now:
        return _("This month is not over yet.")
    oldest = _oldest_open(session, zone)
    if oldest is not None and oldest < month:
        return _("Close {month} first: months are closed one after the other.", month=oldest)
    return None


def _oldest_open(session: Session, zone: ZoneInfo) -> Month | None:
    """Return the oldest month with a session that is not closed."""
    newest = last_closed(session)
    if newest is not None:
        return newest.after()
    first = session.exec(select(func.min(Transaction.started_at))).one()
    return Month.of(first, zone) if first is not None else None


def _begin(session: Session, month: Month, actor: str, now: datetime) -> int:
    if any(closed.month == str(month) for closed in closed_months(session)):
        raise ClosingError(_("{month} is closed already.", month=month))
    problem = _problem(session, month, now)
    if problem is not None:
        raise ClosingError(problem)
    with naming_row(session, Site, 1):
        site = session.get(Site, 1)
    tenants = [[row.id, row.name] for row in complete(session, select(Tenant).order_by(col(Tenant.id)), Tenant)]
    row = ClosedMonth(
        month=str(month),
        begun_at=now,
        closed_by=actor,
        site_name=site.name if site else "Onetime",
        time_zone=_zone(session).key,
        tenants=json.dumps(tenants),
    )
    session.add(row)
    session.flush()
    return row.id or 0


def _finish(session: Session, closing_id: int, actor: str, now: datetime) -> None:
    row = session.get_one(ClosedMonth, closing_id)
    row.closed_at = now
    session.add(row)
    record(session, actor, "month.close", row.month)


def _zone(session: Session) -> ZoneInfo:
    with naming_row(session, Site, 1):
        site = session.get(Site, 1)
        return ZoneInfo(site.time_zone if site else "Europe/Zurich")
