"""What changed reaches open pages, however often it fails first; and people are told while it does not."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from onetime.events import EventBus, ReviewsChanged
from onetime.texts import _
from onetime.web.frame.live import pushing
from onetime.web.frame.live.pushing import Push, trouble_of

NAME = _("telling pages about the house")


class Pages:
    """Hear what is sent, unless they cannot be reached."""

    def __init__(self) -> None:
        self.sent = 0
        self.tried = 0
        self.are_reached = True

    async def send(self) -> None:
        self.tried += 1
        if not self.are_reached:
            raise ConnectionError
        self.sent += 1


@dataclass
class Told:
    push: Push

    async def run(self, bus: EventBus) -> None:
        await self.push.run(bus)


async def until(condition: Callable[[], bool]) -> None:
    """Return once it is so; a busy machine may take its time."""
    for _time in range(5_000):
        if condition():
            return
        await asyncio.sleep(0.002)
    raise AssertionError


@asynccontextmanager
async def running(push: Push, bus: EventBus | None = None) -> AsyncIterator[None]:
    listened = bus or EventBus()
    task = asyncio.create_task(push.run(listened, (ReviewsChanged, lambda _event: push.wake())))
    await until(lambda: listened.wants(ReviewsChanged))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not listened.wants(ReviewsChanged)  # its end is the end of its listening


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "FIRST_PAUSE_S", 0.005)
    monkeypatch.setattr(pushing, "LONGEST_PAUSE_S", 0.02)


async def test_it_sends_once_at_its_start_and_then_when_it_is_woken() -> None:
    pages, bus = Pages(), EventBus()
    async with running(Push(NAME, pages.send), bus):
        await until(lambda: pages.sent == 1)
        bus.publish(ReviewsChanged())
        await until(lambda: pages.sent == 2)
        await asyncio.sleep(0.03)
        assert pages.sent == 2


async def test_many_changes_within_a_rest_are_one_send() -> None:
    pages, bus = Pages(), EventBus()
    async with running(Push(NAME, pages.send, rest_s=0.05), bus):
        await until(lambda: pages.sent == 1)
        for _change in range(20):
            bus.publish(ReviewsChanged())
        await until(lambda: pages.sent == 2)
        await asyncio.sleep(0.07)
        assert pages.sent == 2


async def test_it_looks_by_itself_where_nothing_wakes_it() -> None:
    pages = Pages()
    async with running(Push(NAME, pages.send, look_every_s=0.01)):
        await until(lambda: pages.sent >= 3)


async def test_a_failure_is_tried_again_told_and_logged_once(impatient: None, caplog: pytest.LogCaptureFixture) -> None:
    pages = Pages()
    pages.are_reached = False
    push = Push(NAME, pages.send)
    with caplog.at_level(logging.INFO, logger=pushing.__name__):
        async with running(push):
            await until(lambda: pages.tried >= 3)
            trouble = trouble_of([Told(Push(NAME, pages.send)), Told(push)])
            assert trouble is not None
            assert "telling pages about the house" in trouble
            assert [record.levelname for record in caplog.records] == ["ERROR"]
            pages.are_reached = True
            await until(lambda: pages.sent == 1)
            await until(lambda: not push.failures)
            assert trouble_of([Told(push)]) is None
            assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


async def test_the_pause_after_failures_grows_and_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = Pages()
    pages.are_reached = False
    push = Push(NAME, pages.send)
    pauses = [await push._send_or_note() for _attempt in range(2_000)]
    assert pauses[:5] == [0.5, 1.0, 2.0, 4.0, 5.0]
    assert set(pauses[4:]) == {pushing.LONGEST_PAUSE_S}
