"""What a stop writes, inside one transaction of the database: once, on the session it belongs to, or for review."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from onetime.models import Connector, MeterReading, ReviewState, Transaction, TransactionState
from onetime.services.cards.authorization import Authorization, AuthorizationStatus, authorize
from onetime.services.chargers.measurements import reading_row, store_readings
from onetime.services.sessions.doubts.months import doubt_month
from onetime.services.sessions.doubts.quarantine import quarantine
from onetime.services.sessions.doubts.reasons import Doubt, doubt_about, raise_doubt, settle
from onetime.services.sessions.starts import end_session
from onetime.services.sessions.stop_request import StopRequest

# What the real stop of an estimated session settles.
_ANSWERED_BY_STOP = frozenset({Doubt.STOP_NEVER_CAME})
_DECIDED = frozenset({ReviewState.CORRECTED, ReviewState.DISCARDED})
# A session whose charger counted much longer than we did between its start and stop was replayed at once.
REPLAYED_FASTER_BY = timedelta(minutes=1)
LONGEST_SESSION = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stored stop; without a transaction id it waits for review."""

    transaction_id: int | None
    connector_id: int | None
    authorization: Authorization | None


def store_stop(
    session: Session,
    charger_id: int,
    request: StopRequest,
    received_at: datetime,
    *,
    accept_unknown: bool,
    stores_new_card: bool = True,
) -> Stopped:
    """Store a stop: once, on the session it belongs to, or for review."""
    authorization = None
    if request.id_tag and request.id_tag.strip():
        authorization = authorize(
            session, request.id_tag, received_at, accept_unknown=accept_unknown, stores_new=stores_new_card
        )
    row = _session_of_stop(session, charger_id, request)
    if row is None:
        quarantine(session, charger_id, request)
        return Stopped(None, None, authorization)
    if awaits_stop(row):
        end_for_good(session, charger_id, row, request, received_at)
    elif _is_estimated(row):
        raise_doubt(session, Doubt.STOP_AFTER_DECISION, charger_id, row, request.raw)
    return Stopped(row.id, row.connector_id, authorization)


def awaits_stop(row: Transaction) -> bool:
    """Say whether a stop may still end a session: it runs, or its end was estimated and nobody has decided."""
    return _is_estimated(row) and row.review_state not in _DECIDED


def end_for_good(
    session: Session, charger_id: int, row: Transaction, request: StopRequest, received_at: datetime
) -> None:
    """End a session with its stop, which replaces an estimated end; hold it where it cannot be right."""
    settle(session, row, received_at, _ANSWERED_BY_STOP)
    end_session(row, request.stopped_at, received_at, request.meter_stop_wh, request.reason)
    row.charger_stopped_at = request.charger_stopped_at
    row.stop_id_tag = request.id_tag
    row.stop_estimated = False
    row.time_corrected = row.time_corrected or request.charger_stopped_at is not None or not request.has_stamp
    session.add(row)
    store_readings(session, [reading_row(row.connector_id, row.id, each, received_at) for each in request.measurements])
    undo_replay(session, row)
    doubt_month(session, row)
    if row.authorization_status != AuthorizationStatus.ACCEPTED and request.meter_stop_wh > row.meter_start_wh:
        raise_doubt(session, Doubt.REFUSED_CARD, charger_id, row, request.raw)
    doubt = doubt_about(row, session.get_one(Connector, row.connector_id))
    if doubt is not None:
        raise_doubt(session, doubt, charger_id, row, request.raw)


def _is_estimated(row: Transaction) -> bool:
    return row.state is TransactionState.OPEN or row.stop_estimated


def undo_replay(session: Session, row: Transaction) -> None:
    """Give a session replayed with a wrong clock its length back: the charger's clock was wrong, but it ran."""
    if row.charger_started_at is None or row.charger_stopped_at is None or row.stopped_at is None:
        return
    length = row.charger_stopped_at - row.charger_started_at
    if length > LONGEST_SESSION or length <= row.stopped_at - row.started_at + REPLAYED_FASTER_BY:
        return
    offset = row.stopped_at - row.charger_stopped_at
    row.started_at = row.charger_started_at + offset
    session.flush()
    query = select(MeterReading).where(
        MeterReading.transaction_id == row.id,
        col(MeterReading.charger_taken_at).between(row.charger_started_at, row.charger_stopped_at),
    )
    for reading in session.exec(query):
        if reading.charger_taken_at is not None:
            reading.taken_at = reading.charger_taken_at + offset
            session.add(reading)


def _session_of_stop(session: Session, charger_id: int, request: StopRequest) -> Transaction | None:
    """Find the session a stop ends: by its id, else the only open one of this charger that fits by time and register.

    Some chargers send -1, 0 or an id of their own (OCPP 1.6 errata 3.18; SteVe #156, #292). Sent again, such a stop
    belongs to the session it ended, not to another one that has begun meanwhile.
    """
    by_id = _by_id(session, charger_id, request.transaction_id)
    if by_id is not None:
        return by_id
    of_charger = (
        select(Transaction)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .where(Connector.charger_id == charger_id)
    )
    own_stamp, stamp = col(Transaction.charger_stopped_at), request.charger_stopped_at or request.stopped_at
    repeated = of_charger.where(
        Transaction.meter_stop_wh == request.meter_stop_wh,
        col(Transaction.stop_estimated).is_(False),
        (own_stamp == stamp) | ((col(Transaction.stopped_at) == stamp) & own_stamp.is_(None)),
    )
    ended = session.exec(repeated).first()
    if ended is not None:
        return ended
    fits = of_charger.where(
        Transaction.state == TransactionState.OPEN,
        Transaction.started_at <= request.stopped_at,
        Transaction.meter_start_wh <= request.meter_stop_wh,
    )
    fitting = session.exec(fits).all()
    return fitting[0] if len(fitting) == 1 else None


def _by_id(session: Session, charger_id: int, transaction_id: int) -> Transaction | None:
    if not 0 < transaction_id < 2**31:
        return None
    row = session.get(Transaction, transaction_id)
    if row is None or session.get_one(Connector, row.connector_id).charger_id != charger_id:
        return None
    return row
