"""A charger's messages as they are read: newest first, searched, one by one. What is not stored yet is not seen.

``MessageLog.flush`` stores a charger's last ones first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from onetime.models import LoggedMessage, MessageBlock

BLOCKS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One frame as it came or went."""

    id: int
    at: datetime
    direction: str
    action: str | None
    frame: str
    problem: str | None


def list_messages(
    session: Session,
    charger_id: int,
    limit: int,
    *,
    before_id: int | None = None,
    before: datetime | None = None,
    problems_only: bool = False,
    search: str = "",
) -> list[MessageRow]:
    """Return a charger's last messages, newest first; ``search`` looks at their names and at what they say."""
    wanted = search.strip().casefold()
    found: list[MessageRow] = []
    for block in _newest_first(session, charger_id, before_id, problems_only=problems_only):
        for message in reversed(block):
            if before_id is not None and message.id >= before_id:
                continue
            if (problems_only and message.problem is None) or (before is not None and message.at >= before):
                continue
            if wanted and wanted not in message.frame.casefold():
                continue
            found.append(_row(message))
            if len(found) == limit:
                return found
    return found


def message_frame(session: Session, charger_id: int, message_id: int) -> str | None:
    """Return one of a charger's messages as it came over the wire, or None when it is no longer kept."""
    block = next(_newest_first(session, charger_id, message_id + 1, problems_only=False), [])
    return next((message.frame for message in block if message.id == message_id), None)


def _newest_first(
    session: Session, charger_id: int, before_id: int | None, *, problems_only: bool
) -> Iterator[Sequence[LoggedMessage]]:
    """Yield a charger's blocks that begin before a message; those without problems are passed over where told."""
    query = select(MessageBlock.id, MessageBlock.messages).where(MessageBlock.charger_id == charger_id)
    if problems_only:
        query = query.where(MessageBlock.problems > 0)
    query = query.order_by(col(MessageBlock.id).desc()).limit(BLOCKS_AT_ONCE)
    while True:
        rows = session.exec(query if before_id is None else query.where(col(MessageBlock.id) < before_id)).all()
        for _id, messages in rows:
            yield messages
        if len(rows) < BLOCKS_AT_ONCE:
            return
        before_id = rows[-1][0]


def _row(message: LoggedMessage) -> MessageRow:
    return MessageRow(message.id, message.at, message.direction.value, message.action, message.frame, message.problem)
