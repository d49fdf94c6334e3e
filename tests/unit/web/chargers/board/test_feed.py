"""One connector's change sends one connector, and nothing is sent that shows the same."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from onetime.clock import utc_now
from onetime.events import EventBus
from onetime.models import ConnectorStatus, Registration
from onetime.services.chargers.live import LiveBoard, LiveCharger, LiveConnector
from onetime.services.chargers.running import LiveSession
from onetime.web.chargers.board import feed as live_feed
from onetime.web.chargers.board.feed import BOARD, LiveFeed, charger_topic
from onetime.web.chargers.board.state import Live, Tile, key
from onetime.web.frame.live import pushing
from onetime.web.frame.live.browser_copy import variable


@dataclass
class Listener:
    """Notes what is sent to whom."""

    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)
    is_deaf: bool = False

    async def write(self, topic: str, delta: dict[str, dict[str, Any]]) -> None:
        if self.is_deaf:
            raise ConnectionError
        self.sent.append((topic, delta[Live.get_full_name()]))

    async def write_to(self, socket: str, delta: dict[str, dict[str, Any]]) -> None:
        self.sent.append((socket, delta[Live.get_full_name()]))

    async def enter(self, socket: str, topic: str) -> None:
        self.topics.add(topic)

    def watched(self, topic: str) -> bool:
        return topic in self.topics

    def take(self) -> list[tuple[str, dict[str, Any]]]:
        taken, self.sent = self.sent, []
        return taken


@dataclass
class Garage:
    board: LiveBoard
    listener: Listener
    feed: LiveFeed


def add_charger(board: LiveBoard, number: int, registration: Registration = Registration.ACCEPTED) -> LiveConnector:
    charger = LiveCharger(number, f"CP-{number}", registration, "Keba", "P30", None, {}, online=True)
    connector = LiveConnector(number, charger, 1, f"A{number}", 22_000, ConnectorStatus.AVAILABLE)
    charger.connectors[1] = connector
    board.put_charger(charger)
    return connector


@pytest.fixture
async def garage(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Garage]:
    monkeypatch.setattr(live_feed, "REST_S", 0.01)
    async with running_garage() as opened:
        yield opened


@asynccontextmanager
async def running_garage() -> AsyncIterator[Garage]:
    bus, listener = EventBus(), Listener()
    board = LiveBoard(bus)
    for number in (1, 2, 12):
        add_charger(board, number)
    feed = LiveFeed(board, listener)
    task = asyncio.create_task(feed.run(bus))
    await feed.open_board("phone")
    listener.take()
    yield Garage(board, listener, feed)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def quiet() -> None:
    await asyncio.sleep(0.05)


async def until(condition: Callable[[], bool]) -> None:
    """Return once it is so; a busy machine may take its time."""
    for _time in range(5_000):
        if condition():
            return
        await asyncio.sleep(0.002)
    raise AssertionError


async def test_opening_the_board_sends_all_of_it_once(garage: Garage) -> None:
    await garage.feed.open_board("laptop")
    [(socket, whole)] = garage.listener.take()
    assert socket == "laptop"
    assert [row.label for row in whole[variable("rows")]] == ["A1", "A2", "A12"]
    assert {key(1), key(2), key(12)} <= whole.keys()
    assert whole[variable("counts")] == {"available": 3}
    assert whole[variable("loaded")] is True


async def test_one_connectors_change_sends_one_connector(garage: Garage) -> None:
    garage.board.set_status(2, ConnectorStatus.PREPARING, utc_now(), "NoError", None)
    await quiet()
    [(topic, changes)] = garage.listener.take()
    assert topic == BOARD
    assert changes.keys() == {key(2), variable("counts")}
    assert changes[key(2)]["state"] == "preparing"


async def test_a_change_that_shows_the_same_sends_nothing(garage: Garage) -> None:
    for power_w in (11_000, 11_020, 10_980):
        garage.board.add_reading(1, utc_now(), register_wh=None, power_w=power_w, soc_percent=None)
        await quiet()
    assert [changes[key(1)]["w"] for _topic, changes in garage.listener.take()] == [11_000]


async def test_a_burst_is_sent_in_few_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_feed, "REST_S", 0.05)
    async with running_garage() as house:
        for step in range(20):
            house.board.add_reading(1, utc_now(), register_wh=None, power_w=step * 1_000, soc_percent=None)
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.1)
        messages = house.listener.take()
    assert len(messages) <= 6
    assert messages[-1][1][key(1)]["w"] == 19_000


async def test_the_minutes_of_a_running_session_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_feed, "REST_S", 0.01)
    monkeypatch.setattr(live_feed, "MINUTES_S", 0.01)
    async with running_garage() as house:
        started = utc_now() - timedelta(minutes=5)
        house.board.start_session(1, LiveSession(7, "CARD", started, 1_000, register_wh=2_000))
        await quiet()
        assert house.listener.take()[-1][1][key(1)]["minutes"] == 5
        session = house.board.connector(1).session
        assert session is not None
        session.started_at -= timedelta(minutes=1)
        await quiet()
        assert house.listener.take()[-1][1][key(1)]["minutes"] == 6


async def test_a_waiting_charger_appears_and_moves_to_the_board_when_accepted(garage: Garage) -> None:
    connector = add_charger(garage.board, 3, Registration.PENDING)
    await quiet()
    waiting = garage.listener.take()[-1][1][variable("waiting")]
    assert [(charger.identity, charger.description) for charger in waiting] == [("CP-3", "Keba P30")]
    connector.charger.registration = Registration.ACCEPTED
    garage.board.charger_changed(3)
    await quiet()
    changes = garage.listener.take()[-1][1]
    assert changes[variable("waiting")] == []
    assert [row.label for row in changes[variable("rows")]] == ["A1", "A2", "A3", "A12"]
    assert changes[key(3)]["state"] == "available"


async def test_a_spots_new_name_is_sent(garage: Garage) -> None:
    garage.board.connector(12).spot = "Guests"
    garage.board.connector_changed(12)
    await quiet()
    assert [row.label for row in garage.listener.take()[-1][1][variable("rows")]] == ["A1", "A2", "Guests"]


async def test_who_watches_one_charger_is_sent_that_charger_only(garage: Garage) -> None:
    await garage.feed.open_charger("phone", 2)
    garage.listener.take()
    garage.board.set_status(1, ConnectorStatus.FAULTED, utc_now(), "GroundFailure", None)
    await quiet()
    garage.board.set_online(2, False)
    await quiet()
    to_charger = [changes for topic, changes in garage.listener.take() if topic == charger_topic(2)]
    assert [changes.keys() for changes in to_charger] == [{key(2)}]
    assert to_charger[0][key(2)]["state"] == "offline"


async def test_a_fault_is_sent_with_its_reason(garage: Garage) -> None:
    garage.board.set_status(1, ConnectorStatus.FAULTED, utc_now(), "GroundFailure", "Residual current")
    await quiet()
    assert garage.listener.take()[-1][1][key(1)]["error"] == "Residual current"


async def test_what_could_not_be_sent_is_sent_when_it_can(garage: Garage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "FIRST_PAUSE_S", 0.01)
    garage.listener.is_deaf = True
    garage.board.set_status(2, ConnectorStatus.PREPARING, utc_now(), "NoError", None)
    await until(lambda: garage.feed.push.trouble() is not None)
    garage.listener.is_deaf = False
    await until(lambda: garage.feed.push.trouble() is None)
    [(_topic, whole)] = garage.listener.take()
    assert whole[key(2)]["state"] == "preparing"
    assert {key(1), key(12), variable("rows"), variable("waiting"), variable("counts")} <= whole.keys()


async def test_a_connector_that_cannot_be_shown_keeps_no_other_from_its_page(
    garage: Garage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushing, "FIRST_PAUSE_S", 0.01)
    shown = live_feed.tile

    def unlucky(connector: LiveConnector) -> Tile:
        if connector.id == 1:
            raise ValueError
        return shown(connector)

    monkeypatch.setattr(live_feed, "tile", unlucky)
    for number in (1, 2):
        garage.board.set_status(number, ConnectorStatus.PREPARING, utc_now(), "NoError", None)
    await until(lambda: garage.feed.push.trouble() is not None)
    assert {key(1), key(2)} & garage.listener.take()[-1][1].keys() == {key(2)}
    monkeypatch.setattr(live_feed, "tile", shown)
    await until(lambda: garage.feed.push.trouble() is None)
    assert [changes[key(1)]["state"] for _topic, changes in garage.listener.take()] == ["preparing"]
