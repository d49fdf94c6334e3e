"""Tells every open page what is wrong with the house, and those who decide how much waits for them.

Trouble is a property in memory, so it is looked at once a second; the inbox is counted when something has changed.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from onetime.events import EventBus, ReviewsChanged, TransactionChanged
from onetime.store.group_commit import DatabaseError
from onetime.texts import LANGUAGES, Text, _, say
from onetime.web.frame.live.audience import Audience, SocketAudience
from onetime.web.frame.live.browser_copy import delta, variable
from onetime.web.frame.live.house_state import HouseNotice
from onetime.web.frame.live.pushing import Push
from onetime.web.frame.running import part

HOUSE = "house"
HOUSE_IN_FULL = "house in full"
REVIEWS = "reviews"
REVIEW_LIST = "review list"
LOOK_EVERY_S = 1.0


class HouseNotices:
    """Sends the house's trouble and the count of the inbox, at once and when they change."""

    def __init__(
        self,
        audience: Audience,
        trouble: Callable[[], Text | None],
        trouble_for_all: Callable[[], Text | None],
        count: Callable[[], Awaitable[int]],
        refresh_event: str,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._audience = audience
        self._looks = {HOUSE: trouble_for_all, HOUSE_IN_FULL: trouble}
        self._count = count
        self._refresh_event = refresh_event
        self._told: dict[str, dict[str, str]] = {HOUSE: {}, HOUSE_IN_FULL: {}}
        self._reviews = 0
        self._changed = True
        self.push = Push(_("telling pages about the house"), self._send_changes, look_every_s=look_every_s)

    async def run(self, bus: EventBus) -> None:
        """Send changes until cancelled."""
        await self.push.run(bus, (ReviewsChanged, self._note), (TransactionChanged, self._note))

    async def enter(self, socket: str) -> None:
        """Let a browser see the house's trouble from now on, as far as anybody may know of it."""
        await self._enter(socket, HOUSE)

    async def enter_in_full(self, socket: str) -> None:
        """Let a browser see the house's trouble with the names of what it is about, after ``enter``."""
        await self._enter(socket, HOUSE_IN_FULL)

    async def enter_reviews(self, socket: str) -> None:
        """Let a browser see how much waits for a decision."""
        await self._audience.enter(socket, REVIEWS)
        await self._audience.write_to(socket, _delta(reviews=self._reviews))

    async def _enter(self, socket: str, topic: str) -> None:
        await self._audience.enter(socket, topic)
        await self._audience.write_to(socket, _delta(trouble=said(self._looks[topic]())))

    def _note(self, _event: object) -> None:
        self._changed = True

    async def _send_changes(self) -> None:
        now = {topic: said(look()) for topic, look in self._looks.items()}
        if now != self._told:
            for topic in (HOUSE, HOUSE_IN_FULL):  # who watches both is left with the full one
                await self._audience.write(topic, _delta(trouble=now[topic]))
            self._told = now
        if self._changed:
            self._changed = False
            try:
                await self._send_count()
            except DatabaseError:
                self._changed = True  # counted again when the database is back; that it is away is told as trouble
            except Exception:
                self._changed = True
                raise

    async def _send_count(self) -> None:
        reviews = await self._count()
        if reviews != self._reviews:
            await self._audience.write(REVIEWS, _delta(reviews=reviews))
            self._reviews = reviews
        await self._audience.ask(REVIEW_LIST, self._refresh_event)


async def watch_house(socket: str) -> None:
    """Tell this browser, whoever sits before it, what is wrong with the house."""
    await part(HouseNotices).enter(socket)


async def watch_house_in_full(socket: str) -> None:
    """Tell this browser of somebody who sees chargers which of them it is about."""
    await part(HouseNotices).enter_in_full(socket)


async def watch_reviews(socket: str) -> None:
    """Tell this browser how much waits for a decision."""
    await part(HouseNotices).enter_reviews(socket)


async def watch_review_list(socket: str) -> None:
    """Tell this browser when the review inbox looks different."""
    await part(SocketAudience).enter(socket, REVIEW_LIST)


def said(trouble: Text | None) -> dict[str, str]:
    """Return a sentence in every language, for pages of visitors who speak different ones; empty for none."""
    return {} if trouble is None else {language: say(trouble, language) for language in LANGUAGES}


def _delta(**values: Any) -> dict[str, dict[str, Any]]:
    return delta(HouseNotice, {variable(name): value for name, value in values.items()})
