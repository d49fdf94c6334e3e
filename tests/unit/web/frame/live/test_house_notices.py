"""What is wrong with the house reaches every open page, and goes away when it is over."""

import asyncio
from typing import Any

from onetime.events import EventBus, ReviewsChanged
from onetime.store.group_commit import DatabaseUnavailableError
from onetime.texts import Text, _
from onetime.web.frame.live.browser_copy import variable
from onetime.web.frame.live.house_notices import HOUSE, HOUSE_IN_FULL, REVIEW_LIST, REVIEWS, HouseNotices, said
from onetime.web.frame.live.house_state import HouseNotice

FULL = _("The disk is full.")


class Pages:
    """Stands for the open pages: notes what is written to whom."""

    def __init__(self) -> None:
        self.written: list[tuple[str, str, Any]] = []
        self.asked: list[str] = []
        self.entered: list[tuple[str, str]] = []

    async def write(self, topic: str, delta: dict[str, dict[str, Any]]) -> None:
        [(name, value)] = delta[HouseNotice.get_full_name()].items()
        self.written.append((topic, name, value))

    async def write_to(self, socket: str, delta: dict[str, dict[str, Any]]) -> None:
        await self.write(socket, delta)

    async def ask(self, topic: str, event_name: str) -> None:
        self.asked.append(f"{topic}: {event_name}")

    async def enter(self, socket: str, topic: str) -> None:
        self.entered.append((socket, topic))


class Watched:
    """A house whose trouble and inbox a test sets, with its notices running."""

    def __init__(self) -> None:
        self.trouble: Text | None = None
        self.for_all: Text | None = None
        self.waiting = 0
        self.is_away = False
        self.pages, self.bus = Pages(), EventBus()
        self.notices = HouseNotices(
            self.pages, lambda: self.trouble, lambda: self.for_all, self._count, "refresh", look_every_s=0
        )

    async def _count(self) -> int:
        if self.is_away:
            raise DatabaseUnavailableError
        return self.waiting

    async def settle(self) -> None:
        """Let the notices look several times."""
        task = asyncio.create_task(self.notices.run(self.bus))
        for _turn in range(40):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_trouble_is_told_once_in_every_language_and_its_end_too() -> None:
    house = Watched()
    house.trouble = house.for_all = FULL
    await house.settle()
    house.trouble = house.for_all = None
    await house.settle()
    told = [value for topic, name, value in house.pages.written if (topic, name) == (HOUSE, variable("trouble"))]
    assert told == [said(FULL), {}]
    assert said(FULL)["en"] == "The disk is full."


async def test_a_stranger_is_not_told_which_charger_the_trouble_is_about() -> None:
    house, named = Watched(), _("What is stored of {charger} cannot be read.", charger="KEBA-07")
    house.trouble, house.for_all = named, FULL
    await house.settle()
    await house.notices.enter("tenant")
    await house.notices.enter("operator")
    await house.notices.enter_in_full("operator")
    told = [(to, value) for to, name, value in house.pages.written if name == variable("trouble")]
    assert told == [
        (HOUSE, said(FULL)), (HOUSE_IN_FULL, said(named)),
        ("tenant", said(FULL)), ("operator", said(FULL)), ("operator", said(named)),
    ]  # fmt: skip
    assert ("tenant", HOUSE_IN_FULL) not in house.pages.entered


async def test_a_page_that_opens_is_told_at_once() -> None:
    house = Watched()
    house.for_all = FULL
    await house.notices.enter("socket")
    assert house.pages.entered == [("socket", HOUSE)]
    assert house.pages.written == [("socket", variable("trouble"), said(FULL))]


async def test_the_inbox_is_counted_when_something_changed_and_only_then() -> None:
    house = Watched()
    house.waiting = 3
    await house.settle()
    assert (REVIEWS, variable("reviews"), 3) in house.pages.written
    assert house.pages.asked == [f"{REVIEW_LIST}: refresh"]
    await house.notices.enter_reviews("socket")
    assert house.pages.written[-1] == ("socket", variable("reviews"), 3)


async def test_a_count_that_failed_is_made_up_for_when_the_database_is_back() -> None:
    house = Watched()
    house.is_away, house.waiting = True, 2
    await house.settle()
    assert house.pages.written == []
    house.is_away = False
    await house.settle()
    assert (REVIEWS, variable("reviews"), 2) in house.pages.written


async def test_an_event_makes_it_count_anew() -> None:
    house = Watched()
    await house.settle()
    house.waiting = 1
    await house.settle()
    assert (REVIEWS, variable("reviews"), 1) not in house.pages.written
    task = asyncio.create_task(house.notices.run(house.bus))
    await asyncio.sleep(0)
    house.bus.publish(ReviewsChanged())
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await house.settle()
    assert (REVIEWS, variable("reviews"), 1) in house.pages.written
