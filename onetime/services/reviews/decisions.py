"""What a decision about a doubtful session writes, inside one transaction of the database."""

from datetime import datetime

from sqlmodel import Session, select

from onetime.billing.registers.readings import review_reason
from onetime.models import Connector, ReviewItem, ReviewState, Tenant, Transaction, TransactionState
from onetime.services.people.audit import record
from onetime.services.reviews.ends import CorrectedEnds, check_ends
from onetime.services.reviews.undo import Footprint, ReviewError, correction_of
from onetime.services.sessions.doubts.overlaps import overlapping
from onetime.services.sessions.doubts.reasons import HOLDING, Doubt, open_items, raise_doubt
from onetime.services.sessions.matching import awaits_stop
from onetime.services.sessions.quarantine import quarantined_stop
from onetime.services.sessions.readings.metered import metered
from onetime.services.sessions.stops import end_for_good
from onetime.texts import _

# Their session is not in doubt, so discarding them discards only what was reported.
ABOUT_A_MESSAGE = frozenset(
    {
        Doubt.IMPLAUSIBLE_READING,
        Doubt.REGISTER_JUMPED,
        Doubt.STOP_AFTER_DECISION,
        Doubt.STOP_WITHOUT_START,
        Doubt.CHARGED_WITHOUT_SESSION,
    }
)


def accept_item(session: Session, item_id: int, actor: str, note: str, now: datetime) -> Transaction | None:
    """Take what was measured as it is. Raises ``ReviewError`` where that cannot be billed."""
    item = _open_item(session, item_id)
    row = _session_of(session, item)
    if row is None:
        msg = _("There is no session to accept.")
        raise ReviewError(msg)
    connector = session.get_one(Connector, row.connector_id)
    if (
        row.state is TransactionState.ENDED
        and review_reason(metered(session, row, connector.believable_power_w)) is not None
    ):
        msg = _("The two ends of this session contradict each other; correct or discard it.")
        raise ReviewError(msg)
    if item.reason in HOLDING and row.state is TransactionState.ENDED:
        _refuse_overlap(session, row)
    footprint = Footprint(session, row)
    _resolve(session, item, "accepted", actor, note, now)
    others = {each.reason for each in open_items(session, row.id or 0)}
    # An estimate that a person took is one no late stop replaces silently.
    is_taken = row.review_state is ReviewState.CLEAR and item.reason == Doubt.STOP_NEVER_CAME
    if is_taken or (row.review_state is ReviewState.HELD and not others & HOLDING):
        row.review_state = ReviewState.ACCEPTED
        session.add(row)
    footprint.keep(item)
    return row


def correct_item(
    session: Session, item_id: int, ends: CorrectedEnds, actor: str, note: str, now: datetime
) -> Transaction:
    """Set the ends of a session and keep what they were. Raises ``ReviewError``."""
    item = _open_item(session, item_id)
    row = _check_correction(session, _session_of(session, item), ends, note, now)
    footprint = Footprint(session, row)
    session.add(correction_of(row, actor, note, now))
    before = f"{row.meter_start_wh}…{row.meter_stop_wh} Wh"
    row.started_at, row.meter_start_wh = ends.started_at, ends.meter_start_wh
    row.stopped_at, row.meter_stop_wh = ends.stopped_at, ends.meter_stop_wh
    _refuse_overlap(session, row)
    row.review_state = ReviewState.CORRECTED
    session.add(row)
    detail = f"{before} → {ends.meter_start_wh}…{ends.meter_stop_wh} Wh: {note.strip()}"
    _resolve_all(session, item, row, "corrected", actor, note, now, detail)
    footprint.keep(item)
    return row


def assign_item(session: Session, item_id: int, tenant_name: str, actor: str, note: str, now: datetime) -> Transaction:
    """Bill a session to a tenant, whoever the card belongs to. Other doubts about it stay. Raises ``ReviewError``."""
    item = _open_item(session, item_id)
    row = _session_of(session, item)
    if row is None:
        msg = _("There is no session to assign.")
        raise ReviewError(msg)
    tenant = session.exec(select(Tenant).where(Tenant.name == tenant_name.strip())).first()
    if tenant is None:
        raise ReviewError(_("There is no tenant called {name}.", name=tenant_name.strip()))
    footprint = Footprint(session, row)
    row.tenant_id = tenant.id
    session.add(row)
    if item.reason == Doubt.REFUSED_CARD:
        _resolve(session, item, "assigned", actor, f"{tenant.name}. {note}".strip(), now)
        footprint.keep(item)
    else:
        record(session, actor, "review.assign", f"session {row.id}", f"{tenant.name}. {note}".strip())
    return row


