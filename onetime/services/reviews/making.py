"""A session made by a person: from a stop whose start was lost, or for a connector that charged without one."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from onetime.models import (
    OUTSIDE_SESSIONS,
    Card,
    Charger,
    Connector,
    MeterReading,
    ReviewItem,
    ReviewState,
    Transaction,
    TransactionState,
)
from onetime.services.cards.authorization import id_tag_key
from onetime.services.chargers.measurements import reading_row, store_readings
from onetime.services.people.audit import record
from onetime.services.reviews.ends import CorrectedEnds, check_ends
from onetime.services.reviews.suggestions import Suggestion
from onetime.services.reviews.undo import Footprint, ReviewError
from onetime.services.sessions.doubts.overlaps import overlapping
from onetime.services.sessions.doubts.reasons import Doubt
from onetime.services.sessions.quarantine import quarantined_stop
from onetime.services.sessions.stop_request import StopRequest
from onetime.texts import _

MAKES_SESSIONS = frozenset({Doubt.STOP_WITHOUT_START, Doubt.CHARGED_WITHOUT_SESSION, Doubt.CONNECTOR_UNKNOWN})
LONGEST_GUESS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a made session may be: the connectors it can be of, the likeliest one, its card and ends."""

    places: list[tuple[int, str]]
    connector_id: int
    id_tag: str
    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class NewSession:
    """What a person says that a session was."""

    connector_id: int
    id_tag: str
    ends: CorrectedEnds


def propose(session: Session, item: ReviewItem, now: datetime) -> Proposal | None:
    """Return what a session made of an item may be, or None where none can be made."""
    plugs = _plugs(session, item)
    if item.reason not in MAKES_SESSIONS or item.resolved_at is not None or not plugs:
        return None
    stop, row = quarantined_stop(item), _session_of(session, item)
    if row is not None and row.state is TransactionState.OPEN:
        return None
    register_wh = stop.meter_stop_wh if stop else row.meter_stop_wh if row else None
    said = stop.connector_number if stop else None
    plug = next((each for each in plugs if item.connector_id == each.id or said == each.number), None) or _likeliest(
        session, plugs, register_wh
    )
    identity = session.get_one(Charger, item.charger_id).identity
    places = [(each.id or 0, each.spot or f"{identity} · {each.number}") for each in plugs]
    card = (stop.id_tag or "") if stop else row.id_tag if row else ""
    if (measured := _measured_ends(stop)) is not None:
        return Proposal(places, plug.id or 0, card, Suggestion(measured, _("What the charger measured until the end.")))
    ends = _ends_of(row) or _guessed_ends(session, item, plug, stop, now)
    because = _("Where the session before it ended, and what the charger said.")
    return Proposal(places, plug.id or 0, card, Suggestion(ends, because))


def make_session(
    session: Session, item_id: int, wanted: NewSession, actor: str, note: str, now: datetime
) -> Transaction:
    """Add a session that its charger has not reported, or not where it was. Raises ``ReviewError``."""
    item = session.get(ReviewItem, item_id)
    if item is None or item.resolved_at is not None or item.reason not in MAKES_SESSIONS:
        msg = _("Somebody has decided about this already.")
        raise ReviewError(msg)
    plug = next((each for each in _plugs(session, item) if each.id == wanted.connector_id), None)
    if plug is None:
        msg = _("There is no such connector of this charger.")
        raise ReviewError(msg)
    check_ends(wanted.ends, note, now, plug)
    source, stop = _session_of(session, item), quarantined_stop(item)
    footprint = Footprint(session, source)
    if source is not None:
        source.review_state = ReviewState.DISCARDED
        session.add(source)
    row = _added(session, wanted, stop, now)
    if overlapping(session, row):
        msg = _("Another session of this connector has this energy already.")
        raise ReviewError(msg)
    _take_readings(session, row, stop, now)
    item.resolved_at, item.resolution, item.resolved_by, item.note = now, "made", actor, note.strip() or None
    session.add(item)
    said = f"{item.reason}: {wanted.ends.meter_start_wh}…{wanted.ends.meter_stop_wh} Wh: {note.strip()}"
    record(session, actor, "review.made", f"session {row.id}", said)
    footprint.keep(item, made=row.id)
    return row


def _plugs(session: Session, item: ReviewItem) -> list[Connector]:
    query = select(Connector).where(Connector.charger_id == item.charger_id, Connector.number > 0)
    return list(session.exec(query.order_by(col(Connector.number))).all())


def _session_of(session: Session, item: ReviewItem) -> Transaction | None:
    return session.get(Transaction, item.transaction_id) if item.transaction_id is not None else None


def _ends_of(row: Transaction | None) -> CorrectedEnds | None:
    if row is None or row.stopped_at is None or row.meter_stop_wh is None:
        return None
    return CorrectedEnds(row.started_at, row.meter_start_wh, row.stopped_at, max(row.meter_start_wh, row.meter_stop_wh))


