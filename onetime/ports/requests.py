"""How large a request to the pages, the API or the files may be: looked at before anything of it is read or kept."""

import asyncio
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onetime.budgets import BODY_BYTES, BODY_S, HEAD_BYTES, PATH_CHARACTERS, QUERY_CHARACTERS
from onetime.ports.doorman import PLACE, Place

TOO_LARGE = "The request is larger than Onetime takes.\n"
TOO_LONG = "The address is longer than any of Onetime's.\n"
TOO_MUCH = "The request has more headers than Onetime takes.\n"
TOO_SLOW = "The request did not come in time.\n"


class _NotTakenError(HTTPException):
    """A body that is larger, or slower, than it may be."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(status, sentence.strip(), {"Connection": "close"})


class BoundedRequests:
    """ASGI middleware. ``takes_file`` says for method and path whether the body is a file, which has other limits."""

    def __init__(self, app: ASGIApp, takes_file: Callable[[str, str], bool]) -> None:
        self._app = app
        self._takes_file = takes_file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse to."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        await _wait_for_turn(scope)
        if (refusal := _refusal(scope)) is not None:
            await _refuse(scope, receive, send, *refusal)
        elif scope["type"] == "websocket" or self._takes_file(scope["method"], scope["path"]):
            await self._app(scope, receive, send)
        else:
            await self._answer_small(scope, receive, send)

    async def _answer_small(self, scope: Scope, receive: Receive, send: Send) -> None:
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isascii() or not announced.isdigit() or len(announced) > 12 or int(announced) > BODY_BYTES:
            await _refuse(scope, receive, send, 413, TOO_LARGE)
            return
        body = _Body(receive)
        answer = _Answer(send)
        try:
            await self._app(scope, body, answer)
        except _NotTakenError as error:
            if body.problem is None or answer.has_begun:
                raise
            await _refuse(scope, receive, send, error.status_code, f"{error.detail}\n")


class _Body:
    """The body of a request as it comes, up to its limits."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._received = 0
        self._until: float | None = None
        self._is_whole = False
        self.problem: _NotTakenError | None = None

    async def __call__(self) -> Message:
        """Return the next piece. Raises ``_NotTakenError``."""
        if self.problem is not None:
            raise self.problem
        if self._is_whole:
            return await self._receive()  # whoever asks now waits for the other side to hang up
        loop = asyncio.get_running_loop()
        if self._until is None:
            self._until = loop.time() + BODY_S
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            self.problem = _NotTakenError(408, TOO_SLOW)
            raise self.problem from None
        self._received += len(message.get("body", b""))
        if self._received > BODY_BYTES:
            self.problem = _NotTakenError(413, TOO_LARGE)
            raise self.problem
        self._is_whole = message["type"] != "http.request" or not message.get("more_body")
        return message


class _Answer:
    """Sends an answer and remembers that it has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        self.has_begun = True
        await self._send(message)


async def _wait_for_turn(scope: Scope) -> None:
    """Wait, where more comes from one address than may: chargers need the loop too.

    Opening the live connection of a page costs as much as a message of it.
    """
    place = scope.get("state", {}).get(PLACE)
    if not isinstance(place, Place):
        return
    wait = place.request_wait() if scope["type"] == "http" else place.event_wait()
    if wait > 0:
        await asyncio.sleep(wait)


def _refusal(scope: Scope) -> tuple[int, str] | None:
    if len(scope.get("raw_path") or scope["path"]) > PATH_CHARACTERS or len(scope["query_string"]) > QUERY_CHARACTERS:
        return 414, TOO_LONG
    if sum(len(name) + len(value) + 4 for name, value in scope["headers"]) > HEAD_BYTES:
        return 431, TOO_MUCH
    return None


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, sentence: str) -> None:
    """Refuse, and close: what else is on its way is not read."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    await PlainTextResponse(sentence, status, {"Connection": "close"})(scope, receive, send)
