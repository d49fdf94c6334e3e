"""What the database keeps of operations: the newest of each charger, every one that runs among them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, delete, select

from onetime.models import OperationRecord, OperationState
from onetime.services.operations.words import pack
from onetime.services.people.audit import record
from onetime.store.unreadable import readable_page
from onetime.texts import _

KEPT_PER_CHARGER = 100  # a page shows twenty; what somebody asked for longer ago is in the audit


def store_new(session: Session, values: dict[str, Any], identity: str) -> OperationRecord:
    """Store an operation that begins, write down who asked for it, drop the oldest, and return its row."""
    row = OperationRecord(**values)
    session.add(row)
    session.flush()
    given = ", ".join(f"{name}={value}" for name, value in row.parameters.items())
    record(session, row.actor, f"operation.{row.name}", identity, given or None)
    _drop_oldest(session, row.charger_id)
    return row


def store_changes(session: Session, operation_id: int, values: dict[str, Any]) -> None:
    """Store how far an operation has come, or how it ended."""
    session.execute(sa.update(OperationRecord).where(col(OperationRecord.id) == operation_id).values(values))


def end_interrupted(session: Session, now: datetime) -> None:
    """End what ran when the house stopped: nobody follows it any more."""
    values = {
        "state": OperationState.FAILED,
        "ended_at": now,
        "code": "restarted",
        "problem": pack(_("Onetime was restarted before this ended.")),
    }
    running = col(OperationRecord.state) == OperationState.RUNNING
    session.execute(sa.update(OperationRecord).where(running).values(values))


def read_newest(session: Session, charger_id: int, limit: int, before: int | None) -> list[OperationRecord]:
    """Return a charger's operations, newest first, from the one before ``before`` on."""
    query = select(OperationRecord).where(OperationRecord.charger_id == charger_id)
    if before is not None:
        query = query.where(col(OperationRecord.id) < before)
    return readable_page(session, query.order_by(col(OperationRecord.id).desc()), col(OperationRecord.id), limit)


def _drop_oldest(session: Session, charger_id: int) -> None:
    ended = (col(OperationRecord.charger_id) == charger_id, col(OperationRecord.state) != OperationState.RUNNING)
    query = select(OperationRecord.id).where(*ended).order_by(col(OperationRecord.id).desc())
    last = session.exec(query.offset(KEPT_PER_CHARGER - 1).limit(1)).first()
    if last is not None:
        session.execute(delete(OperationRecord).where(*ended, col(OperationRecord.id) < last))
