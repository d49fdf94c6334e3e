"""The WebSocket of a charger, with a short way for what can be taken the moment it arrives.

A message normally waits in a queue for the task that reads the socket, and waking that task costs as much as all the
rest of a plain reading. So a text that finds the queue empty is offered to ``take`` first. Most texts arrive as one
frame in one piece and need no parser that can stop in the middle, which takes three times as long.
"""

import asyncio
import struct
import threading
from collections import deque
from collections.abc import Callable
from types import GeneratorType
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.speedups import apply_mask
from websockets.streams import StreamReader

from onetime.budgets import (
    CONTROL_FRAMES_AT_ONCE,
    CONTROL_FRAMES_PER_S,
    FRAGMENTS,
    HEAD_BYTES,
    HEAD_S,
    QUEUED_BYTES,
    READ_AT_ONCE,
    UNPACKED_AT_ONCE,
)
from onetime.ports.doorman import Doorman, Place
from onetime.ports.pace import Pace

# RFC 6455, section 5.2: the first byte of a text that is one frame without an extension's bits, the second byte of a
# masked frame whose length follows in two bytes, and what is before its payload.
_WHOLE_TEXT = 0x81
_MASKED_16 = 0xFE
_HEAD = struct.Struct("!xxH4s")
_SHORT = 126  # bytes from which a length needs a field of its own
_DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
_BUFFER_SIZE = 65_536
_BEHIND = 65_536  # bytes of answers that wait to be read; from there on a charger is answered no faster than it reads
_GOODBYE_S = 2.0


class Queued:
    """How many bytes of messages wait to be answered, of all sockets of the chargers' ports."""

    __slots__ = ("bytes",)

    def __init__(self) -> None:
        self.bytes = 0


