"""A charger's messages as they are read: newest first, searched, one by one. What is not stored yet is not seen.

``MessageLog.flush`` stores a charger's last ones first.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlmodel import Session, col, select

from onetime.models import LoggedMessage, MessageBlock
from onetime.store.unreadable import readable_page

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


def find_messages(
    session: Session,
    limit: int,
    *,
    charger_id: int | None = None,
    before_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    action: str | None = None,
) -> list[tuple[int, MessageRow]]:
    """Return the last messages that fit with their chargers, newest first: of one charger, or of all of them.

    ``since`` is the first instant, ``until`` the first left out. An ``action`` finds a charger's calls, ours,
    and our answers; a charger's answers name none.
    """
    wanted = action.casefold() if action else None

    def fits(message: LoggedMessage) -> bool:
        return (
            (before_id is None or message.id < before_id)
            and (since is None or message.at >= since)
            and (until is None or message.at < until)
            and (wanted is None or (message.action or "").casefold() == wanted)
        )

    def messages(of: int) -> Iterator[tuple[int, MessageRow]]:
        for block in _newest_first(session, of, before_id, problems_only=False, since=since, at_once=1):
            yield from ((of, _row(message)) for message in reversed(block) if fits(message))

    owners = session.exec(select(MessageBlock.charger_id).distinct()).all() if charger_id is None else [charger_id]
    merged = heapq.merge(*(messages(owner) for owner in owners), key=lambda each: each[1].id, reverse=True)
    return list(islice(merged, limit))


def message_frame(session: Session, charger_id: int, message_id: int) -> str | None:
    """Return one of a charger's messages as it came over the wire, or None when it is no longer kept."""
    block = next(_newest_first(session, charger_id, message_id + 1, problems_only=False), [])
    return next((message.frame for message in block if message.id == message_id), None)


def _newest_first(
    session: Session,
    charger_id: int,
    before_id: int | None,
    *,
    problems_only: bool,
    since: datetime | None = None,
    at_once: int = BLOCKS_AT_ONCE,
) -> Iterator[Sequence[LoggedMessage]]:
    """Yield a charger's blocks that begin before a message, ``at_once`` read together.

    Those without problems are passed over where told, and those that end before ``since``.
    """
    query = select(MessageBlock.id, MessageBlock.messages).where(MessageBlock.charger_id == charger_id)
    if problems_only:
        query = query.where(MessageBlock.problems > 0)
    if since is not None:
        query = query.where(col(MessageBlock.last_at) >= since)
    query = query.order_by(col(MessageBlock.id).desc())
    while True:
        older = query if before_id is None else query.where(col(MessageBlock.id) < before_id)
        rows = readable_page(session, older, col(MessageBlock.id), at_once)
        for _id, messages in rows:
            yield messages
        if len(rows) < at_once:
            return
        before_id = rows[-1][0]


def _row(message: LoggedMessage) -> MessageRow:
    return MessageRow(message.id, message.at, message.direction.value, message.action, message.frame, message.problem)