def _likeliest(session: Session, plugs: list[Connector], register_wh: int | None) -> Connector:
    """Return the connector whose last session ended closest below a register."""

    def distance(plug: Connector) -> tuple[bool, int]:
        before = _last_end(session, plug, None)
        if before is None or register_wh is None or before.meter_stop_wh is None:
            return True, 0
        gained = register_wh - before.meter_stop_wh
        return gained < 0, abs(gained)

    return min(plugs, key=distance)


def _measured_ends(stop: StopRequest | None) -> CorrectedEnds | None:
    """Return the ends that a stop's own readings (``transactionData``) tell, or None where they tell no start."""
    if stop is None or stop.meter_stop_wh is None:
        return None
    earlier = [
        (each.taken_at, each.register_wh)
        for each in stop.measurements
        if each.register_wh is not None and each.taken_at < stop.stopped_at
    ]
    started_at, meter_start_wh = min(earlier, default=(stop.stopped_at, stop.meter_stop_wh))
    if started_at == stop.stopped_at or meter_start_wh > stop.meter_stop_wh:
        return None
    return CorrectedEnds(started_at, meter_start_wh, stop.stopped_at, stop.meter_stop_wh)


def _guessed_ends(
    session: Session, item: ReviewItem, plug: Connector, stop: StopRequest | None, now: datetime
) -> CorrectedEnds:
    seen = _seen(item)
    stopped_at = stop.stopped_at if stop else seen.get("until")
    since = seen.get("since")
    before = _last_end(session, plug, stopped_at if isinstance(stopped_at, datetime) else now)
    last = _last_reading(session, plug)
    if not isinstance(stopped_at, datetime):
        stopped_at = last.taken_at if last else now
    end_wh = stop.meter_stop_wh if stop else seen.get("register_wh_after")
    begin_wh = seen.get("register_wh_before", before.meter_stop_wh if before else None)
    register_wh = end_wh if isinstance(end_wh, int) else (last.register_wh if last else None) or 0
    meter_start_wh = min(begin_wh, register_wh) if isinstance(begin_wh, int) else register_wh
    started_at = since if isinstance(since, datetime) else before.stopped_at if before else None
    if started_at is None or not stopped_at - LONGEST_GUESS <= started_at <= stopped_at:
        started_at = stopped_at - timedelta(hours=1)
    return CorrectedEnds(started_at, meter_start_wh, stopped_at, register_wh)


def _seen(item: ReviewItem) -> dict[str, object]:
    if item.reason != Doubt.CHARGED_WITHOUT_SESSION:
        return {}
    content = json.loads(item.evidence)
    times = {name: datetime.fromisoformat(content[name]) for name in ("since", "until") if content.get(name)}
    return {**content, "until": None, **times}


def _last_end(session: Session, plug: Connector, before: datetime | None) -> Transaction | None:
    query = select(Transaction).where(
        Transaction.connector_id == plug.id,
        col(Transaction.stopped_at).is_not(None),
        col(Transaction.review_state) != ReviewState.DISCARDED,
    )
    if before is not None:
        query = query.where(col(Transaction.stopped_at) <= before)
    return session.exec(query.order_by(col(Transaction.stopped_at).desc()).limit(1)).first()


def _last_reading(session: Session, plug: Connector) -> MeterReading | None:
    query = select(MeterReading).where(
        MeterReading.transaction_id == OUTSIDE_SESSIONS,
        MeterReading.connector_id == plug.id,
        col(MeterReading.register_wh).is_not(None),
    )
    return session.exec(query.order_by(col(MeterReading.taken_at).desc()).limit(1)).first()


def _added(session: Session, wanted: NewSession, stop: StopRequest | None, now: datetime) -> Transaction:
    ends, tag = wanted.ends, wanted.id_tag.strip()
    row = Transaction(
        connector_id=wanted.connector_id,
        id_tag=tag,
        id_tag_key=id_tag_key(tag),
        card_id=session.exec(select(Card.id).where(Card.id_tag_key == id_tag_key(tag))).first(),
        started_at=ends.started_at,
        start_received_at=now,
        meter_start_wh=ends.meter_start_wh,
        state=TransactionState.ENDED,
        stopped_at=ends.stopped_at,
        stop_received_at=now,
        meter_stop_wh=ends.meter_stop_wh,
        stop_reason=stop.reason if stop else "Other",
        stop_id_tag=stop.id_tag if stop else None,
        review_state=ReviewState.CORRECTED,
    )
    session.add(row)
    session.flush()
    return row


def _take_readings(session: Session, row: Transaction, stop: StopRequest | None, now: datetime) -> None:
    """Give a session what its stop brought along, and what its connector measured for the house meanwhile."""
    if stop is not None:
        store_readings(session, [reading_row(row.connector_id, row.id, each, now) for each in stop.measurements])
    session.exec(
        update(MeterReading)
        .where(
            col(MeterReading.transaction_id) == OUTSIDE_SESSIONS,
            col(MeterReading.connector_id) == row.connector_id,
            col(MeterReading.taken_at).between(row.started_at, row.stopped_at),
        )
        .values(transaction_id=row.id)
    )
