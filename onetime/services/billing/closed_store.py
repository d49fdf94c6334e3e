"""What closing a month writes, and what a report reads of closed months, inside transactions of the database."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, delete, func, select, update

from onetime.billing.corrections import ConnectorState, corrections, still_billed_to
from onetime.billing.frozen import Frozen, freeze, thaw, thaw_between
from onetime.billing.periods import Period, local_month
from onetime.billing.registers.readings import Reading
from onetime.billing.report import Connector as BilledConnector
from onetime.billing.report import Correction
from onetime.billing.report import Tenant as BilledTenant
from onetime.models import Charger, ClosedConnector, ClosedMonth, Connector, Transaction, TransactionCorrection
from onetime.services.billing.months import Month
from onetime.services.complete import complete, naming_row
from onetime.services.sessions.readings.between import readings_between
from onetime.services.sessions.readings.metered import billed, billed_connectors, billed_tenants, sessions_around


def closed_months(session: Session) -> list[ClosedMonth]:
    """Return the months that are closed, oldest first."""
    query = select(ClosedMonth).where(col(ClosedMonth.closed_at).is_not(None))
    return complete(session, query.order_by(col(ClosedMonth.month)), ClosedMonth)


def last_closed(session: Session) -> Month | None:
    """Return the newest month that is closed."""
    months = closed_months(session)
    if not months:
        return None
    with naming_row(session, ClosedMonth, months[-1].id):
        return Month.parse(months[-1].month)


def period_of(session: Session, closed: ClosedMonth) -> Period:
    """Return the stretch of time a month was closed for."""
    with naming_row(session, ClosedMonth, closed.id):
        month = Month.parse(closed.month)
        return local_month(month.year, month.number, ZoneInfo(closed.time_zone))


def tenants_of(session: Session, closed: ClosedMonth) -> list[BilledTenant]:
    """Return who lived here when a month was closed."""
    with naming_row(session, ClosedMonth, closed.id):
        return [BilledTenant(number, name) for number, name in json.loads(closed.tenants)]


def frozen_connectors(session: Session, closed: ClosedMonth) -> Iterator[Frozen]:
    """Yield each connector with its sessions as they were when the month was closed."""
    for number, content in session.exec(_frozen(closed).where(Connector.number > 0)):
        with naming_row(session, ClosedConnector, number):
            frozen = thaw(content)
        yield frozen


def frozen_between(session: Session, closed: ClosedMonth, connector: BilledConnector) -> list[Reading]:
    """Return what a connector read between its sessions, as it was when the month was closed."""
    connector_id = connector_id_of(session, connector)
    row = session.exec(_frozen(closed).where(ClosedConnector.connector_id == connector_id)).first()
    if row is None:
        return []
    with naming_row(session, ClosedConnector, row[0]):
        return thaw_between(row[1]) or []


def frozen_main_meters(session: Session, closed: ClosedMonth) -> dict[str, list[Reading]]:
    """Return what the chargers' main meters read, as it was when the month was closed."""
    found: dict[str, list[Reading]] = {}
    for number, content in session.exec(_frozen(closed).where(Connector.number == 0)):
        with naming_row(session, ClosedConnector, number):
            found[thaw(content)[0].charger_id] = thaw_between(content) or []
    return found


def connector_id_of(session: Session, connector: BilledConnector) -> int | None:
    """Return the id of a connector as billing names it."""
    query = (
        select(Connector.id)
        .join(Charger, col(Charger.id) == col(Connector.charger_id))
        .where(Charger.identity == connector.charger_id, Connector.number == connector.number)
    )
    return session.exec(query).first()


def _frozen(closed: ClosedMonth) -> Any:
    return (
        select(ClosedConnector.id, ClosedConnector.content)
        .join(Connector, col(Connector.id) == col(ClosedConnector.connector_id))
        .where(ClosedConnector.month_id == closed.id, ClosedConnector.booked_in_id == closed.id)
        .order_by(col(ClosedConnector.id))
    )


def latest_state(session: Session, closed: ClosedMonth, connector_id: int) -> ConnectorState | None:
    """Return a connector's sessions of a closed month as they were accounted for last; None where they never were."""
    content = _latest(session, closed, connector_id)
    if content is None:
        return None
    with naming_row(session, ClosedMonth, closed.id):
        return _state(content)


def revision_of(session: Session, closed: ClosedMonth) -> int:
    """Return how often a closed month has been accounted for: 1 at its closing, one more with each correction."""
    booked = select(func.count(func.distinct(ClosedConnector.booked_in_id))).where(
        ClosedConnector.month_id == closed.id, ClosedConnector.booked_in_id != closed.id
    )
    return 1 + session.exec(booked).one()


def booked_corrections(session: Session, closed: ClosedMonth) -> list[Correction]:
    """Return what a closed month carries of the months closed before it."""
    query = (
        select(ClosedConnector, ClosedMonth)
        .join(ClosedMonth, col(ClosedMonth.id) == col(ClosedConnector.month_id))
        .where(ClosedConnector.booked_in_id == closed.id, ClosedConnector.month_id != closed.id)
        .order_by(col(ClosedMonth.month), col(ClosedConnector.id))
    )
    found: list[Correction] = []
    for row, month in complete(session, query, ClosedConnector, ClosedMonth):
        with naming_row(session, ClosedConnector, row.id):
            before = _state(_before(session, row))
            found += corrections(month.month, period_of(session, month), before, _state(row.content))
    return found


