"""The states of pages that have gone: a stranger's is forgotten soon, and of all others only so many are kept.

Reflex keeps each for an hour, in case the page comes back. One that comes back later begins anew, which it does by
itself.
"""

import asyncio
import time
from typing import Any

import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import StateToken

from onetime.budgets import LEFT_STATES, STRANGERS_STATE_S
from onetime.web.frame.session import Session

LOOK_EVERY_S = 5.0


class LeftStates:
    """Looks which pages have gone, and forgets their states in time."""

    def __init__(self, app: rx.App) -> None:
        if app.event_namespace is None or not isinstance(app.state_manager, StateManagerMemory):
            msg = "The states of the pages are not kept in memory."
            raise RuntimeError(msg)
        self._manager = app.state_manager
        self._events = app.event_namespace
        self._left_at: dict[str, float] = {}

    async def run(self) -> None:
        """Look now and then, for as long as the house runs."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.look(time.monotonic())

    def look(self, now: float) -> None:
        """Forget what is over at ``now`` (monotonic, s)."""
        tokens = {key: token for key, (_until, token) in self._manager._token_expires_at.items()}
        left = {key: self._left_at.get(key, now) for key, token in tokens.items() if not self._is_open(token)}
        over = {key for key, at in left.items() if now - at >= STRANGERS_STATE_S and self._is_strangers(key)}
        kept = sorted(left.keys() - over, key=lambda key: left[key], reverse=True)
        for key in over | set(kept[LEFT_STATES:]):
            lock = self._manager._states_locks.get(tokens[key].lock_key)
            if lock is None or not lock.locked():
                self._manager._purge_token(tokens[key])
                del left[key]
        self._left_at = left

    def _is_open(self, token: StateToken[Any]) -> bool:
        return token.ident in self._events._token_manager.token_to_socket

    def _is_strangers(self, key: str) -> bool:
        state: Any = self._manager.states.get(key)
        try:
            return not state.get_substate(Session.get_full_name().split(".")).permissions
        except (AttributeError, ValueError):
            return True  # it has not come so far as to say who is there
