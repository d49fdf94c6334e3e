"""One socket of one charger: reads its calls, sends ours, one of each at a time."""

import asyncio
import logging
import re
import time
from collections import OrderedDict
from typing import Any

import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from onetime.budgets import WAITING_FRAMES_AT_ONCE, WAITING_FRAMES_PER_S
from onetime.clock import utc_now
from onetime.gateway.frames.answering import Reply, answer
from onetime.gateway.frames.express import ACTION as METER_VALUES
from onetime.gateway.frames.express import Express
from onetime.gateway.frames.journal import Journal
from onetime.gateway.frames.repairs import Repair
from onetime.gateway.frames.syntax import Call, CallError, CallResult, Unreadable, encode_error, parse
from onetime.gateway.sockets.charger_socket import ChargerSocket
from onetime.gateway.sockets.door import trust
from onetime.gateway.sockets.outbox import THE_HOUSE, Outbox
from onetime.gateway.sockets.reached_address import reached_by
from onetime.gateway.sockets.throttle import Throttle
from onetime.models import Registration
from onetime.ports.pace import Pace
from onetime.services.chargers.live import LiveCharger
from onetime.services.ocpp_actions.base import Payload
from onetime.services.ocpp_actions.table import action_of
from onetime.services.runtime import Services
from onetime.services.security.admission import Admission

logger = logging.getLogger(__name__)

ANSWERS_KEPT = 32  # a charger repeats its last message, not one of an hour ago
ID_LIMIT = 64  # characters of a message id worth remembering; OCPP-J 1.6, section 4.1.4, allows 36
NUMBER_DIGITS = 3  # of a connector
OF_ONE_SESSION = {"StartTransaction": "connectorId", "StopTransaction": "transactionId"}  # and what tells which
TELLS_TIME = ("Heartbeat", "BootNotification")  # their answers hold the time, so that of an earlier one is wrong


