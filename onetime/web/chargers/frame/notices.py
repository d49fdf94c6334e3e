"""Tells a charger's open pages that what they show has changed: a message, a session, a step of an operation.

Each page watches a topic of its own, so that a page is only asked to read again what it shows. Between an event and
the asking lies a short pause, in which further events count as the same.
"""

from dataclasses import dataclass
from typing import Any

from onetime.events import EventBus
from onetime.texts import _
from onetime.web.frame.live.audience import Audience, SocketAudience
from onetime.web.frame.live.pushing import Push
from onetime.web.frame.running import part

HEAD = "head"  # the topic of what all pages of a charger show


@dataclass(frozen=True, slots=True)
class Notice:
    """After which ``events`` (each with a ``charger_id``) the pages that watch ``topic`` are asked to call what."""

    topic: str
    handler: str
    events: tuple[type, ...]
    pause_s: float


def topic_of(topic: str, charger_id: int) -> str:
    """Return the topic of one page of one charger."""
    return f"{topic} {charger_id}"


class ChargerNotices:
    """Asks the pages of chargers that changed to read again."""

    def __init__(self, audience: Audience, notice: Notice) -> None:
        self._audience = audience
        self._notice = notice
        self._chargers: set[int] = set()
        name = _("telling a charger's pages about “{topic}”", topic=notice.topic)
        self.push = Push(name, self._send, gather_s=notice.pause_s)

    async def run(self, bus: EventBus) -> None:
        """Send notices until cancelled."""
        await self.push.run(bus, *((kind, self._note) for kind in self._notice.events))

    def _note(self, event: Any) -> None:
        charger_id: int | None = event.charger_id
        if charger_id is not None and self._audience.watched(topic_of(self._notice.topic, charger_id)):
            self._chargers.add(charger_id)
            self.push.wake()

    async def _send(self) -> None:
        chargers, self._chargers = self._chargers, set()
        try:
            for charger_id in chargers:
                await self._audience.ask(topic_of(self._notice.topic, charger_id), self._notice.handler)
        except Exception:
            self._chargers |= chargers  # asked twice is better than not at all
            raise


async def watch_charger(socket: str, charger_id: int, topic: str) -> None:
    """Tell this browser what changes on one page of a charger, and on what all its pages show."""
    for watched in (HEAD, topic):
        await part(SocketAudience).enter(socket, topic_of(watched, charger_id))
