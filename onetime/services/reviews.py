"""The review inbox: what is doubtful, why, what speaks for it, and what a person decides."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from onetime.clock import utc_now
from onetime.database import Database
from onetime.events import EventBus, TransactionChanged
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
)
from onetime.services.review_store import CorrectedEnds, accept_item, assign_item, correct_item, discard_item

READINGS_SHOWN = 1_500


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One open item as it is listed. ``reason`` is a key of ``onetime.services.doubts.Doubt``; registers in Wh.

    The session's fields are None where the item is about a message that fits none.
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
class Evidence:
    """What speaks for and against: the readings, the raw message, and earlier corrections of the session.

    ``message`` is the frame as it came, or JSON that says what was seen where no message is the reason.
    """

    item: ReviewRow
    message: str
    readings: list[EvidenceReading]
    corrections: list[TransactionCorrection]


class ReviewService:
    """Lists what waits for a decision and carries decisions out. Each leaves an audit row."""

    def __init__(self, database: Database, bus: EventBus) -> None:
        self._database = database
        self._bus = bus

    async def count_open(self) -> int:
        """Return how many items wait."""
        return await self._database.read(_count_open)

    async def open_items(self, limit: int = 200) -> list[ReviewRow]:
        """Return what waits, oldest first."""
        return await self._database.read(lambda s: _list_items(s, col(ReviewItem.resolved_at).is_(None), limit))

    async def evidence(self, item_id: int) -> Evidence | None:
        """Return one item, open or decided, with all there is to judge it by; None when there is no such item."""
        return await self._database.read(lambda s: _evidence(s, item_id))

    async def accept(self, item_id: int, actor: str, note: str = "") -> None:
        """Bill what was measured as it is. Raises ``ReviewError`` where its ends contradict each other."""
        now = utc_now()
        await self._decide(lambda s: accept_item(s, item_id, actor, note, now))

    async def correct(self, item_id: int, ends: CorrectedEnds, note: str, actor: str) -> None:
        """Set the session's ends; its intervals count as corrected and the measured ends are kept.

        Raises ``ReviewError``.
        """
        now = utc_now()
        await self._decide(lambda s: correct_item(s, item_id, ends, actor, note, now))

    async def assign(self, item_id: int, tenant: str, actor: str, note: str = "") -> None:
        """Bill the session to the tenant of this name. Raises ``ReviewError``."""
        now = utc_now()
        await self._decide(lambda s: assign_item(s, item_id, tenant, actor, note, now))

    async def discard(self, item_id: int, actor: str, note: str = "") -> None:
        """Never bill it. Raises ``ReviewError``."""
        now = utc_now()
        await self._decide(lambda s: discard_item(s, item_id, actor, note, now))

    async def _decide(self, decision: Callable[[Session], Transaction | None]) -> None:
        row = await self._database.write(decision)
        if row is not None:
            self._bus.publish(TransactionChanged(row.id or 0, row.connector_id))


def _count_open(session: Session) -> int:
    return session.exec(select(func.count()).where(col(ReviewItem.resolved_at).is_(None))).one()


def _list_items(session: Session, condition: ColumnElement[bool], limit: int) -> list[ReviewRow]:
    query = (
        select(ReviewItem, Transaction, Connector, Charger.identity)
        .join(Transaction, col(Transaction.id) == col(ReviewItem.transaction_id), isouter=True)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id), isouter=True)
        .join(
            Charger,
            col(Charger.id) == func.coalesce(col(ReviewItem.charger_id), col(Connector.charger_id)),
            isouter=True,
        )
        .where(condition)
        .order_by(col(ReviewItem.id))
        .limit(limit)
    )
    found = session.exec(query).all()
    tenants = _tenants(session, [row for _item, row, *_rest in found if row is not None])
    return [_row(*each, tenants) for each in found]


def _tenants(session: Session, rows: Sequence[Transaction]) -> dict[int, str]:
    """Return who is billed for each session: whom a person named, else whose card it was."""
    cards = {row.card_id for row in rows}
    owners = dict(session.exec(select(Card.id, Card.tenant_id).where(col(Card.id).in_(cards))).all())
    names = dict(session.exec(select(Tenant.id, Tenant.name)).all())
    billed_to = {row.id or 0: row.tenant_id or owners.get(row.card_id) for row in rows}
    return {session_id: names[tenant_id] for session_id, tenant_id in billed_to.items() if tenant_id in names}


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
    )


def _evidence(session: Session, item_id: int) -> Evidence | None:
    item = session.get(ReviewItem, item_id)
    if item is None:
        return None
    [listed] = _list_items(session, col(ReviewItem.id) == item_id, 1)
    if item.transaction_id is None:
        return Evidence(listed, _message(item.evidence), [], [])
    readings = session.exec(
        select(MeterReading)
        .where(MeterReading.transaction_id == item.transaction_id)
        .order_by(col(MeterReading.taken_at))
    ).all()
    step = -(-len(readings) // READINGS_SHOWN) or 1
    corrections = session.exec(
        select(TransactionCorrection)
        .where(TransactionCorrection.transaction_id == item.transaction_id)
        .order_by(col(TransactionCorrection.id))
    )
    shown = [
        EvidenceReading(r.taken_at, r.received_at, r.charger_taken_at, r.context, r.register_wh, r.power_w)
        for r in readings[::step]
    ]
    return Evidence(listed, _message(item.evidence), shown, list(corrections))


def _message(evidence: str) -> str:
    """Return the raw message out of evidence that holds more than it."""
    try:
        content = json.loads(evidence)
    except (ValueError, RecursionError):
        return evidence
    return content["message"] if isinstance(content, dict) and isinstance(content.get("message"), str) else evidence
