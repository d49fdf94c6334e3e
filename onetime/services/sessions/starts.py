"""What a start writes, inside one transaction of the database."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from onetime.billing.registers.readings import JITTER_WH
from onetime.models import Connector, ReviewState, Transaction, TransactionState
from onetime.services.cards.authorization import Authorization, AuthorizationStatus, authorize, id_tag_key
from onetime.services.chargers.running import LiveSession
from onetime.services.sessions.doubts.overlaps import is_covered
from onetime.services.sessions.doubts.reasons import Doubt, raise_doubt, release, settle
from onetime.services.sessions.judging.ends import judge, session_before
from onetime.services.sessions.judging.lost import look_for_lost_energy, nothing_flowed, settle_listed
from onetime.services.sessions.readings.estimates import last_believable
from onetime.services.sessions.readings.shown import Shown, shown_register
from onetime.services.sessions.reservations import reservation_named, use_reservation
from onetime.store.unreadable import readable_rows, teller, undone, what_is_readable

# A start is repeated until it is confirmed, and its stop waits for that: minutes after the stop nothing repeats it.
REPEATED_WITHIN = timedelta(minutes=10)
LONG_AGO = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StartRequest:
    """What a StartTransaction says. ``meter_start_wh`` is the connector's register in Wh, None where it says none.

    ``charger_started_at`` is the charger's own time stamp where it was wrong; ``has_stamp`` says that it sent one.
    """

    connector_number: int
    id_tag: str
    started_at: datetime
    meter_start_wh: int | None
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
    """Store a start, or find the one it repeats. What of the house's rows cannot be read does not keep it out."""
    same = _same_start(session, connector_id, request)
    if same is not None and not _is_another(same, received_at):
        return _repeated_start(session, same, received_at, accept_unknown=accept_unknown)
    connector = what_is_readable(session, Connector, connector_id)
    ended = _end_open_sessions(session, connector, request, received_at)
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
        meter_start_wh=request.meter_start_wh or 0,
        reservation_id=reservation_named(request.reservation_id),
        time_corrected=request.charger_started_at is not None or not request.has_stamp,
    )
    session.add(row)
    session.flush()
    with undone(session, teller(session), "transaction", row.id or 0):
        use_reservation(session, connector.charger_id, row)
    if same is not None and not same.time_corrected:
        evidence = json.dumps({"same_start_as": same.id, "started_at": request.started_at.isoformat()})
        raise_doubt(session, Doubt.START_REPEATED, connector.charger_id, row, evidence)
    with undone(session, teller(session), "transaction", row.id or 0):
        settle_listed(session, row, received_at)
        _doubt_start(session, row, connector, request)
    return Started(live_session(row), authorization, is_open=True, ended_instead=ended)


def end_estimated(
    session: Session,
    row: Transaction,
    connector: Connector,
    until: datetime | None,
    now: datetime,
    evidence: str,
    next_register_wh: int | None = None,
) -> None:
    """End a session whose stop never came at its last believable reading, and list it for review.

    ``next_register_wh`` is what the next session begins with. One that has certainly charged nothing is not listed,
    and of one that is held already that says enough.
    """
    last = last_believable(session, row, connector, until)
    end_session(row, last.at, now, last.register_wh, "Other")
    row.stop_estimated = True
    session.add(row)
    if nothing_flowed(row, connector, next_register_wh) or is_covered(session, row):
        settle(session, row, now, frozenset({Doubt.OVERLAPPING}))
        release(session, row)
        return
    if row.review_state is not ReviewState.HELD:
        judge(session, row, connector, evidence)
    if row.review_state is not ReviewState.HELD:
        raise_doubt(session, Doubt.STOP_NEVER_CAME, connector.charger_id, row, evidence)


def end_session(row: Transaction, stopped_at: datetime, received_at: datetime, meter_stop_wh: int, reason: str) -> None:
    """Close a session's row at an instant and a register in Wh."""
    row.state = TransactionState.ENDED
    row.stopped_at = stopped_at
    row.stop_received_at = received_at
    row.meter_stop_wh = meter_stop_wh
    row.stop_reason = reason


