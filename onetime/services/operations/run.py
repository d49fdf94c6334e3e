"""One run of an operation: how it reaches its charger, what it has heard, and how it tells of itself."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from onetime.events import EventBus
from onetime.services.chargers.commands import CommandRejectedError, CommandService
from onetime.services.chargers.live import LiveBoard, LiveCharger, LiveConnector
from onetime.services.ocpp_actions.base import Payload
from onetime.services.operations.tools import Tools
from onetime.store.database import Database
from onetime.texts import Text, _

E = TypeVar("E")

REMEMBERED = 200  # events; a charger of 50 connectors reports a few for each after a boot


class OperationFailedError(Exception):
    """An operation did not do what was asked: a sentence, a ``code`` a program can tell it by, and what it did do."""

    def __init__(self, sentence: str, code: str = "failed", result: dict[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.result = result


class Run:
    """What a running operation works with. ``actor`` asked for it, about ``charger``."""

    def __init__(
        self,
        tools: Tools,
        charger: LiveCharger,
        actor: str,
        operation_id: int,
        tell: Callable[[Text, int | None], None],
    ) -> None:
        self.tools = tools
        self.charger = charger
        self.actor = actor
        self.operation_id = operation_id
        self._tell = tell
        self._heard: deque[object] = deque(maxlen=REMEMBERED)
        self._news = asyncio.Event()
        self._online = charger.online
        self._unsubscribe: list[Callable[[], None]] = []

    @property
    def commands(self) -> CommandService:
        """The way to the charger."""
        return self.tools.commands

    @property
    def live(self) -> LiveBoard:
        """What every charger and connector shows at this moment."""
        return self.tools.live

    @property
    def bus(self) -> EventBus:
        """Where events are published."""
        return self.tools.bus

    @property
    def database(self) -> Database:
        """The house's database."""
        return self.tools.database

    def connector(self, number: int) -> LiveConnector | None:
        """Return a connector of the charger, or None for one it has never named."""
        return self.charger.connectors.get(number)

    def step(self, text: Text, percent: int | None = None) -> None:
        """Tell what is happening, and how far it has come where that is known (0–100)."""
        self._tell(text, percent)

    async def send(self, request: Payload) -> dict[str, Any]:
        """Send a request and return the charger's answer, as it came. Raises ``CommandError``."""
        return await self.commands.send(self.charger.id, request, self.actor)

    async def expect_accepted(self, request: Payload) -> dict[str, Any]:
        """Send a request and return the answer. Raises ``CommandRejectedError`` unless its status is Accepted."""
        answer = await self.send(request)
        status = str(answer.get("status", ""))
        if status != "Accepted":
            msg = _("{identity} answered “{status}”.", identity=self.charger.identity, status=status or "nothing")
            raise CommandRejectedError(msg)
        return answer

    async def wait_for(
        self,
        kind: type[E] | tuple[type[E], ...],
        predicate: Callable[[E], bool],
        timeout_s: float,
        otherwise: Text | Callable[[], Text],
        code: str = "timed-out",
    ) -> E:
        """Return the first event of ``kind`` that ``predicate`` holds for, and that was not returned before.

        It may have come since the run began: a consequence sometimes overtakes the answer. Of other chargers nothing
        is heard, where the event says whose it is. Raises ``OperationFailedError`` when none comes within
        ``timeout_s`` seconds: with the sentence ``otherwise``, which may be worked out then, and with ``code``.
        """
        try:
            async with asyncio.timeout(timeout_s):
                return await self._next(kind, predicate)
        except TimeoutError:
            if not self.charger.online:
                msg = _("{identity} lost its connection, and has not come back.", identity=self.charger.identity)
                raise OperationFailedError(msg, "charger-offline") from None
            raise OperationFailedError(otherwise() if callable(otherwise) else otherwise, code) from None

    def forget(self) -> None:
        """Let ``wait_for`` go by what happens from here on only."""
        self._heard.clear()

    def listen(self, kinds: tuple[type, ...]) -> None:
        """Hear these events from now on, until ``deafen``."""
        ours = self.charger.id
        self._unsubscribe = [
            self.bus.subscribe(kind, self._hear, ours if hasattr(kind, "charger_id") else None) for kind in kinds
        ]

    def deafen(self) -> None:
        """Hear nothing more."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe = []

    async def _next(self, kind: type[E] | tuple[type[E], ...], predicate: Callable[[E], bool]) -> E:
        while True:
            self._news.clear()
            for event in self._heard:
                if isinstance(event, kind) and predicate(event):
                    self._heard.remove(event)
                    return event
            await self._news.wait()

    def _hear(self, event: Any) -> None:
        if self._is_ours(event):
            self._heard.append(event)
            self._news.set()
            self._notice_connection()

    def _notice_connection(self) -> None:
        if self.charger.online == self._online:
            return
        self._online = self.charger.online
        if self._online:
            self.step(_("{identity} is connected again.", identity=self.charger.identity))
        else:
            self.step(_("{identity} lost its connection.", identity=self.charger.identity))

    def _is_ours(self, event: Any) -> bool:
        if (connector_id := getattr(event, "connector_id", None)) is not None:
            return any(connector.id == connector_id for connector in self.charger.connectors.values())
        return True
