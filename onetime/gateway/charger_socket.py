"""The WebSocket of a charger, with a short way for what can be taken the moment it arrives.

A message normally waits in a queue for the task that reads the socket, and waking that task costs as much as all the
rest of a plain reading. So a text that finds the queue empty is offered to ``take`` first.
"""

from collections.abc import Callable

from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State


class ChargerSocket(ServerConnection):
    """A WebSocket connection that offers each text before it queues it.

    ``take`` returns whether it took the text; ``unread`` counts the messages in the queue and the one being answered,
    and whoever reads them counts them down: while there are any, nothing may overtake them.
    """

    take: Callable[[bytes], bool] | None = None
    unread = 0

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
        if self.protocol.state is State.OPEN:
            self.protocol.send_text(text)
            self.send_data()


_DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
