"""What waits in the review inbox, what was decided, and the evidence of each item. Read only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from onetime.models import (
    Card,
    Charger,
    Connector,
    MeterReading,
    ReviewItem,
    ReviewState,
    Tenant,
    Transaction,
    TransactionCorrection,
    TransactionState,
)
from onetime.services.cards.handing_over import BILLED_TO
from onetime.services.reviews.making import MAKES_SESSIONS, Proposal, propose
from onetime.services.reviews.suggestions import Suggestion, suggest
from onetime.services.sessions.matching import awaits_stop
from onetime.services.sessions.quarantine import message_of, quarantined_stop
from onetime.services.sessions.stop_request import StopRequest
from onetime.store.unreadable import readable_page

READINGS_SHOWN = 1_500
CANDIDATES_SHOWN = 20
LONGEST_SESSION = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One item as it is listed. ``reason`` is a key of ``services.sessions.doubts.reasons.Doubt``; registers in Wh.

    The session's fields are None where the item is about a message that fits none. ``charger_…_at`` is the charger's
    own time where it was corrected. The last fields say how it was decided, once it is.
    """

    id: int
    reason: str
    created_at: datetime
    identity: str | None
    connector_number: int | None
    spot: str | None
    transaction_id: int | None
    id_tag: str | None
    tenant: str | None
    started_at: datetime | None
    stopped_at: datetime | None
    meter_start_wh: int | None
    meter_stop_wh: int | None
    stop_estimated: bool
    time_corrected: bool
    review_state: ReviewState | None
    charger_started_at: datetime | None = None
    charger_stopped_at: datetime | None = None
    is_running: bool = False
    resolved_at: datetime | None = None
    resolution: str | None = None
    resolved_by: str | None = None
    note: str | None = None
    can_be_undone: bool = False

    @property
    def can_make_session(self) -> bool:
        """Say whether a session can be made of it: it waits, and its own, if it has one, has ended."""
        return self.reason in MAKES_SESSIONS and self.resolved_at is None and not self.is_running


@dataclass(frozen=True, slots=True)
class EvidenceReading:
    """A reading to plot: register in Wh, power in W. ``charger_taken_at`` is set where its clock was wrong."""

    taken_at: datetime
    received_at: datetime
    charger_taken_at: datetime | None
    context: str
    register_wh: int | None
    power_w: int | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A session that a quarantined stop may belong to."""

    transaction_id: int
    spot: str | None
    connector_number: int
    id_tag: str
    started_at: datetime
    meter_start_wh: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against: the readings, the raw message, and earlier corrections of the session.

    ``message`` is the frame as it came, or JSON that says what was seen where no message is the reason. ``suggestion``
    is what the session most likely was, once it has ended, and ``proposal`` one that can be made. ``stop`` and
    ``candidates`` are those of a stop without one.
    """

    item: ReviewRow
    message: str
    readings: list[EvidenceReading]
    corrections: list[TransactionCorrection]
    suggestion: Suggestion | None = None
    stop: StopRequest | None = None
    candidates: Sequence[Candidate] = ()
    max_power_w: int = 0
    proposal: Proposal | None = None


def count_open(session: Session) -> int:
    """Return how many items wait."""
    return session.exec(select(func.count()).where(col(ReviewItem.resolved_at).is_(None))).one()


def open_rows(session: Session, limit: int, after_id: int = 0) -> list[ReviewRow]:
    """Return what waits, oldest first, those up to ``after_id`` left out."""
    return _rows(session, col(ReviewItem.resolved_at).is_(None) & (col(ReviewItem.id) > after_id), limit)


def decided_rows(session: Session, limit: int) -> list[ReviewRow]:
    """Return what people decided, newest first."""
    by_a_person = col(ReviewItem.resolved_by).is_not(None) & col(ReviewItem.undo).is_not(None)
    return _rows(session, by_a_person, limit, newest_first=True)


def evidence_of(session: Session, item_id: int, now: datetime) -> Evidence | None:
    """Return one item, open or decided, with all there is to judge it by; None when there is no such item."""
    item = session.get(ReviewItem, item_id)
    if item is None:
        return None
    [listed] = _rows(session, col(ReviewItem.id) == item_id, 1)
    message = message_of(item.evidence)
    row = session.get(Transaction, item.transaction_id) if item.transaction_id is not None else None
    if row is None:
        stop = quarantined_stop(item)
        found = _candidates(session, item, stop) if stop else []
        readings = _stop_readings(stop, item.created_at) if stop else []
        proposal = propose(session, item, now)
        return Evidence(listed, message, readings, [], stop=stop, candidates=found, proposal=proposal)
    corrections = session.exec(
        select(TransactionCorrection)
        .where(TransactionCorrection.transaction_id == row.id)
        .order_by(col(TransactionCorrection.id))
    )
    return Evidence(
        listed,
        message,
        _readings(session, row.id or 0),
        list(corrections),
        suggestion=suggest(session, row) if row.state is TransactionState.ENDED else None,
        max_power_w=session.get_one(Connector, row.connector_id).believable_power_w,
        proposal=propose(session, item, now),
    )


