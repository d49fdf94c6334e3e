"""Writes down every frame, sparing the disk: each charger's messages are gathered and stored in compressed blocks.

The log is evidence, not money, so nobody waits for it: after a power cut the last minutes of it are missing, and of
a charger that floods the house some of it is left out; of one that nobody has accepted little is kept. Sessions and
readings are stored apart, before the answer.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, func, select

from onetime.background import pass_finished
from onetime.budgets import (
    WAITING_LOG_AT_ONCE,
    WAITING_LOG_PER_S,
    WAITING_LOG_TOTAL_AT_ONCE,
    WAITING_LOG_TOTAL_PER_S,
)
from onetime.models import Direction, LoggedMessage, MessageBlock
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseClosedError, DatabaseError

logger = logging.getLogger(__name__)

BLOCK_CHARACTERS = 32_768  # compressed this is about one page of a disk
BLOCK_AGE_S = 300.0  # what a power cut may cost of the log; longer blocks cost the disk less for each message
LOOK_EVERY_S = 10.0
GATHERED_LIMIT = 16_000_000  # characters of all chargers that wait to be stored, gathered or on their way
OVERHEAD = 96  # what a message costs besides its text, in characters
# What one charger may have written down: the messages of many days at once, but not those of a flood for ever.
ALLOWED_AT_ONCE = 8_000_000.0
ALLOWED_PER_S = 4_096.0


class Budget:
    """How many characters may still be written down."""

    __slots__ = ("_at_once", "_counted_at", "_left", "_per_s")

    def __init__(self, at_once: float, per_s: float) -> None:
        self._at_once, self._per_s = at_once, per_s
        self._left, self._counted_at = at_once, 0.0

    def holds(self, size: int, now: float) -> bool:
        """Say whether ``size`` characters are within the budget at ``now`` (monotonic, s)."""
        self._left = min(self._at_once, self._left + (now - self._counted_at) * self._per_s)
        self._counted_at = now
        return self._left >= size

    def spend(self, size: int) -> None:
        """Note that they were written down."""
        self._left -= size


@dataclass(slots=True)
class _Gathered:
    """The messages of one charger that are not stored yet, and what it may still send."""

    is_strangers: bool
    budget: Budget
    messages: list[LoggedMessage] = field(default_factory=list)
    characters: int = 0
    since: float = 0.0
    left_out: int = 0


class MessageLog:
    """Gathers messages and stores them in blocks."""

    def __init__(self, database: Database, is_known: Callable[[int], bool], is_stranger: Callable[[int], bool]) -> None:
        self._database = database
        self._is_known, self._is_stranger = is_known, is_stranger
        self._strangers = Budget(WAITING_LOG_TOTAL_AT_ONCE, WAITING_LOG_TOTAL_PER_S)
        self._gathered: dict[int, _Gathered] = {}
        self._characters = 0
        self._on_their_way = 0
        self._last_id = 0

    def restore(self, session: Session) -> None:
        """Go on numbering where the log of the last run ended, whatever the clock says now."""
        newest = session.exec(select(func.max(MessageBlock.id))).one()
        self._last_id = 0 if newest is None else newest + round(2 * BLOCK_AGE_S * 1_000_000)

    def add(
        self, charger_id: int, at: datetime, direction: Direction, action: str | None, frame: str, problem: str | None
    ) -> None:
        """Write a frame down, sooner or later."""
        size = len(frame) + OVERHEAD
        gathered = self._room(charger_id, size, at)
        if gathered is not None:
            at_us = _microseconds(at)
            self._keep(gathered, size, LoggedMessage(self._next_id(at_us), at_us, direction, action, frame, problem))
            self._store_full(charger_id, gathered)

    def add_exchange(
        self,
        charger_id: int,
        received_at: datetime,
        call: str,
        sent_at: datetime,
        answer: str,
        action: str,
        problem: str | None,
    ) -> None:
        """Write a charger's call and its answer down; that is what nearly all of the log consists of."""
        size = len(call) + len(answer) + 2 * OVERHEAD
        gathered = self._room(charger_id, size, received_at)
        if gathered is None:
            return
        received_us, sent_us = _microseconds(received_at), _microseconds(sent_at)
        self._keep(
            gathered,
            size,
            LoggedMessage(self._next_id(received_us), received_us, Direction.RECEIVED, action, call, problem),
            LoggedMessage(self._next_id(sent_us), sent_us, Direction.SENT, action, answer),
        )
        self._store_full(charger_id, gathered)

    async def flush(self, charger_id: int) -> None:
        """Store a charger's last messages and return when they can be read, or when the database cannot do it."""
        gathered = self._gathered.get(charger_id)
        if gathered is not None and gathered.messages:
            self._store(charger_id, gathered)
        if self._on_their_way:
            with contextlib.suppress(DatabaseError):
                await self._database.append(MessageBlock, [])  # committed with or after what is on its way

    def forget(self, charger_id: int) -> None:
        """Drop what is gathered of a charger that is deleted."""
        gathered = self._gathered.pop(charger_id, None)
        if gathered is not None:
            self._characters -= gathered.characters

    async def run(self) -> None:
        """Store what has waited long enough, for as long as the house runs."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            old = time.monotonic() - BLOCK_AGE_S
            self.store(key for key, each in self._gathered.items() if each.messages and each.since <= old)
            pass_finished()

    def store(self, charger_ids: Iterable[int] | None = None) -> None:
        """Hand the messages of some chargers, or of all, to the database."""
        for charger_id in list(self._gathered if charger_ids is None else charger_ids):
            gathered = self._gathered[charger_id]
            if gathered.messages:
                self._store(charger_id, gathered)

    def _room(self, charger_id: int, size: int, at: datetime) -> _Gathered | None:
        """Return where a charger's messages are gathered, or None when it has said too much."""
        if not self._is_known(charger_id):
            return None  # the last words of one that was deleted
        gathered = self._gathered.get(charger_id) or self._begin(charger_id)
        if gathered.is_strangers and not self._is_stranger(charger_id):
            gathered.is_strangers, gathered.budget = False, Budget(ALLOWED_AT_ONCE, ALLOWED_PER_S)
        now = time.monotonic()
        is_full = self._characters + self._on_their_way + size > GATHERED_LIMIT
        if gathered.is_strangers and not is_full:
            is_full = not self._strangers.holds(size, now)
        if is_full or not gathered.budget.holds(size, now):
            gathered.left_out += 1
            return None
        gathered.budget.spend(size)
        if gathered.is_strangers:
            self._strangers.spend(size)
        if not gathered.messages:
            gathered.since = now
        if gathered.left_out:
            note, gathered.left_out, at_us = _note(gathered.left_out), 0, _microseconds(at)
            note_of_gap = LoggedMessage(self._next_id(at_us), at_us, Direction.RECEIVED, None, "", note)
            self._keep(gathered, 0, note_of_gap)
        return gathered

    def _begin(self, charger_id: int) -> _Gathered:
        is_strangers = self._is_stranger(charger_id)
        budget = (
            Budget(WAITING_LOG_AT_ONCE, WAITING_LOG_PER_S) if is_strangers else Budget(ALLOWED_AT_ONCE, ALLOWED_PER_S)
        )
        gathered = self._gathered[charger_id] = _Gathered(is_strangers, budget)
        return gathered

    def _keep(self, gathered: _Gathered, size: int, *messages: LoggedMessage) -> None:
        gathered.messages.extend(messages)
        gathered.characters += size
        self._characters += size

    def _store_full(self, charger_id: int, gathered: _Gathered) -> None:
        if gathered.characters >= BLOCK_CHARACTERS:
            self._store(charger_id, gathered)

    def _next_id(self, at_us: int) -> int:
        """Return a number that only grows: the time, unless the clock was put back."""
        after = self._last_id + 1
        self._last_id = at_us if at_us > after else after
        return self._last_id

    def _store(self, charger_id: int, gathered: _Gathered) -> None:
        messages, size = gathered.messages, gathered.characters
        gathered.messages, gathered.characters = [], 0
        self._characters -= size
        row = {
            "id": messages[0].id,
            "charger_id": charger_id,
            "last_at": max(messages[0].at, messages[-1].at),
            "count": len(messages),
            "problems": sum(message.problem is not None for message in messages),
            "messages": messages,
        }

        def stored(_result: Any, error: Exception | None) -> None:
            self._on_their_way -= size
            if error is not None:
                logger.warning("%d messages were not written down: %s", len(messages), error)

        try:
            self._database.append_lazily(MessageBlock, [row], stored)
        except DatabaseClosedError:
            return  # the last frames of a shutdown
        self._on_their_way += size


def _microseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def _note(count: int) -> str:
    return f"{count} messages before this were not written down: too many at once"
