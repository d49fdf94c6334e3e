"""Sessions with their readings, as billing wants them, streamed connector by connector from the database."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, bindparam, type_coerce
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from onetime.billing.registers.readings import MeteredSession, Reading, ReviewReason
from onetime.billing.report import ChargingSession
from onetime.billing.report import Connector as BilledConnector
from onetime.billing.report import Tenant as BilledTenant
from onetime.bounds import FIRST_STORED, LAST_STORED
from onetime.models import Card, Charger, Connector, MeterReading, ReviewItem, ReviewState, Tenant, Transaction
from onetime.models.types import instants
from onetime.services.cards.handing_over import BILLED_TO
from onetime.services.chargers.measurements import AT_THE_START
from onetime.services.complete import complete, naming_row
from onetime.services.sessions.doubts.open import open_doubts

_SET_ASIDE = {ReviewState.HELD: ReviewReason.HELD, ReviewState.DISCARDED: ReviewReason.DISCARDED}

_DECIDED = frozenset({ReviewState.ACCEPTED, ReviewState.CORRECTED})

ConnectorRow = tuple[Connector, str]


def billed_connectors(session: Session) -> list[ConnectorRow]:
    """Return the connectors a car can be plugged into, with their charger's identity, in a stable order."""
    query = (
        select(Connector, Charger.identity)
        .join(Charger, col(Charger.id) == col(Connector.charger_id))
        .where(Connector.number > 0)
        .order_by(col(Charger.identity), col(Connector.number))
    )
    return complete(session, query, Connector, Charger)


def stream_connectors(
    session: Session, start: datetime, end: datetime
) -> Iterator[tuple[BilledConnector, list[ChargingSession]]]:
    """Yield each connector with the sessions of a period: those that overlap it, the last before, the first after."""
    tenants = billed_tenants(session)
    for connector, identity in billed_connectors(session):
        yield billed(connector, identity), sessions_around(session, connector, start, end, tenants)
        session.expunge_all()


def billed(connector: Connector, identity: str) -> BilledConnector:
    """Return a connector as billing names it."""
    return BilledConnector(identity, connector.number, connector.spot)


def billed_tenants(session: Session) -> dict[int | None, BilledTenant]:
    """Return everybody who can be billed, by id."""
    return {row.id: BilledTenant(row.id or 0, row.name) for row in complete(session, select(Tenant), Tenant)}


def sessions_around(
    session: Session, connector: Connector, start: datetime, end: datetime, tenants: dict[int | None, BilledTenant]
) -> list[ChargingSession]:
    """Return a connector's sessions of a period: those that overlap it, the last before and the first after."""
    rows = _around(session, connector.id or 0, start, end)
    doubts = open_doubts(session, [row.id or 0 for row, _owner in rows])
    found = []
    for row, owner in rows:
        with naming_row(session, Transaction, row.id):
            found.append(
                _charging_session(
                    session, row, connector.believable_power_w, tenants.get(owner), doubts.get(row.id or 0, [])
                )
            )
    return found


def overlapping_sessions(
    session: Session, connector: Connector, start: datetime, end: datetime
) -> list[MeteredSession]:
    """Return a connector's sessions that overlap a period and may be billed, oldest first, with their readings."""
    query = (
        select(Transaction)
        .where(Transaction.connector_id == connector.id, *_overlap(start, end))
        .where(col(Transaction.review_state).not_in(_SET_ASIDE))
        .order_by(col(Transaction.started_at))
    )
    _check_times(session, connector.id or 0)
    found = []
    for row in complete(session, query, Transaction):
        with naming_row(session, Transaction, row.id):
            found.append(metered(session, row, connector.believable_power_w))
    return found


