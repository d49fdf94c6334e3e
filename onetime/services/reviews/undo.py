"""What a decision changed, kept beside it, so that it can be taken back."""

import json
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, update

from onetime.models import (
    OUTSIDE_SESSIONS,
    MeterReading,
    ReviewItem,
    ReviewState,
    Transaction,
    TransactionCorrection,
    TransactionState,
)
from onetime.services.people.audit import record
from onetime.services.sessions.doubts.reasons import open_items
from onetime.texts import _

_TIMES = ("started_at", "charger_started_at", "stopped_at", "charger_stopped_at", "stop_received_at")
_FIELDS = (
    *_TIMES,
    "meter_start_wh",
    "meter_stop_wh",
    "state",
    "review_state",
    "tenant_id",
    "stop_reason",
    "stop_id_tag",
    "stop_estimated",
    "time_corrected",
)
_KINDS = {"state": TransactionState, "review_state": ReviewState}


class ReviewError(Exception):
    """A decision cannot be carried out; the text says why."""


class Footprint:
    """Compares a session and its open items before and after a decision."""

    def __init__(self, session: Session, row: Transaction | None) -> None:
        self._session = session
        self._row = row
        self._before = _values(row)
        self._open_before = _open_ids(session, row)

    def keep(self, item: ReviewItem, made: int | None = None) -> None:
        """Write what has changed since into the decided item; ``made`` is a session that was added."""
        self._session.flush()
        after, open_after = _values(self._row), _open_ids(self._session, self._row)
        changed = {name: [value, after[name]] for name, value in self._before.items() if value != after[name]}
        item.undo = json.dumps(
            {
                "session": self._row.id if self._row else None,
                "changed": changed,
                "closed": sorted((self._open_before - open_after) | {item.id}),
                "raised": sorted(open_after - self._open_before),
                "made": made,
            }
        )
        self._session.add(item)


def undo_decision(session: Session, item_id: int, actor: str, now: datetime) -> Transaction | None:
    """Take a person's decision back; what it was about waits again. Raises ``ReviewError``."""
    item = session.get(ReviewItem, item_id)
    if item is None or item.resolved_at is None or item.undo is None:
        msg = _("There is no decision to take back.")
        raise ReviewError(msg)
    kept = json.loads(item.undo)
    row = session.get(Transaction, kept["session"]) if kept["session"] else None
    if row is not None:
        _restore(session, row, item, kept["changed"], actor, now)
    how = item.resolution
    made = session.get(Transaction, kept["made"]) if kept.get("made") else None
    if made is not None:
        _unmake(session, made, item)
    for each in kept["raised"]:
        _settle(session, each, now)
    if how == "matched":
        item.transaction_id = None
    for each in kept["closed"]:
        _reopen(session, each)
    record(session, actor, "review.undone", f"session {row.id}" if row else f"review item {item.id}", how)
    return row or made


def _unmake(session: Session, made: Transaction, item: ReviewItem) -> None:
    """Bill a session that a person made no more, and give its readings back to the house."""
    if made.review_state is not ReviewState.CORRECTED:
        msg = _("The session has changed since; decide anew instead.")
        raise ReviewError(msg)
    made.review_state = ReviewState.DISCARDED
    session.add(made)
    of_it = col(MeterReading.transaction_id) == made.id
    session.exec(delete(MeterReading).where(of_it, col(MeterReading.received_at) == item.resolved_at))
    session.exec(update(MeterReading).where(of_it).values(transaction_id=OUTSIDE_SESSIONS))


def _restore(
    session: Session, row: Transaction, item: ReviewItem, changed: dict[str, Any], actor: str, now: datetime
) -> None:
    current = _values(row)
    if any(current[name] != after for name, (_before, after) in changed.items()):
        msg = _("The session has changed since; decide anew instead.")
        raise ReviewError(msg)
    if any(name in changed for name in ("started_at", "meter_start_wh", "stopped_at", "meter_stop_wh")):
        session.add(correction_of(row, actor, _("Taken back: {decision}", decision=item.resolution or ""), now))
    if item.resolution == "matched":
        # What the stop brought along goes with it.
        arrived = MeterReading.received_at == item.resolved_at
        session.exec(delete(MeterReading).where(col(MeterReading.transaction_id) == row.id, arrived))  # type: ignore[arg-type]  # a SQL condition
    for name, (before, _after) in changed.items():
        setattr(row, name, _value(name, before))
    session.add(row)


def correction_of(row: Transaction, actor: str, note: str, now: datetime) -> TransactionCorrection:
    """Return the record of a session's ends as they are before somebody changes them."""
    return TransactionCorrection(
        transaction_id=row.id or 0,
        at=now,
        actor=actor,
        note=note.strip(),
        started_at=row.started_at,
        meter_start_wh=row.meter_start_wh,
        stopped_at=row.stopped_at,
        meter_stop_wh=row.meter_stop_wh,
    )


def _reopen(session: Session, item_id: int) -> None:
    item = session.get_one(ReviewItem, item_id)
    item.resolved_at = item.resolution = item.resolved_by = item.note = item.undo = None
    session.add(item)


def _settle(session: Session, item_id: int, now: datetime) -> None:
    item = session.get_one(ReviewItem, item_id)
    if item.resolved_at is None:
        item.resolved_at, item.resolution = now, "settled"
        session.add(item)


def _values(row: Transaction | None) -> dict[str, Any]:
    """Return a session's fields as JSON has them."""
    if row is None:
        return {}
    return {name: _plain(getattr(row, name)) for name in _FIELDS}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _value(name: str, plain: Any) -> Any:
    if plain is None:
        return None
    if name in _TIMES:
        return datetime.fromisoformat(plain)
    return _KINDS[name](plain) if name in _KINDS else plain


def _open_ids(session: Session, row: Transaction | None) -> set[int]:
    return {each.id or 0 for each in open_items(session, row.id or 0)} if row is not None else set()
