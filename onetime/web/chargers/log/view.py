"""A charger's messages as its log lists them."""

import dataclasses

from sqlmodel import Session

from onetime.services.chargers.messages.listing import MessageRow, list_messages
from onetime.web.frame.times import Clockwork


@dataclasses.dataclass(frozen=True, slots=True)
class MessageLine:
    """One message, its frame left out until somebody opens it."""

    id: int
    at: str
    sent: bool
    action: str
    problem: str


def read_messages(
    session: Session, charger_id: int, limit: int, clockwork: Clockwork, *, problems_only: bool, search: str
) -> list[MessageLine]:
    """Read the last messages that fit, newest first."""
    rows = list_messages(session, charger_id, limit, problems_only=problems_only, search=search)
    return [_message(row, clockwork) for row in rows]


def _message(row: MessageRow, clockwork: Clockwork) -> MessageLine:
    return MessageLine(
        id=row.id,
        at=clockwork.clock(row.at),
        sent=row.direction == "sent",
        action=row.action or "",
        problem=row.problem or "",
    )
