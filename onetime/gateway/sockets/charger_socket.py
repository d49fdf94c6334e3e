"""The WebSocket of a charger, with a short way for what can be taken the moment it arrives.

A message normally waits in a queue for the task that reads the socket, and waking that task costs as much as all the
rest of a plain reading. So a text that finds the queue empty is offered to ``take`` first. Most texts arrive as one
frame in one piece and need no parser that can stop in the middle, which takes three times as long.
"""

import asyncio
import struct
import threading
from collections.abc import Callable
from types import GeneratorType
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.speedups import apply_mask
from websockets.streams import StreamReader

# RFC 6455, section 5.2: the first byte of a text that is one frame without an extension's bits, the second byte of a
# masked frame whose length follows in two bytes, and what is before its payload.
_WHOLE_TEXT = 0x81
_MASKED_16 = 0xFE
_HEAD = struct.Struct("!xxH4s")
_SHORT = 126  # bytes from which a length needs a field of its own
_DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
_BUFFER_SIZE = 65_536


class ChargerSocket(ServerConnection, asyncio.BufferedProtocol):
    """A WebSocket connection that offers each text before it queues it.

    ``take`` returns whether it took the text; ``unread`` counts the messages in the queue and the one being answered,
    and whoever reads them counts them down: while there are any, nothing may overtake them.
    """

    take: Callable[[bytes], bool] | None = None
    unread = 0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._buffer = _shared_buffer()

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
        if self._is_whole_text(data):
            self.process_event(Frame(Opcode.TEXT, _payload(data)))
        else:
            super().data_received(bytes(data))

    def process_event(self, event: Frame | Request) -> None:  # type: ignore[override]  # websockets' own union
        """Offer a whole text, or queue the frame."""
        if isinstance(event, Frame) and event.fin and event.opcode in _DATA:
            is_next = event.opcode is Opcode.TEXT and not self.unread
            if is_next and self.take is not None and self.take(bytes(event.data)):
                return
            self.unread += 1
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