def live_session(row: Transaction, shown: Shown | None = None) -> LiveSession:
    """Return what the live board keeps of a session."""
    return LiveSession(
        transaction_id=row.id or 0,
        id_tag=row.id_tag,
        started_at=row.started_at,
        meter_start_wh=row.meter_start_wh,
        card_id=row.card_id,
        register_wh=shown.register_wh if shown else None,
        register_at=shown.at if shown else None,
        offset_wh=shown.offset_wh if shown else 0,
    )


def _doubt_start(session: Session, row: Transaction, connector: Connector, request: StartRequest) -> None:
    """Hold a session that begins without a register or a plug, and look what was lost before it."""
    said = json.dumps({"start": request.started_at.isoformat(), "connector": request.connector_number})
    if request.meter_start_wh is None:
        before = session_before(session, row)
        if before is not None and before.meter_start_wh > JITTER_WH:
            row.meter_start_wh = before.meter_stop_wh or 0
        raise_doubt(session, Doubt.REGISTER_MISSING, connector.charger_id, row, said)
    if connector.number == 0:
        raise_doubt(session, Doubt.CONNECTOR_UNKNOWN, connector.charger_id, row, said)
    elif request.meter_start_wh is not None:
        look_for_lost_energy(session, row, connector)


def _same_start(session: Session, connector_id: int, request: StartRequest) -> Transaction | None:
    """Find the start this one repeats: same connector, card, time and register (SteVe, insertIgnoreTransaction).

    Times are compared as the charger wrote them. A start without one repeats the open one that had none either.
    """
    query = select(Transaction).where(Transaction.connector_id == connector_id)
    return next(iter(readable_rows(session, _repeated_by(query, request), col(Transaction.id))), None)


def connector_of_start(session: Session, charger_id: int, request: StartRequest) -> int | None:
    """Return the connector of the session that a start repeats which says none, or None."""
    query = (
        select(Transaction)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .where(Connector.charger_id == charger_id)
    )
    same = next(iter(readable_rows(session, _repeated_by(query, request), col(Transaction.id))), None)
    return same.connector_id if same is not None else None


def _repeated_by(query: SelectOfScalar[Transaction], request: StartRequest) -> SelectOfScalar[Transaction]:
    query = query.where(Transaction.id_tag_key == id_tag_key(request.id_tag)).order_by(col(Transaction.id).desc())
    if request.meter_start_wh is not None:
        query = query.where(Transaction.meter_start_wh == request.meter_start_wh)
    own_stamp = col(Transaction.charger_started_at)
    if not request.has_stamp:
        return query.where(
            Transaction.state == TransactionState.OPEN, col(Transaction.time_corrected), own_stamp.is_(None)
        )
    stamp = request.charger_started_at or request.started_at
    was_right = (col(Transaction.started_at) == stamp) & own_stamp.is_(None)
    return query.where(was_right | (own_stamp == stamp))


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
    return Started(live_session(row, shown_register(session, row)), answer, is_open=row.state is TransactionState.OPEN)


def _end_open_sessions(
    session: Session, connector: Connector, request: StartRequest, received_at: datetime
) -> tuple[int, ...]:
    """End sessions whose stop never came; a connector carries one session at a time.

    One that began later stays open: then this start is an older one that comes late. So does one whose end cannot be
    told because something of it cannot be read.
    """
    query = select(Transaction).where(
        Transaction.connector_id == connector.id,
        Transaction.state == TransactionState.OPEN,
        Transaction.started_at <= request.started_at,
    )
    ended = []
    if connector.number == 0:
        return ()  # of several plugs, each may carry one
    for row in readable_rows(session, query, col(Transaction.id)):
        evidence = json.dumps({"ended_by_start_at": request.started_at.isoformat()})
        with undone(session, teller(session), "transaction", row.id or 0):
            end_estimated(session, row, connector, request.started_at, received_at, evidence, request.meter_start_wh)
            ended.append(row.id or 0)
    return tuple(ended)
