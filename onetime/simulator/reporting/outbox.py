"""The queue of transaction messages: in order, kept while offline, tried again when refused (OCPP 1.6, 3.7)."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from onetime.simulator.station.configuration import Configuration
from onetime.simulator.station.transaction import Transaction
from onetime.simulator.vocabulary import JsonObject
from onetime.simulator.wire.frames import CallError, NoAnswerError, NotConnectedError
from onetime.simulator.wire.link import Pause

UNKNOWN_TRANSACTION = -1  # what a charger puts for an id it never got (errata 3.54)

Call = Callable[[str, JsonObject], Awaitable[JsonObject]]


@dataclass(eq=False, slots=True)
class TransactionMessage:
    """A StartTransaction, MeterValues or StopTransaction that must reach the central system."""

    action: str
    payload: JsonObject
    transaction: Transaction
    at: datetime
    failures: int = 0

    def to_send(self) -> JsonObject:
        """Return the payload with the transaction's id, which is known only once the start was answered."""
        number = self.transaction.number
        if self.action == "StartTransaction" or (self.action == "MeterValues" and number is None):
            return self.payload
        return {**self.payload, "transactionId": UNKNOWN_TRANSACTION if number is None else number}


class Outbox:
    """Deliver transaction messages one after the other, for as long as it takes.

    A message that got no answer is sent again, under a new message id. One that was answered with CALLERROR is tried
    `TransactionMessageAttempts` times, with `TransactionMessageRetryInterval` × the number of attempts between
    them, and dropped then. Who owns the outbox sets `confirmed` (an answer came) and `changed` (so did the queue).
    """

    def __init__(
        self,
        call: Call,
        ready: asyncio.Event,
        configuration: Configuration,
        pause: Pause,
    ) -> None:
        self.messages: deque[TransactionMessage] = deque()
        self.dropped = 0
        self.confirmed: Callable[[TransactionMessage, JsonObject], None] = _ignore_answer
        self.changed: Callable[[], None] = _ignore_change
        self._call = call
        self._ready = ready
        self._configuration = configuration
        self._pause = pause
        self._filled = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._resting = asyncio.Event()
        self._waits_for_retry = False

    def push(self, *messages: TransactionMessage) -> None:
        """Put messages at the end of the queue."""
        self.messages.extend(messages)
        if self.messages:
            self._filled.set()
            self._empty.clear()
            self.changed()

    async def settled(self) -> None:
        """Wait until every message was tried, or cannot be tried for now."""
        if self.messages and self._ready.is_set() and not self._waits_for_retry:
            self._resting.clear()
            await self._resting.wait()

    async def emptied(self) -> None:
        """Wait until every message is answered or dropped, however long the server is away."""
        await self._empty.wait()

    async def run(self) -> None:
        """Deliver for ever."""
        while True:
            await self._filled.wait()
            if not self._ready.is_set():
                self._resting.set()
                await self._ready.wait()
            await self._deliver(self.messages[0])
            if not self.messages:
                self._filled.clear()
                self._empty.set()
                self._resting.set()

    async def _deliver(self, message: TransactionMessage) -> None:
        try:
            answer = await self._call(message.action, message.to_send())
        except CallError:
            await self._refused(message)
        except NotConnectedError:
            await asyncio.sleep(0)  # lets the link notice that it is down
        except NoAnswerError:
            await self._wait_before_retry(1)
        else:
            self.messages.popleft()
            self.confirmed(message, answer)
            self.changed()

    async def _refused(self, message: TransactionMessage) -> None:
        message.failures += 1
        if message.failures >= self._configuration.number("TransactionMessageAttempts"):
            self.messages.popleft()
            self.dropped += 1
        else:
            await self._wait_before_retry(message.failures)

    async def _wait_before_retry(self, attempts: int) -> None:
        self._waits_for_retry = True
        self._resting.set()
        await self._pause(attempts * self._configuration.number("TransactionMessageRetryInterval"))
        self._waits_for_retry = False


def _ignore_answer(message: TransactionMessage, answer: JsonObject) -> None:
    """Do nothing; nobody listens yet."""


def _ignore_change() -> None:
    """Do nothing; nobody listens yet."""