class ChargerConnection:
    """The conversation with one charger over one socket."""

    def __init__(self, socket: ChargerSocket, services: Services, charger: LiveCharger, admission: Admission) -> None:
        self._socket = socket
        self._services = services
        self._journal = Journal(services, charger.id)
        self._throttle = Throttle()
        self._patience = Pace(WAITING_FRAMES_AT_ONCE, WAITING_FRAMES_PER_S)
        self._answers: OrderedDict[str, tuple[int, str]] = OrderedDict()
        self._used_for_many: str | None = None
        self._express = Express(services, charger.id, self._journal, self._answers.__contains__, self._answer_at_once)
        timeout_s, once = services.settings.command_timeout_s, services.background.once
        self.outbox = Outbox(charger.identity, timeout_s, self._send_call, self._give_up, once)
        self.charger = charger
        self.admission = admission
        self.reached = reached_by(socket)
        self.heard_at = time.monotonic()
        self.booted_at: float | None = None
        self.boot_refused = False
        self.answers_pings = False
        self.status_seen: set[int] = set()
        self.status_news = asyncio.Event()
        self.waits_for_acceptance = False
        self.accepted = asyncio.Event()
        self._is_abandoned = False

    async def serve(self) -> None:
        """Read and answer until the socket closes, no faster than one charger may speak."""
        self._socket.take = self._take_at_once
        try:
            async for frame in self._socket:
                await self._express.rest()
                if self._is_abandoned:
                    break
                now = self.heard_at = time.monotonic()
                await self._take(frame if isinstance(frame, str) else frame.decode(errors="replace"))
                wait = self._throttle.delay(len(frame), now)
                if self.charger.registration is not Registration.ACCEPTED:
                    wait = max(wait, self._patience.wait(now))
                if wait > 0:
                    await asyncio.sleep(wait)
                self._socket.answered()
        except ConnectionClosed:
            pass
        finally:
            self._socket.take = None
            self.outbox.close()

    async def call(self, action: str, payload: dict[str, Any], asked_by: str) -> dict[str, Any]:
        """Send a call and return its answer; calls of others wait their turn. Raises ``CommandError``."""
        return await self.outbox.call(action, payload, asked_by)

    async def ask(self, request: Payload) -> dict[str, Any]:
        """Send what the house itself wants to know. Raises ``CommandError``."""
        return await self.outbox.call(action_of(request).name, request.wire(), THE_HOUSE)

    def trust(self) -> None:
        """Let the charger say all it has to say: the house has accepted it."""
        trust(self._socket)

    async def close(self, code: int, reason: str) -> None:
        """Close the socket; the charger is expected to come back."""
        await self._socket.close(code, reason)

    def abandon(self) -> None:
        """End the socket at once, and take nothing more from it."""
        self._is_abandoned = True
        self._socket.take = None
        self._socket.transport.abort()

    async def ping(self) -> None:
        """Ask for a sign of life without waiting for it."""
        try:
            pong = asyncio.ensure_future(await self._socket.ping())  # the socket's own; it ends with the socket
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

    def _take_at_once(self, data: bytes) -> bool:
        """Take a plain reading the short way, as long as the charger speaks no faster than it may."""
        now = time.monotonic()
        if not self._throttle.is_free(now) or not self._express.take(data):
            return False
        self.heard_at = now
        self._throttle.delay(len(data), now)
        return True

    def _answer_at_once(self, message_id: str, text: str, frame: str) -> None:
        self._socket.say(frame.encode())
        self._remember(message_id, METER_VALUES, text, frame)

    async def _take(self, text: str) -> None:
        if not text.strip():
            return  # an empty frame says nothing (SteVe #66)
        frame = parse(text)
        if isinstance(frame, Call):
            await self._answer(frame, text)
        elif isinstance(frame, CallResult | CallError):
            if self.outbox.asked(frame.message_id):  # what answers nothing is no use to anybody, and may be anything
                self._journal.answered(frame, text, utc_now(), self.outbox.secret(frame.message_id))
                self.outbox.settle(frame)
        else:
            await self._excuse(frame, text)

    async def _answer(self, call: Call, text: str) -> None:
        received_at = utc_now()
        repeated = self._repeated(call, text)
        reply = Reply(repeated) if repeated else await answer(self._services, self.charger.id, call, text)
        self._journal.received(text, received_at, call.action, "sent again" if repeated else reply.problem)
        if reply.repair is not None:
            self._services.chargers.repairs.add(self.charger.id, reply.repair, received_at)
        self._remember(call.message_id, call.action, text, reply.frame)
        if call.action == "StatusNotification" and reply.frame.startswith("[3"):
            self._note_status(call.payload)
        elif call.action == "BootNotification":
            self.booted_at = time.monotonic()
            self.boot_refused = not reply.frame.startswith("[3")
        await self._send(reply.frame, call.action)

    def _note_status(self, payload: bytes) -> None:
        """Remember which connector has told its state; one whose number cannot be read counts as the charger."""
        try:
            content = msgspec.json.decode(payload)
        except msgspec.DecodeError:
            content = None
        number = str(content.get("connectorId")).strip() if isinstance(content, dict) else ""
        self.status_seen.add(int(number) if number.isdecimal() and len(number) <= NUMBER_DIGITS else 0)
        self.status_news.set()

    async def _excuse(self, frame: Unreadable, text: str) -> None:
        """Answer what can be answered of a broken frame: no call with an id stays without one."""
        received_at = utc_now()
        self._journal.received(text, received_at, None, frame.reason)
        self._services.chargers.repairs.add(self.charger.id, Repair.UNREADABLE, received_at)
        logger.debug("%s sent a frame that cannot be read: %s.", self.identity, frame.reason)
        if frame.message_id is not None:
            await self._send(encode_error(frame.message_id, "FormationViolation", frame.reason), None)

    async def _send(self, frame: str, action: str | None) -> None:
        await self._socket.send(frame)
        self._journal.sent(frame, utc_now(), action)

    async def _send_call(self, frame: str, action: str, payload: dict[str, Any]) -> None:
        await self._socket.send(frame)
        self._journal.called(frame, utc_now(), action, payload)

    async def _give_up(self) -> None:
        await self.close(CloseCode.GOING_AWAY, "calls stay unanswered")

    def _repeated(self, call: Call, text: str) -> str | None:
        """Return the answer to the same message, if it came before over this socket (MicroOcpp #50)."""
        known = self._answers.get(call.message_id)
        if known is None or known[0] != self._content(call.message_id, call.action, text):
            return None
        return known[1] or None

    def _content(self, message_id: str, action: str, text: str) -> int:
        """Return what two frames of one id have in common when they are one message.

        A start or a stop right after another one of the same id is that one, whatever its register says by now, if it
        is of the same connector or session. An id that is used for everything proves nothing at all.
        """
        if action not in OF_ONE_SESSION or message_id == self._used_for_many:
            return hash(text)
        return hash((action, _subject(text, OF_ONE_SESSION[action])))

    def _remember(self, message_id: str, action: str, text: str, frame: str) -> None:
        """Keep an answer for the case that the charger sends its message again; a refusal is tried again instead."""
        if len(message_id) > ID_LIMIT or not frame.startswith("[3"):
            self._answers.pop(message_id, None)
            return
        content = self._content(message_id, action, text)
        if message_id in self._answers and self._answers[message_id][0] != content:
            self._used_for_many = message_id
            content = self._content(message_id, action, text)
        self._answers[message_id] = (content, "" if action in TELLS_TIME else frame)
        if len(self._answers) > ANSWERS_KEPT:
            self._answers.popitem(last=False)


def _subject(text: str, name: str) -> str:
    """Return the connector or session a call is about, as it stands there."""
    found = re.search(rf'"{name}"\s*:\s*"?(-?\d+)', text)
    return found.group(1) if found else ""