def _readings(session: Session, transaction_id: int) -> list[EvidenceReading]:
    query = select(MeterReading).where(MeterReading.transaction_id == transaction_id)
    readings = session.exec(query.order_by(col(MeterReading.taken_at))).all()
    step = -(-len(readings) // READINGS_SHOWN) or 1
    return [
        EvidenceReading(r.taken_at, r.received_at, r.charger_taken_at, r.context, r.register_wh, r.power_w)
        for r in readings[::step]
    ]


def _stop_readings(stop: StopRequest, received_at: datetime) -> list[EvidenceReading]:
    measured = sorted(stop.measurements, key=lambda each: each.taken_at)
    step = -(-len(measured) // READINGS_SHOWN) or 1
    return [
        EvidenceReading(each.taken_at, received_at, None, each.context, each.register_wh, each.power_w)
        for each in measured[::step]
    ]


def _candidates(session: Session, item: ReviewItem, stop: StopRequest) -> list[Candidate]:
    """Return the charger's sessions that a stop may end, the likeliest first: the last to begin before it."""
    query = (
        select(Transaction, Connector)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .where(
            Connector.charger_id == item.charger_id,
            (col(Transaction.state) == TransactionState.OPEN) | col(Transaction.stop_estimated),
            Transaction.started_at <= stop.stopped_at,
            Transaction.started_at >= stop.stopped_at - LONGEST_SESSION,
        )
        .order_by(col(Transaction.meter_start_wh) > (stop.meter_stop_wh or 0), col(Transaction.started_at).desc())
        .limit(CANDIDATES_SHOWN)
    )
    return [
        Candidate(row.id or 0, connector.spot, connector.number, row.id_tag, row.started_at, row.meter_start_wh)
        for row, connector in session.exec(query).all()
        if awaits_stop(row)
    ]


def _rows(
    session: Session, condition: ColumnElement[bool], limit: int, *, newest_first: bool = False
) -> list[ReviewRow]:
    order = (
        (col(ReviewItem.resolved_at).desc(), col(ReviewItem.id).desc()) if newest_first else (col(ReviewItem.id).asc(),)
    )
    query = (
        select(ReviewItem, Transaction, Connector, Charger.identity)
        .join(Transaction, col(Transaction.id) == col(ReviewItem.transaction_id), isouter=True)
        .join(
            Connector,
            col(Connector.id) == func.coalesce(col(Transaction.connector_id), col(ReviewItem.connector_id)),
            isouter=True,
        )
        .join(
            Charger,
            col(Charger.id) == func.coalesce(col(ReviewItem.charger_id), col(Connector.charger_id)),
            isouter=True,
        )
        .where(condition)
        .order_by(*order)
    )
    found = readable_page(session, query, col(ReviewItem.id), limit)
    tenants = _tenants(session, [row for _item, row, *_rest in found if row is not None])
    return [_row(item, row, connector, identity, tenants) for item, row, connector, identity in found]


def _tenants(session: Session, rows: Sequence[Transaction]) -> dict[int, str]:
    """Return who is billed for each session: whom a person named, else whose the card was."""
    query = (
        select(Transaction.id, Tenant.name)
        .join(Card, col(Card.id) == col(Transaction.card_id), isouter=True)
        .join(Tenant, col(Tenant.id) == BILLED_TO)
        .where(col(Transaction.id).in_({row.id for row in rows}))
    )
    return {session_id or 0: name for session_id, name in session.exec(query)}


def _row(
    item: ReviewItem,
    row: Transaction | None,
    connector: Connector | None,
    identity: str | None,
    tenants: dict[int, str],
) -> ReviewRow:
    return ReviewRow(
        id=item.id or 0,
        reason=item.reason,
        created_at=item.created_at,
        identity=identity,
        connector_number=connector.number if connector else None,
        spot=connector.spot if connector else None,
        transaction_id=item.transaction_id,
        id_tag=row.id_tag if row else None,
        tenant=tenants.get(item.transaction_id or 0),
        started_at=row.started_at if row else None,
        stopped_at=row.stopped_at if row else None,
        meter_start_wh=row.meter_start_wh if row else None,
        meter_stop_wh=row.meter_stop_wh if row else None,
        stop_estimated=bool(row and row.stop_estimated),
        time_corrected=bool(row and row.time_corrected),
        review_state=row.review_state if row else None,
        charger_started_at=row.charger_started_at if row else None,
        charger_stopped_at=row.charger_stopped_at if row else None,
        is_running=bool(row and row.state is TransactionState.OPEN),
        resolved_at=item.resolved_at,
        resolution=item.resolution,
        resolved_by=item.resolved_by,
        note=item.note,
        can_be_undone=item.undo is not None,
    )