def discard_item(session: Session, item_id: int, actor: str, note: str, now: datetime) -> Transaction | None:
    """Never bill the session, or pass over the message the item is about. Raises ``ReviewError``."""
    item = _open_item(session, item_id)
    row = _session_of(session, item)
    footprint = Footprint(session, row)
    if row is None or item.reason in ABOUT_A_MESSAGE:
        _resolve(session, item, "discarded", actor, note, now)
        footprint.keep(item)
        return row
    if row.state is TransactionState.OPEN:
        raise ReviewError(_still_open())
    row.review_state = ReviewState.DISCARDED
    session.add(row)
    _resolve_all(session, item, row, "discarded", actor, note, now)
    footprint.keep(item)
    return row


def match_item(
    session: Session, item_id: int, transaction_id: int, actor: str, note: str, now: datetime
) -> Transaction:
    """End a session with a stop that named none; what it brought along goes to it. Raises ``ReviewError``."""
    item = _open_item(session, item_id)
    row = session.get(Transaction, transaction_id)
    stop = quarantined_stop(item)
    if stop is None:
        msg = _("This stop cannot be read; correct the session by hand instead.")
        raise ReviewError(msg)
    if row is None or session.get_one(Connector, row.connector_id).charger_id != item.charger_id:
        msg = _("There is no such session of this charger.")
        raise ReviewError(msg)
    if not awaits_stop(row):
        msg = _("This session has its own end already.")
        raise ReviewError(msg)
    footprint = Footprint(session, row)
    end_for_good(session, item.charger_id or 0, row, stop, now)
    item.transaction_id = row.id
    _resolve(session, item, "matched", actor, note, now)
    footprint.keep(item)
    return row


def doubt_session(session: Session, transaction_id: int, actor: str) -> int:
    """Put a session into the inbox because somebody wants to look at it; return the item that waits about it.

    Raises ``ReviewError``.
    """
    row = session.get(Transaction, transaction_id)
    if row is None:
        msg = _("There is no such session.")
        raise ReviewError(msg)
    if not open_items(session, transaction_id):
        charger_id = session.get_one(Connector, row.connector_id).charger_id
        raise_doubt(session, Doubt.ASKED_FOR, charger_id, row, "{}")
        record(session, actor, "review.ask", f"session {row.id}")
        session.flush()
    return open_items(session, transaction_id)[0].id or 0


def _check_correction(
    session: Session, row: Transaction | None, ends: CorrectedEnds, note: str, now: datetime
) -> Transaction:
    if row is None:
        msg = _("There is no session to correct.")
        raise ReviewError(msg)
    if row.state is TransactionState.OPEN:
        raise ReviewError(_still_open())
    check_ends(ends, note, now, session.get_one(Connector, row.connector_id))
    return row


def _refuse_overlap(session: Session, row: Transaction) -> None:
    """Refuse to bill what another session of the connector bills already."""
    with session.no_autoflush:
        others = overlapping(session, row)
    if others:
        raise ReviewError(
            _(
                "Session {number} of this connector has the same energy; correct or discard one of them.",
                number=others[0].id or 0,
            )
        )


def _still_open() -> str:
    return _("The session still runs; decide when it has ended.")


def _open_item(session: Session, item_id: int) -> ReviewItem:
    item = session.get(ReviewItem, item_id)
    if item is None or item.resolved_at is not None:
        msg = _("Somebody has decided about this already.")
        raise ReviewError(msg)
    return item


def _session_of(session: Session, item: ReviewItem) -> Transaction | None:
    return session.get(Transaction, item.transaction_id) if item.transaction_id is not None else None


def _resolve_all(
    session: Session,
    item: ReviewItem,
    row: Transaction,
    how: str,
    actor: str,
    note: str,
    now: datetime,
    detail: str | None = None,
) -> None:
    """Close every open item of a session: one decision answers them all."""
    _resolve(session, item, how, actor, note, now, detail)
    for each in open_items(session, row.id or 0):
        _close(session, each, how, actor, note, now)


def _resolve(
    session: Session, item: ReviewItem, how: str, actor: str, note: str, now: datetime, detail: str | None = None
) -> None:
    _close(session, item, how, actor, note, now)
    session.flush()
    subject = f"session {item.transaction_id}" if item.transaction_id else f"review item {item.id}"
    said = detail or note.strip()
    record(session, actor, f"review.{how}", subject, f"{item.reason}: {said}" if said else item.reason)


def _close(session: Session, item: ReviewItem, how: str, actor: str, note: str, now: datetime) -> None:
    item.resolved_at, item.resolution, item.resolved_by = now, how, actor
    item.note = note.strip() or None
    session.add(item)
