"""What open pages are told of new chargers, and when."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from onetime.events import EventBus, StrangerKnocked
from onetime.models import Registration
from onetime.services.chargers.live import LiveBoard, LiveCharger
from onetime.services.commissioning.knocking import KnockingList
from onetime.services.commissioning.window import CommissioningService
from onetime.services.unreadable import UnreadableRows
from onetime.store.database import Database
from onetime.web.commissioning.newcomers_state import Newcomers, Stranger
from onetime.web.commissioning.notices import COMMISSIONING, CommissioningNotices
from onetime.web.frame.live.browser_copy import variable

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
ALL = {"known", "is_open", "accepts_at_once", "until", "strangers"}


class Pages:
    """Stands for the open pages: notes what is written to whom."""

    def __init__(self) -> None:
        self.is_watched = False
        self.written: list[dict[str, Any]] = []

    async def write(self, _topic: str, delta: dict[str, dict[str, Any]]) -> None:
        [values] = delta.values()
        self.written.append({name.removesuffix(variable("")): value for name, value in values.items()})
        assert list(delta) == [Newcomers.get_full_name()]

    async def write_to(self, _socket: str, delta: dict[str, dict[str, Any]]) -> None:
        await self.write("", delta)

    async def enter(self, _socket: str, topic: str) -> None:
        self.is_watched = topic == COMMISSIONING

    def watched(self, topic: str) -> bool:
        return self.is_watched and topic == COMMISSIONING


class Watched:
    """A house that was closed from its start, and its open pages."""

    def __init__(self) -> None:
        self.bus, self.pages = EventBus(), Pages()
        self.live, self.knocking = LiveBoard(self.bus), KnockingList(self.bus)
        nothing_stored = cast(Database, None)
        house = CommissioningService(
            nothing_stored, self.bus, first=timedelta(), always_open=False, unreadable=UnreadableRows()
        )
        self.notices = CommissioningNotices(self.pages, house, self.knocking, self.live)

    def knock(self, identity: str | None, minute: int = 0) -> None:
        path, at = f"/{identity}", NOW + timedelta(minutes=minute)
        self.knocking.add(path, "10.0.0.7", "404", "", at, identity=identity)

    async def news(self) -> list[dict[str, Any]]:
        """Return what pages are sent of a change."""
        self.pages.written.clear()
        await self.notices._send_changes()
        return list(self.pages.written)


@pytest.fixture
def house() -> Watched:
    return Watched()


async def test_a_page_that_opens_is_told_everything(house: Watched) -> None:
    house.knock("A-1")
    await house.notices.enter("socket")
    whole = house.pages.written[-1]
    assert whole.keys() == ALL
    assert (whole["known"], whole["is_open"], whole["until"]) == (True, False, 0)
    assert whole["strangers"] == [Stranger("A-1", "10.0.0.7", int(NOW.timestamp()))]


async def test_a_change_sends_what_has_changed_and_only_once(house: Watched) -> None:
    await house.notices.enter("socket")
    house.knock("A-1")
    [change] = await house.news()
    assert change.keys() == {"strangers"}
    assert await house.news() == []


async def test_whoever_was_refused_for_more_is_no_stranger_to_let_in(house: Watched) -> None:
    await house.notices.enter("socket")
    house.knock(None)
    assert await house.news() == []


async def test_a_charger_is_listed_once_whatever_its_spelling_the_latest_first(house: Watched) -> None:
    await house.notices.enter("socket")
    for minute, name in enumerate(("a-1", "B-1", "A-1")):
        house.knock(name, minute)
    [change] = await house.news()
    assert [stranger.identity for stranger in change["strangers"]] == ["A-1", "B-1"]


async def test_a_charger_somebody_decided_about_is_a_stranger_no_more(house: Watched) -> None:
    await house.notices.enter("socket")
    house.knock("A-1")
    await house.news()
    house.live.put_charger(LiveCharger(1, "a-1", Registration.ACCEPTED, None, None, None, {}))
    [change] = await house.news()
    assert change == {"strangers": []}


async def test_nobody_looks_and_nothing_is_sent(house: Watched) -> None:
    house.knock("A-1")
    assert await house.news() == []


def test_only_strangers_wake_the_pages(house: Watched) -> None:
    told: list[StrangerKnocked] = []
    house.bus.subscribe(StrangerKnocked, told.append)
    house.knock(None)
    assert told == []
    house.knock("A-1")
    assert told == [StrangerKnocked()]
