"""The review inbox: what is doubtful, why, what speaks for it, and what a person decides."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from onetime.clock import utc_now
from onetime.events import EventBus, ReviewsChanged, TransactionChanged
from onetime.models import Transaction, TransactionState
from onetime.services.chargers.live import LiveBoard
from onetime.services.reviews.decisions import (
    accept_item,
    assign_item,
    correct_item,
    discard_item,
    doubt_session,
    match_item,
)
from onetime.services.reviews.ends import CorrectedEnds
from onetime.services.reviews.listing import (
    Candidate,
    Evidence,
    EvidenceReading,
    ReviewRow,
    count_open,
    decided_rows,
    evidence_of,
    open_rows,
)
from onetime.services.reviews.making import NewSession, make_session
from onetime.services.reviews.undo import undo_decision
from onetime.services.sessions.judging.lost import look_again
from onetime.services.sessions.readings.shown import shown_register
from onetime.services.sessions.starts import live_session
from onetime.store.database import Database

__all__ = ["Candidate", "Evidence", "EvidenceReading", "ReviewRow", "ReviewService"]


R = TypeVar("R", bound=Transaction | None)


class ReviewService:
    """Lists what waits for a decision and carries decisions out. Each leaves an audit row."""

    def __init__(self, database: Database, bus: EventBus, live: LiveBoard) -> None:
        self._database = database
        self._bus = bus
        self._live = live

    async def count_open(self) -> int:
        """Return how many items wait."""
        return await self._database.read(count_open)

    async def open_items(self, limit: int = 200, after_id: int = 0) -> list[ReviewRow]:
        """Return what waits, oldest first, those up to ``after_id`` left out."""
        return await self._database.read(lambda s: open_rows(s, limit, after_id))

    async def decided(self, limit: int = 20) -> list[ReviewRow]:
        """Return what people decided, newest first."""
        return await self._database.read(lambda s: decided_rows(s, limit))

    async def evidence(self, item_id: int) -> Evidence | None:
        """Return one item, open or decided, with all there is to judge it by; None when there is no such item."""
        now = utc_now()
        return await self._database.read(lambda s: evidence_of(s, item_id, now))

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

    async def match(self, item_id: int, transaction_id: int, actor: str, note: str = "") -> None:
        """End a session with a stop that named none. Raises ``ReviewError``."""
        now = utc_now()
        await self._decide(lambda s: match_item(s, item_id, transaction_id, actor, note, now))

    async def make(self, item_id: int, wanted: NewSession, note: str, actor: str) -> int:
        """Add a session whose start was lost, as a corrected one; return its number. Raises ``ReviewError``."""
        now = utc_now()
        made = partial(make_session, item_id=item_id, wanted=wanted, actor=actor, note=note, now=now)
        row = await self._database.write(lambda s: _looked_around(s, made(s)))
        await self._show(row)
        self._bus.publish(ReviewsChanged())
        return row.id or 0

    async def undo(self, item_id: int, actor: str) -> None:
        """Take a decision back: the session is as it was, and waits again. Raises ``ReviewError``."""
        now = utc_now()
        await self._decide(lambda s: undo_decision(s, item_id, actor, now))

    async def ask_about(self, transaction_id: int, actor: str) -> int:
        """Put a session into the inbox because somebody wants to look at it; return the item that waits about it.

        Raises ``ReviewError``.
        """
        item_id = await self._database.write(lambda s: doubt_session(s, transaction_id, actor))
        self._bus.publish(ReviewsChanged())
        return item_id

    async def _decide(self, decision: Callable[[Session], Transaction | None]) -> None:
        row = await self._database.write(lambda s: _looked_around(s, decision(s)))
        if row is not None:
            await self._show(row)
        self._bus.publish(ReviewsChanged())

    async def _show(self, row: Transaction) -> None:
        """Let the live board follow a session that a decision ended, or gave back."""
        shown = self._live.session_on(row.connector_id)
        if row.state is TransactionState.ENDED:
            self._live.end_session(row.connector_id, row.id or 0)
        elif shown is None or shown.started_at <= row.started_at:
            register = await self._database.read(lambda s: shown_register(s, row))
            self._live.start_session(row.connector_id, live_session(row, register))
        self._bus.publish(TransactionChanged(row.id or 0, row.connector_id))


def _looked_around(session: Session, row: R) -> R:
    """Look what energy is lost beside a session, now that somebody has said what it was."""
    if row is not None:
        look_again(session, row)
    return row
