"""Simulated time."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.simulator.clock import Clock, EagerClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Wall:
    """A wall clock the test moves by hand."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


def test_a_clock_without_a_start_is_simply_now() -> None:
    wall = Wall()
    clock = Clock(speed=60, wall=wall)
    wall.time += timedelta(minutes=3)
    assert clock.now() == wall.time


def test_a_fast_clock_catches_up_and_then_keeps_the_wall_clocks_pace() -> None:
    wall = Wall()
    clock = Clock(NOON - timedelta(hours=9), 10, wall=wall)
    wall.time = NOON + timedelta(minutes=30)
    assert clock.now() == NOON - timedelta(hours=4)
    wall.time = NOON + timedelta(hours=1)
    assert clock.now() == wall.time
    wall.time = NOON + timedelta(hours=2)
    assert clock.now() == wall.time


@given(
    age=st.timedeltas(min_value=timedelta(), max_value=timedelta(days=60)),
    speed=st.floats(min_value=0.1, max_value=1e6),
    steps=st.lists(st.floats(min_value=0, max_value=1e6), max_size=8),
)
def test_time_never_lies_in_the_future_and_never_goes_back(age: timedelta, speed: float, steps: list[float]) -> None:
    wall = Wall()
    clock = Clock(NOON - age, speed, wall=wall)
    last = clock.now()
    for seconds in steps:
        wall.time += timedelta(seconds=seconds)
        assert last <= clock.now() <= wall.time
        last = clock.now()


def test_a_start_in_the_future_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot start in the future"):
        Clock(NOON + timedelta(seconds=1), wall=lambda: NOON)


async def test_an_hour_of_a_fast_clock_passes_in_a_moment() -> None:
    clock = Clock(datetime.now(UTC) - timedelta(days=1), 100_000)
    begin = time.monotonic()
    target = clock.now() + timedelta(hours=1)
    await clock.sleep(3600)
    assert clock.now() >= target
    assert 0.03 < time.monotonic() - begin < 0.5


async def test_an_eager_clock_wakes_everyone_in_order_without_waiting() -> None:
    clock = EagerClock(NOON, wall=lambda: NOON + timedelta(days=1))
    woken: list[tuple[str, datetime]] = []

    async def wait(name: str, minutes: int) -> None:
        await clock.wait_until(NOON + timedelta(minutes=minutes))
        woken.append((name, clock.now()))

    tasks = [asyncio.create_task(wait("late", 50)), asyncio.create_task(wait("early", 10))]
    await clock.sleep(3600)
    assert woken == [("early", NOON + timedelta(minutes=10)), ("late", NOON + timedelta(minutes=50))]
    assert clock.now() == NOON + timedelta(hours=1)
    await asyncio.gather(*tasks)


async def test_an_eager_clock_stands_still_while_nobody_drives_it() -> None:
    clock = EagerClock(NOON, wall=lambda: NOON + timedelta(days=1))
    waiting = asyncio.create_task(clock.wait_until(NOON + timedelta(minutes=1)))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    assert clock.now() == NOON
    waiting.cancel()


async def test_an_eager_clock_stands_still_while_an_answer_is_awaited() -> None:
    clock = EagerClock(NOON, wall=lambda: NOON + timedelta(days=1))

    async def ask() -> datetime:
        with clock.hold():
            await asyncio.sleep(0.02)
            return clock.now()

    asking = asyncio.create_task(ask())
    await clock.sleep(60)
    assert await asking == NOON


async def test_an_eager_clock_goes_live_when_the_past_is_used_up() -> None:
    start = datetime.now(UTC) - timedelta(hours=1)
    clock = EagerClock(start)
    await clock.sleep_until(start + timedelta(hours=1, seconds=0.05))
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(milliseconds=5)
    assert clock.now() >= start + timedelta(hours=1, seconds=0.05)


async def test_a_cancelled_sleeper_does_not_hold_up_the_others() -> None:
    clock = EagerClock(NOON, wall=lambda: NOON + timedelta(days=1))
    cancelled = asyncio.create_task(clock.sleep(10))
    await asyncio.sleep(0)
    cancelled.cancel()
    async with asyncio.timeout(1):
        await clock.sleep(20)
    assert clock.now() == NOON + timedelta(seconds=20)
