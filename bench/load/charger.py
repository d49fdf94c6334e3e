"""One simulated charger: a non-blocking socket, one call under way, and an answer for whatever it is asked."""

import json
import select
import socket
import time
from typing import Any

from bench.load import wire
from bench.load.readings import Calls, reading_calls

_SIMPLE_ANSWERS: dict[str, dict[str, Any]] = {
    "TriggerMessage": {"status": "NotImplemented"},
    "GetConfiguration": {"configurationKey": [], "unknownKey": []},
}


class ChargerError(Exception):
    """A server did what no charger expects; the text says what."""


class Charger:
    """A charger of the load. ``sent_at`` is when its call under way left, in seconds of ``time.perf_counter``."""

    __slots__ = ("_buffer", "_calls", "_expected", "_number", "_opened", "identity", "port", "sent_at", "socket")

    def __init__(self, port: int, identity: str, transaction_id: int = 1) -> None:
        self.port = port
        self.identity = identity
        self.socket = socket.socket()
        self.sent_at = 0.0
        self._buffer = bytearray()
        self._calls: Calls = reading_calls(transaction_id)
        self._expected = b""
        self._number = 0
        self._opened = False

    def connect(self, poll: select.epoll) -> None:
        """Begin to connect; the socket becomes writable when the server has taken it."""
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect_ex(("127.0.0.1", self.port))
        poll.register(self.socket, select.EPOLLOUT)

    def open(self, poll: select.epoll) -> None:
        """Ask for a WebSocket, now that the connection stands. Raises ``ChargerError`` when it was refused."""
        error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            msg = f"{self.identity} could not connect to port {self.port} (error {error})."
            raise ChargerError(msg)
        poll.modify(self.socket, select.EPOLLIN)
        self._send(wire.opening(self.port, f"/{self.identity}"))

    def charge(self, transaction_id: int) -> None:
        """Send the readings of this session from now on."""
        self._calls = reading_calls(transaction_id)

    def send_reading(self) -> None:
        """Send the next MeterValues."""
        self._number += 1
        message_id, call = self._calls(self._number)
        self._expected = b'[3,"%b",' % message_id
        self.sent_at = time.perf_counter()
        self._send(wire.frame(call))

    def send_call(self, action: str, payload: dict[str, Any]) -> None:
        """Send any other call."""
        self._number += 1
        message_id = f"{action}-{self._number}"
        self._expected = f'[3,"{message_id}",'.encode()
        self.sent_at = time.perf_counter()
        self._send(wire.frame(json.dumps([2, message_id, action, payload]).encode()))

    def receive(self) -> list[bytes]:
        """Return what arrived for the call under way, as text; serve everything else.

        An empty text says that the socket has just opened. Raises ``ChargerError`` when the server closes the socket
        or refuses the call.
        """
        received = self.socket.recv(65_536)
        if not received:
            msg = f"The server closed the socket of {self.identity}."
            raise ChargerError(msg)
        self._buffer += received
        if not self._opened:
            return self._read_opening()
        return [text for kind, payload in wire.take_frames(self._buffer) if (text := self._serve(kind, payload))]

    def close(self) -> None:
        """Leave without a word, as a charger does whose power goes."""
        self.socket.close()

    def _read_opening(self) -> list[bytes]:
        accepted = wire.take_opening_answer(self._buffer)
        if accepted is None:
            return []
        if not accepted:
            msg = f"The server refused the socket of {self.identity}."
            raise ChargerError(msg)
        self._opened = True
        return [b""]

    def _serve(self, kind: int, payload: bytes) -> bytes | None:
        if kind == wire.TEXT and self._expected and payload.startswith(self._expected):
            self._expected = b""
            return payload
        if kind == wire.PING:
            self._send(wire.frame(payload, wire.PONG))
        elif kind == wire.TEXT:
            self._reply(json.loads(payload))
        elif kind == wire.CLOSE:
            msg = f"The server closed {self.identity}: {payload[2:].decode(errors='replace')}"
            raise ChargerError(msg)
        return None

    def _reply(self, message: list[Any]) -> None:
        if message[0] != 2:
            msg = f"{self.identity} expected {self._expected.decode()}…] and got {message}."
            raise ChargerError(msg)
        answer = _SIMPLE_ANSWERS.get(message[2])
        reply = [3, message[1], answer] if answer else [4, message[1], "NotImplemented", "", {}]
        self._send(wire.frame(json.dumps(reply).encode()))

    def _send(self, content: bytes) -> None:
        if self.socket.send(content) != len(content):
            msg = f"{self.identity} could not send; its server reads too slowly."
            raise ChargerError(msg)
