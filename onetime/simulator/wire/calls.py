"""One open socket: own CALLs one at a time, the other side's answered at once (OCPP-J 1.6, 4.1.1)."""

import asyncio
import itertools
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from onetime.simulator.vocabulary import JsonObject
from onetime.simulator.wire.frames import (
    Call,
    CallError,
    CallErrorFrame,
    CallResult,
    FrameError,
    NoAnswerError,
    NotConnectedError,
    decode,
)

FollowUp = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a CALL, and what the charger does once it has been sent."""

    payload: JsonObject
    then: FollowUp | None = None


Answer = Callable[[str, JsonObject], Reply]


class Wire:
    """Speak OCPP-J over one socket until it closes."""

    def __init__(
        self,
        socket: ClientConnection,
        answer: Answer,
        follow_up: Callable[[FollowUp], None],
        answer_seconds: float,
    ) -> None:
        self._socket = socket
        self._answer = answer
        self._follow_up = follow_up
        self._answer_seconds = answer_seconds
        self._turn = asyncio.Lock()
        self._ids = itertools.count(1)
        self._prefix = secrets.token_hex(4)
        self._pending: tuple[str, asyncio.Future[JsonObject]] | None = None

    async def call(self, action: str, payload: JsonObject) -> JsonObject:
        """Send a CALL when the one before is answered, and return the CALLRESULT's payload.

        Raises:
            CallError: the answer was a CALLERROR.
            NoAnswerError: no answer within the time allowed; a late one is dropped.
            NotConnectedError: the socket is closed, or closed before the answer.
        """
        async with self._turn:
            message_id = f"{self._prefix}-{next(self._ids)}"
            answer: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
            self._pending = (message_id, answer)
            try:
                await self._send(Call(message_id, action, payload).encode())
                async with asyncio.timeout(self._answer_seconds):
                    return await answer
            except TimeoutError as error:
                raise NoAnswerError(f"{action} was not answered within {self._answer_seconds} s") from error
            finally:
                self._pending = None

    async def run(self) -> None:
        """Read frames until the socket closes; then fail the CALL that waits."""
        try:
            while True:
                await self._take(await self._socket.recv())
        except (ConnectionClosed, NotConnectedError):
            pass
        finally:
            if self._pending is not None and not self._pending[1].done():
                self._pending[1].set_exception(NotConnectedError("the connection broke before the answer"))

    async def close(self) -> None:
        """Close with a closing handshake."""
        await self._socket.close()

    def abort(self) -> None:
        """Cut the connection without a word, as a lost cable does."""
        self._socket.transport.abort()

    async def _send(self, text: str) -> None:
        try:
            await self._socket.send(text)
        except ConnectionClosed as error:
            raise NotConnectedError("the connection is closed") from error

    async def _take(self, text: str | bytes) -> None:
        try:
            frame = decode(text)
        except FrameError as error:
            if error.message_id is not None:
                await self._send(CallErrorFrame(error.message_id, "FormationViolation", str(error)).encode())
            return
        if isinstance(frame, Call):
            await self._serve(frame)
        else:
            self._resolve(frame)

    async def _serve(self, call: Call) -> None:
        try:
            reply = self._answer(call.action, call.payload)
        except CallError as error:
            await self._send(CallErrorFrame(call.message_id, error.code, error.description).encode())
            return
        await self._send(CallResult(call.message_id, reply.payload).encode())
        if reply.then is not None:
            self._follow_up(reply.then)

    def _resolve(self, frame: CallResult | CallErrorFrame) -> None:
        if self._pending is None or self._pending[0] != frame.message_id or self._pending[1].done():
            return
        if isinstance(frame, CallResult):
            self._pending[1].set_result(frame.payload)
        else:
            self._pending[1].set_exception(CallError(frame.code, frame.description))
