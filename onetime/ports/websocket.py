"""The live connection of a page: uvicorn's WebSocket, with budgets for what a browser sends and does not read."""

import asyncio
import time
from typing import Any

from uvicorn._types import ASGIReceiveEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame
from websockets.http11 import Request

from onetime.budgets import (
    CONTROL_FRAMES_AT_ONCE,
    CONTROL_FRAMES_PER_S,
    EVENTS_AT_ONCE,
    EVENTS_PER_S,
    FRAGMENTS,
    JOIN_S,
    UNPACKED_AT_ONCE,
    UNREAD_ANSWERS_BYTES,
    WRITE_IDLE_S,
)
from onetime.ports.doorman import Place
from onetime.ports.pace import Pace

CLOSING_S = 5.0


class PageSocket(WebSocketsSansIOProtocol):
    """A WebSocket that reads no faster than it is listened to, and does not outlive its patience."""

    def __init__(self, *args: Any, place: Place | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._place = place
        self._unread = bytearray()  # at most what came in one read: while something is here, nothing more is read
        self._controls = Pace(CONTROL_FRAMES_AT_ONCE, CONTROL_FRAMES_PER_S)
        self._events = Pace(EVENTS_AT_ONCE, EVENTS_PER_S)
        self._writing: asyncio.TimerHandle | None = None
        self._joining: asyncio.TimerHandle | None = None

    def handle_connect(self, event: Request) -> None:
        """Answer the opening request, and wait for what the page has come for."""
        if self._place is not None:
            self._joining = self.loop.call_later(JOIN_S, self._leave_unless_joined)
        super().handle_connect(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        for timer in (self._writing, self._joining):
            if timer is not None:
                timer.cancel()
        self._unread.clear()
        if self._place is not None:
            self._place.leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came, but for what has to wait until somebody has listened."""
        self._unread += data
        self._read_on()

    async def receive(self) -> ASGIReceiveEvent:
        """Return the next message, no sooner than this page may send it; then read on what came behind it."""
        message = await self.queue.get()
        if message["type"] == "websocket.receive":
            wait = self._events.wait(time.monotonic())
            if self._place is not None:
                wait = max(wait, self._place.event_wait())
            if wait > 0:
                await asyncio.sleep(wait)
        if self.read_paused and self.queue.empty():
            self.read_paused = False
            self._read_on()
            if not self.read_paused:
                self.transport.resume_reading()
        return message

    def handle_ping(self) -> None:
        """Answer a ping, unless there are too many."""
        if self._controls.allows(self.loop.time()):
            super().handle_ping()
        else:
            self._end(CloseCode.POLICY_VIOLATION, "too many pings")

    def handle_pong(self, event: Frame) -> None:
        """Take a pong, unless there are too many."""
        if self._controls.allows(self.loop.time()):
            super().handle_pong(event)
        else:
            self._end(CloseCode.POLICY_VIOLATION, "too many pongs")

    def handle_cont(self, event: Frame) -> None:
        """Take a piece of a message, unless it comes in too many."""
        if len(self.frames) < FRAGMENTS:
            super().handle_cont(event)
        else:
            self._end(CloseCode.MESSAGE_TOO_BIG, "too many fragments")

    def pause_writing(self) -> None:
        """Wait for the other side to read, but not for ever."""
        super().pause_writing()
        if self._writing is None:
            self._writing = self.loop.call_later(WRITE_IDLE_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on."""
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None
        super().resume_writing()

    def _read_on(self) -> None:
        while self._unread and not self.read_paused and not self.transport.is_closing():
            piece = bytes(self._unread[:UNPACKED_AT_ONCE])
            del self._unread[:UNPACKED_AT_ONCE]
            super().data_received(piece)
            if self.transport.get_write_buffer_size() > UNREAD_ANSWERS_BYTES:
                self.transport.abort()

    def _leave_unless_joined(self) -> None:
        if self._place is not None and not self._place.joined:
            self._end(CloseCode.POLICY_VIOLATION, "no page came")

    def _end(self, code: CloseCode, reason: str) -> None:
        """Close, and let whoever listens know."""
        if self.transport.is_closing():
            return
        if self.handshake_complete and not self.close_sent:
            self.conn.fail(code, reason)
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
        self._unread.clear()
        self.transport.close()
        self.loop.call_later(CLOSING_S, self.transport.abort)  # in case nobody reads the goodbye
