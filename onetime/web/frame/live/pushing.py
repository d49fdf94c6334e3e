"""The loop that keeps open pages up to date: it sends what has changed, at once and then at most so often.

A send that fails is made again after a pause that doubles up to ``LONGEST_PAUSE_S``. The first failure is logged with
its trace, those after it only counted; while they last, every page says so. ``onetime.background`` keeps the loop
itself running, and the pages end it when they end.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol

from onetime.events import EventBus
from onetime.texts import Text, _

logger = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0  # people look at what is old for no longer than this once it can be sent again

Listener = tuple[type, Callable[[Any], None]]


class Push:
    """One such loop, under the name people read where it fails.

    ``send`` sends what has changed. Where it raises, it is called again and has to send what did not arrive.
    Between ``wake`` and a send lie ``gather_s`` seconds, in which more may change; after a send it rests for
    ``rest_s``. With ``look_every_s`` it is also called when nothing woke it for so long.
    """

    def __init__(
        self,
        name: Text,
        send: Callable[[], Awaitable[None]],
        *,
        gather_s: float = 0.0,
        rest_s: float = 0.0,
        look_every_s: float | None = None,
    ) -> None:
        self.name = name
        self.failures = 0  # in a row, up to now
        self._send = send
        self._gather_s = gather_s
        self._rest_s = rest_s
        self._look_every_s = look_every_s
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Send soon: something has changed."""
        self._wake.set()

    def trouble(self) -> Text | None:
        """Return what to tell people while nothing can be sent, or None."""
        if not self.failures:
            return None
        return _(
            "Open pages may show what is old. This fails, and is tried again: {name}. The log says why.", name=self.name
        )

    async def run(self, bus: EventBus, *listeners: Listener) -> None:
        """Listen and send until cancelled; the first time at once, for nobody knows what happened before."""
        subscriptions = [bus.subscribe(kind, listener) for kind, listener in listeners]
        self._wake.set()
        try:
            while True:
                await self._something_to_send()
                await asyncio.sleep(self._gather_s)
                await asyncio.sleep(await self._send_or_note())
        finally:
            for unsubscribe in subscriptions:
                unsubscribe()

    async def _something_to_send(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._look_every_s):
                await self._wake.wait()
        self._wake.clear()

    async def _send_or_note(self) -> float:
        """Send, and return how many seconds to wait before anything else."""
        try:
            await self._send()
        except Exception as error:
            self.failures += 1
            if self.failures == 1:
                logger.exception("“%s” failed; it is tried again until it succeeds.", self.name)
            else:
                logger.debug("“%s” failed %d times in a row: %s", self.name, self.failures, error)
            self._wake.set()
            return float(min(FIRST_PAUSE_S * 2 ** min(self.failures - 1, 10), LONGEST_PAUSE_S))
        if self.failures:
            logger.warning("“%s” succeeds again, after %d failures.", self.name, self.failures)
        self.failures = 0
        return self._rest_s


class Telling(Protocol):
    """What tells open pages something, in a loop of its own."""

    push: Push

    async def run(self, bus: EventBus) -> None:
        """Send changes until cancelled."""
        ...


def trouble_of(telling: Iterable[Telling]) -> Text | None:
    """Return the first trouble there is among them, or None."""
    return next((trouble for each in telling if (trouble := each.push.trouble()) is not None), None)