class ChargerSocket(ServerConnection, asyncio.BufferedProtocol):
    """A WebSocket connection that offers each text before it queues it.

    ``take`` returns whether it took the text; ``unread`` counts the messages in the queue and the one being answered,
    and whoever reads them counts them down: while there are any, nothing may overtake them.
    """

    take: Callable[[bytes], bool] | None = None
    unread = 0

    def __init__(
        self, *args: Any, doorman: Doorman | None = None, queued: Queued | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._buffer = _shared_buffer()
        self._doorman = doorman
        self._queued = queued or Queued()
        self._head_bytes = 0
        self._opening: asyncio.TimerHandle | None = None
        self._controls = Pace(CONTROL_FRAMES_AT_ONCE, CONTROL_FRAMES_PER_S)
        self._fragments = 0
        self._coming = 0  # bytes of the message whose pieces come
        self._sizes: deque[int] = deque()  # bytes of the messages in the queue
        self._packed = bytearray()  # what came in one read and is not unpacked yet
        self._has_given_up = False
        self.place: Place | None = None

    def enter(self, transport: asyncio.BaseTransport) -> bool:
        """Take a place at the door, once; without one the connection ends without a word."""
        if self._doorman is None or self.place is not None:
            return True
        peer = transport.get_extra_info("peername")
        self.place = self._doorman.enter(str(peer[0]) if peer else "", transport.abort)  # type: ignore[attr-defined]
        if self.place is None:
            transport.abort()  # type: ignore[attr-defined]  # every transport of a socket has it
        return self.place is not None

    def leave(self) -> None:
        """Give the place back."""
        if self.place is not None:
            self.place.leave()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with a new connection, if there is a place for it."""
        if not self.enter(transport):
            return
        super().connection_made(transport)
        self.recv_messages.resume = self._resume
        self._opening = self.loop.call_later(HEAD_S, self._end_unless_opened)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give back what the connection held."""
        self.leave()
        if self._opening is None:
            return  # it never had a place
        self._opening.cancel()
        self._queued.bytes -= sum(self._sizes) + self._coming
        self._sizes.clear()
        self._coming = 0
        self._packed.clear()
        super().connection_lost(exc)

    @property
    def is_behind(self) -> bool:
        """Say whether the charger reads its answers more slowly than it sends."""
        return self.transport.get_write_buffer_size() > _BEHIND

    def answered(self) -> None:
        """Note that the oldest message of the queue is done with."""
        self.unread -= 1
        if self._sizes:
            self._queued.bytes -= self._sizes.popleft()

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Return where the event loop puts what arrives; it calls ``buffer_updated`` before it reads anything else.

        Without this it reserves 256 KiB for each message, which takes four times as long as reading it.
        """
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take what has arrived out of the buffer."""
        self.data_received(self._buffer[:nbytes])

    def data_received(self, data: bytes | memoryview) -> None:
        """Take what is one whole text, or have the bytes parsed. Nothing is kept of ``data`` itself."""
        if not self._packed and self._is_whole_text(data):
            self.process_event(Frame(Opcode.TEXT, _payload(data)))
        elif self.protocol.state is State.CONNECTING:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self.transport.abort()
            else:
                super().data_received(bytes(data))
        else:
            self._packed += data
            self._unpack()

    def process_event(self, event: Frame | Request) -> None:  # type: ignore[override]  # websockets' own union
        """Offer a whole text, or queue the frame."""
        if isinstance(event, Frame):
            if event.opcode not in _DATA:
                if event.opcode is not Opcode.CLOSE and not self._controls.allows(self.loop.time()):
                    self.give_up(CloseCode.POLICY_VIOLATION, "too many pings")
                    return
            elif self._is_taken(event) or not self._has_room(event):
                return
        super().process_event(event)

    def say(self, text: bytes) -> None:
        """Send a short text at once, or nothing when the socket is closing: the charger will repeat its message.

        Unlike ``send`` it does not wait until the system has taken it. Only answers are sent so, one for each message
        of the charger, so no more of them can pile up than were asked for.
        """
        if self.protocol.state is not State.OPEN:
            return
        if len(text) < _SHORT and not self.protocol.extensions:
            self.transport.write(b"%c%c%b" % (_WHOLE_TEXT, len(text), text))
            return
        self.protocol.send_text(text)
        self.send_data()

    def give_up(self, code: CloseCode, reason: str) -> None:
        """Close a connection that does what no charger does, and do not wait for it."""
        if self._has_given_up:
            return
        self._has_given_up = True
        if self.protocol.state is State.OPEN:
            self.protocol.fail(code, reason)
            self.send_data()
        self.loop.call_later(_GOODBYE_S, self.transport.abort)

    def _is_taken(self, event: Frame) -> bool:
        """Offer a whole text that nothing is before of, unless its answer would have to wait."""
        is_next = event.fin and event.opcode is Opcode.TEXT and not self.unread
        return is_next and self.take is not None and not self.is_behind and self.take(bytes(event.data))

    def _has_room(self, event: Frame) -> bool:
        """Count a message, or a piece of one, that is going to wait; say whether it may."""
        if self._has_given_up:
            return False
        self._coming += len(event.data)
        self._queued.bytes += len(event.data)
        self._fragments += 1
        if self._fragments > FRAGMENTS:
            self.give_up(CloseCode.MESSAGE_TOO_BIG, "too many fragments")
            return False
        if self._queued.bytes > QUEUED_BYTES:
            self.give_up(CloseCode.TRY_AGAIN_LATER, "too many messages wait")
            return False
        if event.fin:
            self.unread += 1
            self._sizes.append(self._coming)
            self._coming = self._fragments = 0
        return True

    def _unpack(self) -> None:
        """Unpack what has come, but for what has to wait until somebody has read.

        A read of 64 kB can hold ten thousand pings, or bombs that unpack to a thousand times as much (RFC 7692), and
        all of them would be taken before anybody could be told to wait.
        """
        size = UNPACKED_AT_ONCE if self.protocol.extensions else READ_AT_ONCE
        while self._packed and not self.recv_messages.paused:
            if self._has_given_up:
                self._packed.clear()
                return
            piece = bytes(self._packed[:size])
            del self._packed[:size]
            super().data_received(piece)

    def _resume(self) -> None:
        """Read on, now that what came before has been read."""
        self.loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        self._unpack()
        if not self.recv_messages.paused:
            self.transport.resume_reading()

    def _end_unless_opened(self) -> None:
        if not self.request_rcvd.done():
            self.transport.abort()

    def _is_whole_text(self, data: bytes | memoryview) -> bool:
        """Say whether the parser would make one plain text of this, and of nothing before or after it.

        Shorter texts than those with a length of two bytes are left to the parser: a plain reading is never so short.
        """
        return (
            len(data) > _HEAD.size
            and data[0] == _WHOLE_TEXT
            and data[1] == _MASKED_16
            and len(data) == _HEAD.size + _HEAD.unpack_from(data)[0]
            and self.protocol.state is State.OPEN
            and not self.protocol.extensions
            and len(data) - _HEAD.size <= (self.protocol.max_message_size or 0)
            and _is_between_messages(self.protocol)
        )


def _is_between_messages(protocol: ServerProtocol) -> bool:
    """Say whether all that came was whole messages: no fragment is open, and no frame has begun.

    Between frames the parser waits for whether the stream ends, within one for bytes; it does not tell otherwise.
    """
    waiting: Any = protocol.parser
    while isinstance(inner := waiting.gi_yieldfrom, GeneratorType):
        waiting = inner
    is_between_frames: bool = waiting.gi_code is StreamReader.at_eof.__code__
    return is_between_frames and protocol.current_size is None


def _payload(data: bytes | memoryview) -> bytes:
    return apply_mask(data[_HEAD.size :], _HEAD.unpack_from(data)[1])


def _shared_buffer() -> memoryview:
    """Return the one buffer of the sockets of this thread's event loop."""
    if not hasattr(_thread, "buffer"):
        _thread.buffer = memoryview(bytearray(_BUFFER_SIZE))
    buffer: memoryview = _thread.buffer
    return buffer


_thread = threading.local()
