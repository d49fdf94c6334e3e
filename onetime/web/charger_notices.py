"""Tells a charger's open page that its lists have something new: a message, a session.

A page is told a moment after the last one, and at most once a second or so.
"""

import asyncio
from typing import Protocol

from onetime.events import ChargerChanged, EventBus, MessageSeen
from onetime.web.live_feed import charger_topic

PAUSE_S = 1.2  # reading its lists again makes the page store the messages first


class Audience(Protocol):
    """The browsers that watch, as ``onetime.web.audience`` reaches them."""

    async def ask(self, topic: str, event_name: str) -> None:
        """Make the browsers that watch a topic call an event handler."""
        ...

    def watched(self, topic: str) -> bool:
        """Say whether anybody watches a topic."""
        ...


class ChargerNotices:
    """Asks the pages of chargers that said something to read their lists again."""

    def __init__(self, audience: Audience, refresh_event: str) -> None:
        self._audience = audience
        self._refresh_event = refresh_event
        self._chargers: set[int] = set()
        self._wake = asyncio.Event()

    async def run(self, bus: EventBus) -> None:
        """Send notices until cancelled."""
        subscriptions = [
            bus.subscribe(MessageSeen, lambda event: self._notice(event.charger_id)),
            bus.subscribe(ChargerChanged, lambda event: self._notice(event.charger_id)),
        ]
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                await asyncio.sleep(PAUSE_S)
                await self._send()
        finally:
            for unsubscribe in subscriptions:
                unsubscribe()

    def _notice(self, charger_id: int) -> None:
        if self._audience.watched(charger_topic(charger_id)):
            self._chargers.add(charger_id)
            self._wake.set()

    async def _send(self) -> None:
        chargers, self._chargers = self._chargers, set()
        for charger_id in chargers:
            await self._audience.ask(charger_topic(charger_id), self._refresh_event)
