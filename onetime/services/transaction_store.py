"""What a start and a stop write, inside one transaction of the database."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from onetime.models import Connector, MeterReading, ReviewItem, Transaction, TransactionState
from onetime.services.authorization import Authorization, AuthorizationStatus, authorize, id_tag_key
from onetime.services.live import LiveSession
from onetime.services.metering import Measurement, reading_row


@dataclass(frozen=True, slots=True)
class StartRequest:
    """What a StartTransaction says. ``meter_start_wh`` is the connector's register in Wh."""

    connector_number: int
    id_tag: str
    started_at: datetime
    meter_start_wh: int
    reservation_id: int | None = None


@dataclass(frozen=True, slots=True)
class StopRequest:
    """What a StopTransaction says. ``meter_stop_wh`` is the connector's register in Wh; ``raw`` is kept as evidence."""

    transaction_id: int
    stopped_at: datetime
    meter_stop_wh: int
    reason: str
    id_tag: str | None
    raw: str
    measurements: Sequence[Measurement] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """A stored start."""

    session: LiveSession
    authorization: Authorization
    is_open: bool
    ended_instead: tuple[int, ...] = ()

    @property
    def transaction_id(self) -> int:
        """The OCPP transaction id."""
        return self.session.transaction_id


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stored stop; without a transaction id it waits for review."""

    transaction_id: int | None
    connector_id: int | None
    authorization: Authorization | None


def store_start(
    session: Session, connector_id: int, request: StartRequest, received_at: datetime, *, accept_unknown: bool
) -> Started:
    """Store a start, or find the one it repeats."""
    repeated = _same_start(session, connector_id, request)
    if repeated is not None:
        return _repeated_start(session, repeated, received_at, accept_unknown=accept_unknown)
    ended = _end_open_sessions(session, connector_id, request.started_at, received_at)
    authorization = authorize(session, request.id_tag, received_at, accept_unknown=accept_unknown)
    row = Transaction(
        connector_id=connector_id,
        id_tag=request.id_tag.strip(),
        id_tag_key=id_tag_key(request.id_tag),
        card_id=authorization.card_id,
        authorization_status=authorization.status.value,
        started_at=request.started_at,
        start_received_at=received_at,
        meter_start_wh=request.meter_start_wh,
        reservation_id=request.reservation_id or None,  # some chargers send 0 for none (SteVe #1414)
    )
    session.add(row)
    session.flush()
    return Started(live_session(row), authorization, is_open=True, ended_instead=ended)


def store_stop(
    session: Session, charger_id: int, request: StopRequest, received_at: datetime, *, accept_unknown: bool
) -> Stopped:
    """Store a stop: once, on the session it belongs to, or for review."""
    authorization = _authorize_stop(session, request.id_tag, received_at, accept_unknown=accept_unknown)
    row = _session_of_stop(session, charger_id, request)
    if row is None:
        session.add(ReviewItem(reason="stop_without_start", charger_id=charger_id, evidence=request.raw))
        return Stopped(None, None, authorization)
    if row.state is TransactionState.OPEN or row.stop_estimated:
        _settle_estimate(session, row, received_at)
        _end(row, request.stopped_at, received_at, request.meter_stop_wh, request.reason)
        row.stop_id_tag = request.id_tag
        row.stop_estimated = False
        session.add(row)
        for measurement in request.measurements:
            session.add(MeterReading(**reading_row(row.connector_id, row.id, measurement, received_at)))
        if request.meter_stop_wh < row.meter_start_wh:
            session.add(_review("register_went_back", charger_id, row, request.raw))
    return Stopped(row.id, row.connector_id, authorization)


def live_session(row: Transaction, register_wh: int | None = None) -> LiveSession:
    """Return what the live board keeps of a session."""
    return LiveSession(
        transaction_id=row.id or 0,
        id_tag=row.id_tag,
        started_at=row.started_at,
        meter_start_wh=row.meter_start_wh,
        card_id=row.card_id,
        register_wh=register_wh,
    )


def _same_start(session: Session, connector_id: int, request: StartRequest) -> Transaction | None:
    """Find the start this one repeats: same connector, card, time and register (SteVe, insertIgnoreTransaction)."""
    query = select(Transaction).where(
        Transaction.connector_id == connector_id,
        Transaction.id_tag_key == id_tag_key(request.id_tag),
        Transaction.started_at == request.started_at,
        Transaction.meter_start_wh == request.meter_start_wh,
    )
    return session.exec(query).first()


def _repeated_start(session: Session, row: Transaction, now: datetime, *, accept_unknown: bool) -> Started:
    """Answer a repeated start as the first one was: another answer would make the charger stop (MicroOcpp #237)."""
    current = authorize(session, row.id_tag, now, accept_unknown=accept_unknown)
    answer = Authorization(
        AuthorizationStatus(row.authorization_status), current.card_id, False, current.parent_id_tag, current.expires_at
    )
    register = last_register(session, row)
    return Started(live_session(row, register), answer, is_open=row.state is TransactionState.OPEN)


def _end_open_sessions(
    session: Session, connector_id: int, started_at: datetime, received_at: datetime
) -> tuple[int, ...]:
    """End sessions whose stop never came, from their last reading; a connector carries one session at a time."""
    query = select(Transaction).where(
        Transaction.connector_id == connector_id, Transaction.state == TransactionState.OPEN
    )
    ended = []
    for row in session.exec(query).all():
        reading = _last_reading(session, row)
        stopped_at = reading.taken_at if reading else row.started_at
        register = max(row.meter_start_wh, (reading.register_wh or 0) if reading else row.meter_start_wh)
        _end(row, min(stopped_at, max(started_at, row.started_at)), received_at, register, "Other")
        row.stop_estimated = True
        session.add(row)
        session.add(_review("stop_never_came", None, row, json.dumps({"ended_by_start_at": started_at.isoformat()})))
        ended.append(row.id or 0)
    return tuple(ended)


def _end(row: Transaction, stopped_at: datetime, received_at: datetime, meter_stop_wh: int, reason: str) -> None:
    row.state = TransactionState.ENDED
    row.stopped_at = stopped_at
    row.stop_received_at = received_at
    row.meter_stop_wh = meter_stop_wh
    row.stop_reason = reason


def _authorize_stop(
    session: Session, id_tag: str | None, now: datetime, *, accept_unknown: bool
) -> Authorization | None:
    if not id_tag or not id_tag.strip():
        return None
    return authorize(session, id_tag, now, accept_unknown=accept_unknown)


def _session_of_stop(session: Session, charger_id: int, request: StopRequest) -> Transaction | None:
    """Find the session a stop ends: by its id, else the only open one of this charger that fits by time and register.

    Some chargers send -1, 0 or an id of their own (OCPP 1.6 errata 3.18; SteVe #156, #292).
    """
    by_id = _by_id(session, charger_id, request.transaction_id)
    if by_id is not None:
        return by_id
    query = (
        select(Transaction)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .where(
            Connector.charger_id == charger_id,
            Transaction.state == TransactionState.OPEN,
            Transaction.started_at <= request.stopped_at,
            Transaction.meter_start_wh <= request.meter_stop_wh,
        )
    )
    fitting = session.exec(query).all()
    return fitting[0] if len(fitting) == 1 else None


def _by_id(session: Session, charger_id: int, transaction_id: int) -> Transaction | None:
    if not 0 < transaction_id < 2**31:
        return None
    row = session.get(Transaction, transaction_id)
    if row is None or session.get_one(Connector, row.connector_id).charger_id != charger_id:
        return None
    return row


def last_register(session: Session, row: Transaction) -> int | None:
    """Return the newest register in Wh of a session, or None when it has no reading."""
    reading = _last_reading(session, row)
    return reading.register_wh if reading else None


def _last_reading(session: Session, row: Transaction) -> MeterReading | None:
    query = (
        select(MeterReading)
        .where(MeterReading.transaction_id == row.id, col(MeterReading.register_wh).is_not(None))
        .order_by(col(MeterReading.taken_at).desc())
        .limit(1)
    )
    return session.exec(query).first()


def _settle_estimate(session: Session, row: Transaction, now: datetime) -> None:
    """Close the review of an estimated stop: the charger's own has come."""
    query = select(ReviewItem).where(
        ReviewItem.transaction_id == row.id,
        ReviewItem.reason == "stop_never_came",
        col(ReviewItem.resolved_at).is_(None),
    )
    for item in session.exec(query):
        item.resolved_at = now
        session.add(item)


def _review(reason: str, charger_id: int | None, row: Transaction, evidence: str) -> ReviewItem:
    return ReviewItem(reason=reason, charger_id=charger_id, transaction_id=row.id, evidence=evidence)
