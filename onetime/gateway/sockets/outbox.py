"""Our calls to one charger over one socket: one at a time, the others wait their turn.

Defined in OCPP-J 1.6, section 4.1.1: a call is sent after the one before it was answered, or has timed out.
"""

import asyncio
import itertools
import json
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from websockets.exceptions import ConnectionClosed

from onetime.background import Once
from onetime.clock import utc_now
from onetime.gateway.frames.syntax import CallError, CallResult, encode_call
from onetime.services.chargers.commands import (
    ChargerOfflineError,
    CommandError,
    CommandFailedError,
    CommandQueueFullError,
    CommandTimedOutError,
    ConnectionLostError,
    OutstandingCommand,
)
from onetime.services.chargers.secrets import masked, secret_of, without_secrets
from onetime.texts import _

logger = logging.getLogger(__name__)

SENT_KEPT = 64  # calls whose late answers are still written down
QUEUE_LIMIT = 50  # commands; a charger that answers each within a second needs a minute for them
THE_HOUSE = "Onetime"  # who asks what nobody asked for
SENTENCE_LIMIT = 255  # characters of a CALLERROR's description (OCPP-J 1.6, section 4.2.3)
UNANSWERED_LIMIT = 3  # calls in a row; some chargers only hear again after a reconnect (mobilityhouse #338, #626)

Send = Callable[[str, str, dict[str, Any]], Awaitable[None]]


@dataclass(slots=True)
class _Entry:
    """One call and the future its caller waits for."""

    command: OutstandingCommand
    payload: dict[str, Any]
    answer: asyncio.Future[dict[str, Any]]

    def fail(self, error: CommandError) -> None:
        """Tell the caller, unless it has gone."""
        if not self.answer.done():
            self.answer.set_exception(error)


