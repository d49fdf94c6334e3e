"""The HTTP connections of the pages, and of files on the chargers' encrypted port: uvicorn's, with budgets.

uvicorn knows how long a connection may rest between two requests. What it does not know is how long a request may
take to come, and how long an answer may wait to be read; a connection that does neither would stay for ever.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, TypedDict

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from onetime.budgets import BODY_IDLE_S, EVENT_BYTES, HEAD_BYTES, HEAD_S, KEEP_ALIVE_S, WRITE_IDLE_S
from onetime.ports.doorman import PLACE, Doorman, Place
from onetime.ports.websocket import PageSocket


class Options(TypedDict):
    """What a ``uvicorn.Config`` is given."""

    http: Any
    ws: Any
    ws_max_size: int
    h11_max_incomplete_event_size: int
    timeout_keep_alive: int


def guarded(doorman: Doorman) -> Options:
    """Return the options that make a uvicorn server hold the budgets."""
    return {
        "http": partial(GuardedHttp, doorman=doorman),
        "ws": PageSocket,
        "ws_max_size": EVENT_BYTES,
        "h11_max_incomplete_event_size": HEAD_BYTES,
        "timeout_keep_alive": KEEP_ALIVE_S,
    }


class GuardedHttp(H11Protocol):
    """An HTTP connection with a place at the door, and with a time for each of its phases.

    Without a ``doorman`` it has its place already, and ``on_lost`` is called when it ends.
    """

    def __init__(
        self, *args: Any, doorman: Doorman | None = None, on_lost: Callable[[], None] | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._doorman = doorman
        self._on_lost = on_lost
        self._place: Place | None = None
        self._has_begun = False
        self._reading: asyncio.TimerHandle | None = None
        self._is_on_head = False
        self._writing: asyncio.TimerHandle | None = None

    @property
    def has_begun(self) -> bool:
        """Whether HTTP is spoken."""
        return self._has_begun

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a place and begin, or close at once when there is none."""
        if self.enter(transport):
            self.begin(transport)

    def enter(self, transport: asyncio.Transport) -> bool:
        """Take a place at the door; without one the connection ends without a word."""
        if self._doorman is None:
            return True
        peer = transport.get_extra_info("peername")
        self._place = self._doorman.enter(str(peer[0]) if peer else "", transport.abort)
        if self._place is None:
            transport.abort()
            return False
        self.app_state = {**self.app_state, PLACE: self._place}  # of this connection alone
        if self.ws_protocol_class is not None:
            self.ws_protocol_class = partial(PageSocket, place=self._place)  # type: ignore[assignment]
        return True

    def begin(self, transport: asyncio.Transport) -> None:
        """Speak HTTP from here on."""
        self._has_begun = True
        super().connection_made(transport)
        self._watch()

    def leave(self) -> None:
        """Give the place back."""
        if self._place is not None:
            self._place.leave()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        _cancel(self._reading)
        _cancel(self._writing)
        if self._on_lost is not None:
            self._on_lost()
        self.leave()
        if self._has_begun:
            super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, within the time for this phase."""
        if not self._has_begun or self.transport.is_closing():
            return
        super().data_received(data)
        if not isinstance(self.transport.get_protocol(), GuardedHttp):
            _cancel(self._reading)  # it is a WebSocket now, which has its own patience
        else:
            self._watch()

    def on_response_complete(self) -> None:
        """Begin with the next request, whose head may have begun to come already."""
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """Wait for the other side to read, but not for ever."""
        super().pause_writing()
        _cancel(self._writing)
        self._writing = self.loop.call_later(WRITE_IDLE_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on."""
        _cancel(self._writing)
        super().resume_writing()

    def _watch(self) -> None:
        """Begin the time for what is read next: a head has one in all, a body one for each piece."""
        state = self.conn.their_state
        was_on_head, self._is_on_head = self._is_on_head, state is h11.IDLE
        if was_on_head and self._is_on_head:
            return
        _cancel(self._reading)
        self._reading = None
        if self._is_on_head:
            if self.timeout_keep_alive_task is None:
                self._reading = self.loop.call_later(HEAD_S, self._give_up)
            else:
                self._is_on_head = False  # between two requests uvicorn's own time runs, until the next one begins
        elif state is h11.SEND_BODY:
            self._reading = self.loop.call_later(BODY_IDLE_S, self._give_up)

    def _give_up(self) -> None:
        if self.flow.read_paused:  # it is us who do not read
            self._reading = self.loop.call_later(BODY_IDLE_S, self._give_up)
        else:
            self.transport.abort()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