def open_corrections(session: Session) -> Iterator[Correction]:
    """Yield what the closed months lack as of today: what the next open month carries."""
    months = closed_months(session)
    for connector, identity in billed_connectors(session) if months else ():
        for _month, _state_now, lines in _changes(session, connector, identity, months):
            yield from lines


def freeze_connector(session: Session, closing_id: int, connector_id: int) -> None:
    """Freeze one connector's sessions of the month being closed, and book what changed in months closed before.

    A month from before the first closed one, of which a charger told late, carries nothing of the later ones.
    """
    with naming_row(session, ClosedMonth, closing_id):
        closing = session.get_one(ClosedMonth, closing_id)
    with naming_row(session, Connector, connector_id):
        connector = session.get_one(Connector, connector_id)
    with naming_row(session, Charger, connector.charger_id):
        identity = session.get_one(Charger, connector.charger_id).identity
    months = closed_months(session)
    _keep(session, closing, connector_id, closing_id, _now(session, connector, identity, period_of(session, closing)))
    if connector.number == 0:
        return  # a main meter: there is nobody to bill
    if months and closing.month < months[-1].month:
        return
    for month, now, lines in list(_changes(session, connector, identity, months)):
        if lines:
            _keep(session, month, connector_id, closing_id, now)
    seen = update(Transaction).where(col(Transaction.connector_id) == connector_id)
    session.exec(seen.values(changed_since_closing=False))


def forget_unfinished(session: Session) -> None:
    """Take back a closing that did not come to its end; every session counts as changed again."""
    unfinished = select(ClosedMonth).where(col(ClosedMonth.closed_at).is_(None))
    for month in complete(session, unfinished, ClosedMonth):
        session.exec(delete(ClosedConnector).where(col(ClosedConnector.booked_in_id) == month.id))
        session.delete(month)
        session.exec(update(Transaction).values(changed_since_closing=True))


def _changes(
    session: Session, connector: Connector, identity: str, months: Sequence[ClosedMonth]
) -> Iterator[tuple[ClosedMonth, ConnectorState, list[Correction]]]:
    """Yield the closed months a connector's changed sessions may touch: its state today, and the differences."""
    since = _touched_since(session, connector.id or 0)
    for month in months:
        period = period_of(session, month)
        if since is None or period.end <= since:
            continue
        known = _latest(session, month, connector.id or 0)
        before = ConnectorState(billed(connector, identity), [], [])
        if known is not None:
            with naming_row(session, ClosedMonth, month.id):
                before = _state(known)
        live = _now(session, connector, identity, period)
        now = ConnectorState(live.connector, still_billed_to(before.sessions, live.sessions), live.between)
        yield month, now, corrections(month.month, period, before, now)


def _touched_since(session: Session, connector_id: int) -> datetime | None:
    """Return the instant after which a changed session can have moved energy; None when none has changed.

    Energy between sessions depends on the session before and the one after, so it begins where the last unchanged
    session before the first changed one ended. Where that session once began counts too.
    """
    changed = (Transaction.connector_id == connector_id, col(Transaction.changed_since_closing))
    began = select(Transaction.started_at).where(*changed).order_by(col(Transaction.started_at)).limit(1)
    first = session.exec(began).first()
    if first is None:
        return None
    once = (
        select(TransactionCorrection.started_at)
        .join(Transaction, col(Transaction.id) == col(TransactionCorrection.transaction_id))
        .where(*changed)
        .order_by(col(TransactionCorrection.started_at))
        .limit(1)
    )
    first = min(first, session.exec(once).first() or first)
    before = session.exec(
        select(func.max(Transaction.stopped_at)).where(
            Transaction.connector_id == connector_id,
            col(Transaction.changed_since_closing).is_(False),
            col(Transaction.stopped_at) <= first,
        )
    ).one()
    return before or first


def _now(session: Session, connector: Connector, identity: str, period: Period) -> ConnectorState:
    with naming_row(session, Connector, connector.id):
        between = readings_between(session, connector.id or 0, period.start, period.end)
    if connector.number == 0:
        return ConnectorState(billed(connector, identity), [], between)
    sessions = sessions_around(session, connector, period.start, period.end, billed_tenants(session))
    return ConnectorState(billed(connector, identity), sessions, between)


def _keep(session: Session, month: ClosedMonth, connector_id: int, booked_in: int, state: ConnectorState) -> None:
    content = freeze(state.connector, state.sessions, state.between)
    row = ClosedConnector(month_id=month.id or 0, connector_id=connector_id, booked_in_id=booked_in, content=content)
    session.add(row)
    session.flush()


def _latest(session: Session, month: ClosedMonth, connector_id: int) -> bytes | None:
    """Return what was accounted for last; rows are written in the order of the closings."""
    query = select(ClosedConnector.content).where(
        ClosedConnector.month_id == month.id, ClosedConnector.connector_id == connector_id
    )
    return session.exec(query.order_by(col(ClosedConnector.id).desc()).limit(1)).first()


def _before(session: Session, row: ClosedConnector) -> bytes:
    """Return what had been accounted for before a later row was written; nothing for a connector that was new."""
    query = select(ClosedConnector.content).where(
        ClosedConnector.month_id == row.month_id,
        ClosedConnector.connector_id == row.connector_id,
        col(ClosedConnector.id) < row.id,
    )
    content = session.exec(query.order_by(col(ClosedConnector.id).desc()).limit(1)).first()
    return content if content is not None else freeze(thaw(row.content)[0], [], [])


def _state(content: bytes) -> ConnectorState:
    return ConnectorState(*thaw(content), thaw_between(content))
