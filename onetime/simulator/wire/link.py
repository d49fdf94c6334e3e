"""The connection a charger keeps: it dials again with growing pauses whenever the line is lost."""

import asyncio
import base64
import logging
import random
import ssl
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from onetime.simulator.background import Background
from onetime.simulator.clock import Clock
from onetime.simulator.vocabulary import JsonObject
from onetime.simulator.wire.calls import Answer, FollowUp, Reply, Wire
from onetime.simulator.wire.frames import CallError, NotConnectedError

logger = logging.getLogger("onetime.simulator")

SUBPROTOCOL = Subprotocol("ocpp1.6")
LONGEST_PAUSE = 60.0  # seconds between two attempts to connect, at most

Pause = Callable[[float], Awaitable[None]]


class Link:
    """Connect one charger to its central system and keep it connected while that is wanted.

    Who owns the link sets `answer` (the answer to a CALL), `opened` and `lost` (called at every change).
    """

    def __init__(
        self,
        url: str,
        identity: str,
        *,
        clock: Clock,
        background: Background,
        pause: Pause = asyncio.sleep,
        password: bytes | None = None,
        ssl_context: ssl.SSLContext | None = None,
        ping_seconds: float | None = 60.0,
        answer_seconds: float = 60.0,
    ) -> None:
        self.url = url
        self.identity = identity
        self.password = password
        self.online = asyncio.Event()
        self.answer: Answer = _answer_nothing
        self.opened: Callable[[], None] = _ignore
        self.lost: Callable[[], None] = _ignore
        self._clock = clock
        self._background = background
        self._pause = pause
        self._ssl = ssl_context
        self.ping_seconds = ping_seconds
        self._answer_seconds = answer_seconds
        self._jitter = random.Random(identity)
        self._wire: Wire | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Dial until the central system takes the call, and keep the line from then on."""
        if self._keeper is None:
            self._keeper = self._background.start(self._keep())
        await self.online.wait()

    async def close(self, *, politely: bool = True) -> None:
        """Hang up and dial no more; without politeness the socket is cut in mid-frame."""
        wire, keeper, self._keeper = self._wire, self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.wait([keeper])
        if wire is not None and politely:
            await wire.close()
        elif wire is not None:
            wire.abort()

    async def call(self, action: str, payload: JsonObject) -> JsonObject:
        """Send a CALL and return its answer; see `Wire.call` for what it raises."""
        if self._wire is None:
            raise NotConnectedError("the charger is offline")
        with self._clock.hold():
            return await self._wire.call(action, payload)

    async def _keep(self) -> None:
        attempt = 0
        while True:
            try:
                socket = await self._dial()
            except (OSError, InvalidHandshake) as error:
                logger.warning("%s", _sentence(error, self.url, self.identity))
                attempt += 1
                await self._pause(self._backoff(attempt))
                continue
            attempt = 0
            await self._speak(socket)
            logger.debug("%s lost the connection and dials again.", self.identity)
            await self._pause(self._jitter.uniform(0.1, 1.0))

    async def _speak(self, socket: ClientConnection) -> None:
        self._wire = Wire(socket, self.answer, self._follow_up, self._answer_seconds)
        self.online.set()
        self.opened()
        try:
            await self._wire.run()
        finally:
            self._wire = None
            self.online.clear()
            self.lost()

    async def _dial(self) -> ClientConnection:
        headers = {}
        if self.password is not None:
            credentials = self.identity.encode() + b":" + self.password
            headers["Authorization"] = "Basic " + base64.b64encode(credentials).decode()
        socket = await connect(
            f"{self.url.rstrip('/')}/{quote(self.identity, safe='')}",
            subprotocols=[SUBPROTOCOL],
            additional_headers=headers,
            user_agent_header="Onetime-simulator",
            compression=None,
            proxy=None,
            ssl=self._ssl,
            ping_interval=self.ping_seconds,
            close_timeout=2,
            max_queue=4,
        )
        if socket.subprotocol != SUBPROTOCOL:
            await socket.close()
            raise InvalidHandshake("it does not speak ocpp1.6")
        return socket

    def _follow_up(self, work: FollowUp) -> None:
        self._background.start(work())

    def _backoff(self, attempt: int) -> float:
        """Return 1, 2, 4 … seconds, give or take a quarter so that a garage does not return as one."""
        return float(min(2.0 ** (attempt - 1), LONGEST_PAUSE)) * self._jitter.uniform(0.75, 1.25)


def _answer_nothing(action: str, payload: JsonObject) -> Reply:
    raise CallError("NotImplemented", action)


def _ignore() -> None:
    """Do nothing; nobody listens yet."""


def _sentence(error: Exception, url: str, identity: str) -> str:
    """Say in one sentence why the connection failed."""
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        reasons = {401: "refuses the password of", 404: "does not know"}
        return f"The server {reasons.get(status, 'turns away')} {identity} (HTTP {status}); it will try again."
    if isinstance(error, ConnectionRefusedError):
        return f"Nothing answers at {url} (connection refused); is the server running? Trying again."
    if isinstance(error, TimeoutError):
        return f"The server at {url} takes too long to answer; trying again."
    return f"Cannot connect to {url} ({error}); trying again."