def metered(session: Session, row: Transaction, max_power_w: int) -> MeteredSession:
    """Return one session with its register readings in Wh."""
    samples = register_readings(session, row.id or 0)
    stop = None
    if row.stopped_at is not None and row.meter_stop_wh is not None:
        stop = Reading(row.stopped_at, row.meter_stop_wh)
    return MeteredSession(
        Reading(row.started_at, row.meter_start_wh),
        stop,
        samples,
        max_power_w,
        is_corrected=row.review_state is ReviewState.CORRECTED,
        is_estimated=row.stop_estimated and row.review_state not in _DECIDED,
    )


def register_readings(session: Session, transaction_id: int) -> list[Reading]:
    """Return a session's register readings in Wh by the time they were taken.

    A month of 200 connectors has three million of them, so they come from the driver as they are, in one piece.
    """
    connection = session.connection()
    rows = connection.execute(_REGISTERS, {"transaction_id": transaction_id}).cursor.fetchall()
    if not rows:
        return []
    times, registers = zip(*rows, strict=True)
    return list(map(Reading, instants(times, connection.dialect), registers))


_REGISTERS = (
    sa_select(type_coerce(col(MeterReading.taken_at), BigInteger), col(MeterReading.register_wh))
    .where(col(MeterReading.transaction_id) == bindparam("transaction_id"))
    .where(col(MeterReading.register_wh).is_not(None))
    .where(col(MeterReading.context) != AT_THE_START)
    .order_by(col(MeterReading.connector_id), col(MeterReading.taken_at))
)


def _around(
    session: Session, connector_id: int, start: datetime, end: datetime
) -> Sequence[tuple[Transaction, int | None]]:
    query = (
        select(Transaction, BILLED_TO)
        .join(Card, col(Card.id) == col(Transaction.card_id), isouter=True)
        .where(Transaction.connector_id == connector_id)
    )
    before = query.where(col(Transaction.stopped_at) <= start).order_by(col(Transaction.stopped_at).desc()).limit(1)
    during = query.where(*_overlap(start, end)).order_by(col(Transaction.started_at))
    after = query.where(Transaction.started_at >= end).order_by(col(Transaction.started_at)).limit(1)
    _check_times(session, connector_id)
    return [row for part in (before, during, after) for row in complete(session, part, Transaction)]


def _check_times(session: Session, connector_id: int) -> None:
    """Raise ``UnreadableRowError`` for a session of a time that is none, which no period would ever hold."""
    bounds = FIRST_STORED, LAST_STORED
    started, stopped = col(Transaction.started_at), col(Transaction.stopped_at)
    query = select(Transaction).where(
        Transaction.connector_id == connector_id, ~started.between(*bounds) | ~stopped.between(*bounds)
    )
    complete(session, query.limit(1), Transaction)


def _overlap(start: datetime, end: datetime) -> tuple[bool, bool]:
    """Translate into conditions (typed as SQLModel types comparisons)."""
    still_running = col(Transaction.stopped_at).is_(None) | (col(Transaction.stopped_at) > start)
    return Transaction.started_at < end, still_running  # type: ignore[return-value]  # a SQL condition


def _charging_session(
    session: Session, row: Transaction, max_power_w: int, tenant: BilledTenant | None, doubts: Sequence[str]
) -> ChargingSession:
    return ChargingSession(
        transaction_id=row.id or 0,
        metered=metered(session, row, max_power_w),
        id_tag=row.id_tag,
        tenant=tenant,
        stop_reason=row.stop_reason,
        set_aside=_SET_ASIDE.get(row.review_state),
        is_assigned=row.tenant_id is not None,
        note=_last_note(session, row),
        is_end_estimated=row.stop_estimated,
        is_time_corrected=row.time_corrected,
        open_doubts=tuple(sorted(doubts)),
    )


def _last_note(session: Session, row: Transaction) -> str | None:
    """Return what the last person said who decided about a session."""
    if row.review_state is ReviewState.CLEAR and row.tenant_id is None:
        return None
    query = (
        select(ReviewItem.note)
        .where(ReviewItem.transaction_id == row.id, col(ReviewItem.note).is_not(None))
        .order_by(col(ReviewItem.resolved_at).desc())
        .limit(1)
    )
    return session.exec(query).first()
