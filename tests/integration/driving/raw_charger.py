"""A charger that speaks raw OCPP-J frames over a socket: it uses no OCPP library and repairs nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

ANSWER_WITHIN_S = 10.0


class RawCharger:
    """One socket to the gateway."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.commands: asyncio.Queue[list[Any]] = asyncio.Queue()
        self.answers: asyncio.Queue[list[Any] | None] = asyncio.Queue()
        self._number = 0
        self._reader = asyncio.create_task(self._read())

    @classmethod
    @asynccontextmanager
    async def connected(
        cls, url: str, subprotocols: tuple[str, ...] = ("ocpp1.6",), **options: Any
    ) -> AsyncIterator[Self]:
        async with connect(url, subprotocols=list(subprotocols) or None, ping_interval=None, **options) as socket:
            charger = cls(socket)
            try:
                yield charger
            finally:
                charger._reader.cancel()

    async def call(self, action: str, payload: Any, message_id: str | None = None) -> dict[str, Any]:
        """Send a call and return the payload of its result; a refusal fails the test."""
        answer = await self.exchange(action, payload, message_id)
        assert answer[0] == 3, answer
        result: dict[str, Any] = answer[2]
        return result

    async def exchange(self, action: str, payload: Any, message_id: str | None = None) -> list[Any]:
        """Send a call and return the whole frame that answers it."""
        self._number += 1
        message_id = message_id or f"m{self._number}"
        answer = await self.send_raw(json.dumps([2, message_id, action, payload]))
        assert answer[1] == message_id, answer
        return answer

    async def send_raw(self, frame: str) -> list[Any]:
        """Send any text and return the next answer. Raises ``ConnectionError`` when the socket closes instead."""
        await self.socket.send(frame)
        answer = await asyncio.wait_for(self.answers.get(), ANSWER_WITHIN_S)
        if answer is None:
            raise ConnectionError
        return answer

    async def command(self) -> list[Any]:
        """Return the next call of the central system."""
        return await asyncio.wait_for(self.commands.get(), ANSWER_WITHIN_S)

    async def answer(self, command: list[Any], payload: dict[str, Any]) -> None:
        """Answer a call of the central system."""
        await self.socket.send(json.dumps([3, command[1], payload]))

    async def refuse(self, command: list[Any], code: str, description: str = "") -> None:
        """Answer a call of the central system with a CALLERROR."""
        await self.socket.send(json.dumps([4, command[1], code, description, {}]))

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for frame in self.socket:
                content = json.loads(frame)
                await (self.commands if content[0] == 2 else self.answers).put(content)
        await self.answers.put(None)
