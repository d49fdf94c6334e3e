"""A small central system for these tests: it keeps every frame, checks it, and answers as it is told."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import ocpp.v16
from jsonschema import Draft4Validator
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

SCHEMAS = Path(ocpp.v16.__file__).parent / "schemas"
NOW = "2026-01-01T00:00:00.000Z"


@dataclass(frozen=True)
class Refusal:
    """Answer a CALL with this CALLERROR."""

    code: str = "InternalError"


class Silence:
    """Leave a CALL without an answer."""


@dataclass(frozen=True)
class Received:
    """One CALL of a charger."""

    identity: str
    message_id: str
    action: str
    payload: dict[str, Any]


Answer = dict[str, Any] | Refusal | Silence


@dataclass
class Central:
    """What the chargers said, and what they are answered.

    `answers[action]` holds answers for the next CALLs of an action, used up one by one; then `usual` ones follow.
    """

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    errors: list[str] = field(default_factory=list)
    unasked: list[list[Any]] = field(default_factory=list)
    credentials: list[str | None] = field(default_factory=list)
    refused_cards: dict[str, str] = field(default_factory=dict)
    before_answer: Callable[[Received], Any] | None = None
    sockets: dict[str, ServerConnection] = field(default_factory=dict)
    _transactions: int = 0
    _calls: dict[str, tuple[str, asyncio.Future[list[Any]]]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ocpp"

    def of(self, *actions: str) -> list[Received]:
        return [call for call in self.received if call.action in actions]

    def payloads(self, action: str) -> list[dict[str, Any]]:
        return [call.payload for call in self.of(action)]

    def statuses(self, connector: int = 1) -> list[str]:
        return [p["status"] for p in self.payloads("StatusNotification") if p["connectorId"] == connector]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 - a test may poll
                await asyncio.sleep(0.002)

    async def call(self, identity: str, action: str, payload: dict[str, Any] | None = None) -> list[Any]:
        """Send a CALL and return the frame that answers it, a checked CALLRESULT or a CALLERROR."""
        message_id = f"central-{len(self._calls)}"
        answer: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self._calls[message_id] = (action, answer)
        await self.sockets[identity].send(json.dumps([2, message_id, action, payload or {}]))
        async with asyncio.timeout(5):
            return await answer

    async def handle(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        identity = socket.request.path.rpartition("/")[2]
        self.credentials.append(socket.request.headers.get("Authorization"))
        self.sockets[identity] = socket
        try:
            async for text in socket:
                frame = json.loads(text)
                if frame[0] == 2:
                    await self._answer(socket, identity, frame)
                else:
                    self._resolve(frame)
        except ConnectionClosed:
            pass

    async def _answer(self, socket: ServerConnection, identity: str, frame: list[Any]) -> None:
        _, message_id, action, payload = frame
        self._check(action, payload)
        assert len(message_id) <= 36
        call = Received(identity, message_id, action, payload)
        self.received.append(call)
        if self.before_answer is not None:
            await self.before_answer(call)
        queued = self.answers[action]
        answer = queued.popleft() if queued else self._usual(call)
        if isinstance(answer, Refusal):
            await socket.send(json.dumps([4, message_id, answer.code, "refused by the test", {}]))
        elif not isinstance(answer, Silence):
            await socket.send(json.dumps([3, message_id, answer]))

    def _resolve(self, frame: list[Any]) -> None:
        if frame[1] not in self._calls:
            self.unasked.append(frame)
            return
        action, answer = self._calls[frame[1]]
        if frame[0] == 3:
            self._check(f"{action}Response", frame[2])
        answer.set_result(frame)

    def _check(self, schema: str, payload: object) -> None:
        self.errors += [f"{schema}: {error.message}" for error in validator(schema).iter_errors(payload)]

    def _usual(self, call: Received) -> dict[str, Any]:
        card = call.payload.get("idTag", "")
        info = {"idTagInfo": {"status": self.refused_cards.get(card, "Accepted")}}
        match call.action:
            case "BootNotification":
                return {"status": "Accepted", "currentTime": NOW, "interval": 300}
            case "Heartbeat":
                return {"currentTime": NOW}
            case "Authorize" | "StopTransaction":
                return info
            case "StartTransaction":
                self._transactions += 1
                return {"transactionId": self._transactions, **info}
            case "DataTransfer":
                return {"status": "UnknownVendorId"}
        return {}


@cache
def validator(name: str) -> Draft4Validator:
    return Draft4Validator(json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8-sig")))


@asynccontextmanager
async def running_central(**options: Any) -> AsyncIterator[Central]:
    """Run a central system on a free port; at the end every frame must have fitted its schema."""
    central = Central(**options)
    async with await listen(central) as server:
        central.port = server.sockets[0].getsockname()[1]
        yield central
    assert central.errors == []


async def listen(central: Central) -> Server:
    return await serve(
        central.handle,
        "127.0.0.1",
        central.port,
        subprotocols=[Subprotocol("ocpp1.6")],
        compression=None,
        close_timeout=0.2,
    )
