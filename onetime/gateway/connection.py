"""One socket of one charger: reads its calls, sends ours, one of each at a time."""

import asyncio
import itertools
import logging
import time
from collections import OrderedDict
from typing import Any

from ocpp.messages import get_validator
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from onetime.clock import utc_now
from onetime.gateway.engine import Reply, answer
from onetime.gateway.frames import CALL, Call, CallError, CallResult, Unreadable, encode_call, encode_error, parse
from onetime.gateway.journal import Journal
from onetime.services.commands import ChargerOfflineError, CommandFailedError, CommandTimedOutError
from onetime.services.live import LiveCharger
from onetime.services.runtime import Services
from onetime.texts import _

logger = logging.getLogger(__name__)

CALL_TIMEOUT_S = 60.0  # Mennekes 4Business answers up to a minute late (evcc #26837)
ANSWERS_KEPT = 32  # a charger repeats its last message, not one of an hour ago


class ChargerConnection:
    """The conversation with one charger over one socket."""

    def __init__(self, socket: ServerConnection, services: Services, charger: LiveCharger) -> None:
        self._socket = socket
        self._services = services
        self._journal = Journal(services, charger.id)
        self._turn = asyncio.Lock()  # one call outstanding (OCPP-J 1.6, section 4.1.1)
        self._ids = itertools.count(1)
        self._waiting: tuple[str, asyncio.Future[dict[str, Any]]] | None = None
        self._answers: OrderedDict[str, str] = OrderedDict()
        self.charger = charger
        self.heard_at = time.monotonic()
        self.answers_pings = False
        self.status_seen = False
        self.waits_for_acceptance = False
        self.accepted = asyncio.Event()

    async def serve(self) -> None:
        """Read and answer until the socket closes."""
        try:
            async for frame in self._socket:
                self.heard_at = time.monotonic()
                await self._take(frame if isinstance(frame, str) else frame.decode(errors="replace"))
        except ConnectionClosed:
            pass
        finally:
            self._give_up_waiting()

    async def call(self, action: str, payload: dict[str, Any], timeout_s: float = CALL_TIMEOUT_S) -> dict[str, Any]:
        """Send a call and return its answer; calls of others wait their turn.

        Raises ``ChargerOfflineError``, ``CommandTimedOutError``, ``CommandFailedError``, or
        ``jsonschema.ValidationError`` for a payload that OCPP 1.6 does not allow.
        """
        get_validator(CALL, action, "1.6").validate(payload)
        async with self._turn:
            message_id = f"onetime-{next(self._ids)}"
            future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
            self._waiting = (message_id, future)
            try:
                await self._send(encode_call(message_id, action, payload), action)
                return await asyncio.wait_for(future, timeout_s)
            except TimeoutError as error:
                msg = _(
                    "{identity} did not answer within {seconds} s.", identity=self.identity, seconds=round(timeout_s)
                )
                raise CommandTimedOutError(msg) from error
            except ConnectionClosed as error:
                raise self._offline() from error
            finally:
                self._waiting = None

    async def close(self, code: int, reason: str) -> None:
        """Close the socket; the charger is expected to come back."""
        await self._socket.close(code, reason)

    async def ping(self) -> None:
        """Ask for a sign of life without waiting for it."""
        try:
            pong = asyncio.ensure_future(await self._socket.ping())
        except ConnectionClosed:
            return
        pong.add_done_callback(self._ponged)

    @property
    def identity(self) -> str:
        """The charger's name."""
        return self.charger.identity

    def _ponged(self, pong: asyncio.Future[float]) -> None:
        if not pong.cancelled() and pong.exception() is None:
            self.answers_pings = True
            self.heard_at = time.monotonic()

    async def _take(self, text: str) -> None:
        if not text.strip():
            return  # an empty frame says nothing (SteVe #66)
        frame = parse(text)
        if isinstance(frame, Call):
            await self._answer(frame, text)
        elif isinstance(frame, CallResult | CallError):
            self._journal.received(text, utc_now(), None, None)
            self._settle(frame)
        else:
            await self._excuse(frame, text)

    async def _answer(self, call: Call, text: str) -> None:
        repeated = self._answers.get(call.message_id)
        received_at = utc_now()
        reply = Reply(repeated) if repeated else await answer(self._services, self.charger.id, call, text)
        self._journal.received(text, received_at, call.action, "sent again" if repeated else reply.problem)
        self._remember(call.message_id, reply.frame)
        self.status_seen = self.status_seen or call.action == "StatusNotification"
        await self._send(reply.frame, call.action)

    async def _excuse(self, frame: Unreadable, text: str) -> None:
        """Answer what can be answered of a broken frame: no call with an id stays without one."""
        self._journal.received(text, utc_now(), None, frame.reason)
        logger.warning("%s sent a frame that cannot be read: %s.", self.identity, frame.reason)
        if frame.message_id is not None:
            await self._send(encode_error(frame.message_id, "FormationViolation", frame.reason), None)

    async def _send(self, frame: str, action: str | None) -> None:
        await self._socket.send(frame)
        self._journal.sent(frame, utc_now(), action)

    def _remember(self, message_id: str, frame: str) -> None:
        self._answers[message_id] = frame
        while len(self._answers) > ANSWERS_KEPT:
            self._answers.popitem(last=False)

    def _settle(self, frame: CallResult | CallError) -> None:
        """Hand an answer to the call that waits for it; one that comes too late is dropped by its id."""
        if self._waiting is None or self._waiting[0] != frame.message_id or self._waiting[1].done():
            return
        future = self._waiting[1]
        if isinstance(frame, CallResult):
            future.set_result(frame.payload)
            return
        detail = f"{frame.code} {frame.description}".strip()
        msg = _("{identity} cannot do this ({detail}).", identity=self.identity, detail=detail)
        future.set_exception(CommandFailedError(msg, frame.code))

    def _give_up_waiting(self) -> None:
        if self._waiting is not None and not self._waiting[1].done():
            self._waiting[1].set_exception(self._offline())

    def _offline(self) -> ChargerOfflineError:
        return ChargerOfflineError(_("{identity} is not connected.", identity=self.identity))