class Outbox:
    """The calls of one connection.

    ``send`` writes a frame; ``give_up`` closes a socket that answers nothing; ``once`` runs what sends the calls.
    """

    def __init__(
        self, identity: str, timeout_s: float, send: Send, give_up: Callable[[], Awaitable[None]], once: Once
    ) -> None:
        self._identity = identity
        self._timeout_s = timeout_s
        self._send = send
        self._give_up = give_up
        self._once = once
        self._ids = itertools.count(1)
        self._queue: deque[_Entry] = deque()
        self._sent: deque[str] = deque(maxlen=SENT_KEPT)
        self._worker: asyncio.Task[None] | None = None
        self._waiting: tuple[str, asyncio.Future[CallResult | CallError]] | None = None
        self._secret: str | None = None
        self._unanswered = 0
        self._closed = False
        self._used_at = time.monotonic()

    async def call(self, action: str, payload: dict[str, Any], asked_by: str) -> dict[str, Any]:
        """Send a call when its turn comes and return the answer.

        A caller that goes away takes its call out of the queue, unless it has been sent. Raises
        ``ChargerOfflineError``, ``CommandQueueFullError``, ``CommandTimedOutError`` or ``CommandFailedError``.
        """
        if self._closed:
            raise self._offline()
        if len(self._queue) >= QUEUE_LIMIT:
            msg = _("{count} commands already wait for {identity}.", count=QUEUE_LIMIT, identity=self._identity)
            raise CommandQueueFullError(msg)
        command = OutstandingCommand(action, asked_by, utc_now())
        entry = _Entry(command, payload, asyncio.get_running_loop().create_future())
        self._enqueue(entry)
        if self._worker is None:
            self._begin()
        return await entry.answer

    def asked(self, message_id: str) -> bool:
        """Say whether this answers one of our latest calls, be it too late."""
        return message_id in self._sent

    def settle(self, frame: CallResult | CallError) -> None:
        """Hand an answer to the call that waits for it; one that comes too late is dropped by its id."""
        self._unanswered = 0  # late as it may be, the charger hears us (Mennekes 4Business; evcc #26837)
        if self._waiting is not None and self._waiting[0] == frame.message_id and not self._waiting[1].done():
            self._waiting[1].set_result(frame)

    def secret(self, message_id: str) -> str | None:
        """Return what an answer to this call must not show, where the call held a secret."""
        is_waited_for = self._waiting is not None and self._waiting[0] == message_id
        return self._secret if is_waited_for else None

    def idle_s(self) -> float:
        """Return for how many seconds nothing has been asked of the charger; 0 while something is."""
        return 0.0 if self._queue else time.monotonic() - self._used_at

    def outstanding(self) -> list[OutstandingCommand]:
        """Return the calls without an answer, the one that was sent first."""
        return [entry.command for entry in self._queue if not entry.answer.done()]

    def close(self) -> None:
        """Tell every caller that the charger has gone."""
        self._closed = True
        if self._worker is not None:
            self._worker.cancel()
        while self._queue:
            entry = self._queue.popleft()
            entry.fail(self._offline() if entry.command.sent_at is None else self._lost())

    def _enqueue(self, entry: _Entry) -> None:
        """Let what somebody asked for pass what the house itself would like to know, but for the call under way."""
        place = len(self._queue)
        if entry.command.asked_by != THE_HOUSE:
            later = enumerate(self._queue)
            place = next((at for at, other in later if at and other.command.asked_by == THE_HOUSE), place)
        self._queue.insert(place, entry)

    async def _work(self) -> None:
        """Send what is queued, one call after the other, and end when there is nothing more."""
        while self._queue:
            entry = self._queue[0]
            try:
                if not entry.answer.done():
                    await self._exchange(entry)
            except Exception:
                entry.fail(CommandError(_("An unexpected error; the log says more.")))
                self._leave(entry)
                self._begin()  # the calls behind it must not wait for ever
                raise
            self._leave(entry)
        self._worker = None

    def _begin(self) -> None:
        self._worker = self._once(f"calls to {self._identity}", self._work())

    def _leave(self, entry: _Entry) -> None:
        if self._queue and self._queue[0] is entry:
            self._queue.popleft()
        self._used_at = time.monotonic()

    async def _exchange(self, entry: _Entry) -> None:
        message_id = f"onetime-{next(self._ids)}"
        self._sent.append(message_id)
        future: asyncio.Future[CallResult | CallError] = asyncio.get_running_loop().create_future()
        self._waiting = (message_id, future)
        self._secret = secret_of(entry.command.action, entry.payload)
        entry.command.sent_at = utc_now()
        action = entry.command.action
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._send(encode_call(message_id, action, entry.payload), action, entry.payload)
                frame = await future
        except TimeoutError:
            entry.fail(self._timed_out())
            await self._count_unanswered()
        except ConnectionClosed:
            entry.fail(self._offline())  # it could not be sent any more
        else:
            self._tell(entry, frame)
        finally:
            self._waiting = None

    def _tell(self, entry: _Entry, frame: CallResult | CallError) -> None:
        if isinstance(frame, CallError):
            description, details = self._without_secret(frame)
            told = description if _is_sentence(description) else ""
            msg = _(
                "{identity} cannot do this ({detail}).", identity=self._identity, detail=f"{frame.code} {told}".strip()
            )
            entry.fail(CommandFailedError(msg, frame.code, description, details))
        elif not entry.answer.done():
            entry.answer.set_result(frame.payload)

    def _without_secret(self, frame: CallError) -> tuple[str, dict[str, Any]]:
        """Return what a charger says to its error; some repeat what they were sent, a password too."""
        details: dict[str, Any] = without_secrets(frame.details)
        if self._secret is None:
            return frame.description, details
        details = json.loads(masked(json.dumps(details, ensure_ascii=False), self._secret))
        return masked(frame.description, self._secret), details

    async def _count_unanswered(self) -> None:
        self._unanswered += 1
        if self._unanswered >= UNANSWERED_LIMIT:
            logger.warning("%s left %d calls unanswered; its socket is closed.", self._identity, self._unanswered)
            self._unanswered = 0
            await self._give_up()

    def _timed_out(self) -> CommandTimedOutError:
        seconds = round(self._timeout_s)
        return CommandTimedOutError(
            _("{identity} did not answer within {seconds} s.", identity=self._identity, seconds=seconds)
        )

    def _lost(self) -> ConnectionLostError:
        return ConnectionLostError(_("{identity} hung up before it answered.", identity=self._identity))

    def _offline(self) -> ChargerOfflineError:
        return ChargerOfflineError(_("{identity} is not connected.", identity=self._identity))


def _is_sentence(description: str) -> bool:
    """Say whether a charger's description is meant for people; some quote the JSON they did not like."""
    return len(description) <= SENTENCE_LIMIT and not set(description) & set('{}[]"\\')
