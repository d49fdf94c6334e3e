"""What a start writes, inside one transaction of the database."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from onetime.models import Connector, MeterReading, Transaction, TransactionState
from onetime.services.cards.authorization import Authorization, AuthorizationStatus, authorize, id_tag_key
from onetime.services.chargers.live import LiveSession
from onetime.services.sessions.doubts.reasons import Doubt, raise_doubt
from onetime.services.sessions.estimates import last_believable
from onetime.services.sessions.reservations import reservation_named, use_reservation

# A start is repeated until it is confirmed, and its stop waits for that: minutes after the stop nothing repeats it.
REPEATED_WITHIN = timedelta(minutes=10)
LONG_AGO = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StartRequest:
    """What a StartTransaction says. ``meter_start_wh`` is the connector's register in Wh.

    ``charger_started_at`` is the charger's own time stamp where it was wrong; ``has_stamp`` says that it sent one.
    """

    connector_number: int
    id_tag: str
    started_at: datetime
    meter_start_wh: int
    reservation_id: int | None = None
    charger_started_at: datetime | None = None
    has_stamp: bool = True


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


def store_start(
    session: Session,
    connector_id: int,
    request: StartRequest,
    received_at: datetime,
    *,
    accept_unknown: bool,
    stores_new_card: bool = True,
) -> Started:
    """Store a start, or find the one it repeats."""
    same = _same_start(session, connector_id, request)
    if same is not None and not _is_another(same, received_at):
        return _repeated_start(session, same, received_at, accept_unknown=accept_unknown)
    connector = session.get_one(Connector, connector_id)
    ended = _end_open_sessions(session, connector, request.started_at, received_at)
    authorization = authorize(
        session, request.id_tag, received_at, accept_unknown=accept_unknown, stores_new=stores_new_card
    )
    row = Transaction(
        connector_id=connector_id,
        id_tag=request.id_tag.strip(),
        id_tag_key=id_tag_key(request.id_tag),
        card_id=authorization.card_id,
        authorization_status=authorization.status.value,
        started_at=request.started_at,
        charger_started_at=request.charger_started_at,
        start_received_at=received_at,
        meter_start_wh=request.meter_start_wh,
        reservation_id=reservation_named(request.reservation_id),
        time_corrected=request.charger_started_at is not None or not request.has_stamp,
    )
    session.add(row)
    session.flush()
    use_reservation(session, connector.charger_id, row)
    if same is not None and not same.time_corrected:
        evidence = json.dumps({"same_start_as": same.id, "started_at": request.started_at.isoformat()})
        raise_doubt(session, Doubt.START_REPEATED, connector.charger_id, row, evidence)
    return Started(live_session(row), authorization, is_open=True, ended_instead=ended)


def end_estimated(
    session: Session, row: Transaction, connector: Connector, until: datetime | None, now: datetime, evidence: str
) -> None:
    """End a session whose stop never came at its last believable reading, and list it for review."""
    last = last_believable(session, row, connector.max_power_w, until)
    end_session(row, last.at, now, last.register_wh, "Other")
    row.stop_estimated = True
    session.add(row)
    raise_doubt(session, Doubt.STOP_NEVER_CAME, connector.charger_id, row, evidence)


def end_session(row: Transaction, stopped_at: datetime, received_at: datetime, meter_stop_wh: int, reason: str) -> None:
    """Close a session's row at an instant and a register in Wh."""
    row.state = TransactionState.ENDED
    row.stopped_at = stopped_at
    row.stop_received_at = received_at
    row.meter_stop_wh = meter_stop_wh
    row.stop_reason = reason


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


def last_register(session: Session, row: Transaction) -> int | None:
    """Return the newest register in Wh of a session, or None when it has no reading."""
    query = (
        select(MeterReading.register_wh)
        .where(MeterReading.transaction_id == row.id, col(MeterReading.register_wh).is_not(None))
        .order_by(col(MeterReading.taken_at).desc())
        .limit(1)
    )
    return session.exec(query).first()


def _same_start(session: Session, connector_id: int, request: StartRequest) -> Transaction | None:
    """Find the start this one repeats: same connector, card, time and register (SteVe, insertIgnoreTransaction).

    Times are compared as the charger wrote them. A start without one repeats the open one that had none either.
    """
    query = (
        select(Transaction)
        .where(
            Transaction.connector_id == connector_id,
            Transaction.id_tag_key == id_tag_key(request.id_tag),
            Transaction.meter_start_wh == request.meter_start_wh,
        )
        .order_by(col(Transaction.id).desc())
    )
    own_stamp = col(Transaction.charger_started_at)
    if not request.has_stamp:
        query = query.where(
            Transaction.state == TransactionState.OPEN, col(Transaction.time_corrected), own_stamp.is_(None)
        )
        return session.exec(query).first()
    stamp = request.charger_started_at or request.started_at
    was_right = (col(Transaction.started_at) == stamp) & own_stamp.is_(None)
    return session.exec(query.where(was_right | (own_stamp == stamp))).first()


def _is_another(row: Transaction, received_at: datetime) -> bool:
    """Say whether a start equal to that of a long ended session begins a new one.

    A clock that stands still, or begins at the same instant after each boot, and a register that counts from zero
    make equal starts of different sessions. A right time stamp happens once, and so does a register that counts on.
    """
    if row.state is TransactionState.OPEN or row.stop_estimated or row.stop_received_at is None:
        return False
    if received_at - row.stop_received_at <= REPEATED_WITHIN:
        return False
    if row.meter_start_wh > 0 and (row.meter_stop_wh or 0) > row.meter_start_wh:
        return False
    return row.time_corrected or row.start_received_at - row.started_at > LONG_AGO


def _repeated_start(session: Session, row: Transaction, now: datetime, *, accept_unknown: bool) -> Started:
    """Answer a repeated start as the first one was: another answer would make the charger stop (MicroOcpp #237)."""
    current = authorize(session, row.id_tag, now, accept_unknown=accept_unknown)
    answer = Authorization(
        AuthorizationStatus(row.authorization_status), current.card_id, False, current.parent_id_tag, current.expires_at
    )
    register = last_register(session, row)
    return Started(live_session(row, register), answer, is_open=row.state is TransactionState.OPEN)


def _end_open_sessions(
    session: Session, connector: Connector, started_at: datetime, received_at: datetime
) -> tuple[int, ...]:
    """End sessions whose stop never came; a connector carries one session at a time.

    One that began later stays open: then this start is an older one that comes late.
    """
    query = select(Transaction).where(
        Transaction.connector_id == connector.id,
        Transaction.state == TransactionState.OPEN,
        Transaction.started_at <= started_at,
    )
    ended = []
    for row in session.exec(query).all():
        evidence = json.dumps({"ended_by_start_at": started_at.isoformat()})
        end_estimated(session, row, connector, started_at, received_at, evidence)
        ended.append(row.id or 0)
    return tuple(ended)
