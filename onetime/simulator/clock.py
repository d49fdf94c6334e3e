"""The simulator's time: it may start in the past and run fast, but never gets ahead of the wall clock."""

import asyncio
import heapq
import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

# Passes of the event loop after which every task that was just woken has either gone to sleep again or
# asked the server something. Jumping too early would only make a time stamp late, never wrong in order.
_SETTLING_PASSES = 12


def wall_time() -> datetime:
    """Return the wall clock's time in UTC."""
    return datetime.now(UTC)


class Clock:
    """Run `speed` times as fast as the wall clock until it is caught up with, then at its pace."""

    def __init__(
        self,
        start: datetime | None = None,
        speed: float = 1.0,
        *,
        wall: Callable[[], datetime] = wall_time,
    ) -> None:
        """Start at `start` (an aware datetime, now if left out).

        Raises:
            ValueError: `start` lies in the future, or `speed` is not a positive, finite number.
        """
        self._wall = wall
        self._origin = wall()
        self._start = self._origin if start is None else start
        if self._start > self._origin:
            raise ValueError("The simulated time cannot start in the future.")
        if not 0 < speed < math.inf:
            raise ValueError("The speed must be a positive number; use EagerClock for no waiting at all.")
        self._speed = speed

    def now(self) -> datetime:
        """Return the simulated time in UTC."""
        wall = self._wall()
        passed = (wall - self._origin).total_seconds() * self._speed
        caught_up = passed >= (wall - self._start).total_seconds()
        return wall if caught_up else self._start + timedelta(seconds=passed)

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds` of simulated time."""
        await self.sleep_until(self.now() + timedelta(seconds=seconds))

    async def sleep_until(self, instant: datetime) -> None:
        """Wait until the simulated time reaches `instant`; yield once if it already has."""
        await asyncio.sleep(0)
        while (delay := self._wall_delay(instant)) > 0:  # noqa: ASYNC110 - sleeps for what is left, not polls
            await asyncio.sleep(delay)

    async def wait_until(self, instant: datetime) -> None:
        """Wait for `instant` like `sleep_until`, but never be the reason that time moves on."""
        await self.sleep_until(instant)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Let no time be skipped inside; wanted while the server owes an answer."""
        yield

    def _wall_delay(self, instant: datetime) -> float:
        """Return the seconds of the wall clock that are left until `instant`."""
        fast = self._origin + (instant - self._start) / self._speed
        return (max(fast, instant) - self._wall()).total_seconds()


class EagerClock(Clock):
    """Jump from one awaited instant to the next without waiting, until the wall clock is reached.

    Only `sleep_until` moves the time; who uses `wait_until` is woken on the way, in order. Between two sleeps of
    the script that drives a charger the time stands still, which makes a run repeatable to the millisecond.
    """

    def __init__(self, start: datetime, *, wall: Callable[[], datetime] = wall_time) -> None:
        """Start at `start`, which must not lie in the future (ValueError)."""
        super().__init__(start, wall=wall)
        self._instant = start
        self._caught_up = False
        self._sleepers: list[tuple[datetime, bool, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._drivers = 0
        self._holds = 0
        self._settling = False

    def now(self) -> datetime:
        """Return the simulated time in UTC."""
        return self._wall() if self._caught_up else self._instant

    async def sleep_until(self, instant: datetime) -> None:
        """Move the time to `instant`, or wait for it once the wall clock is reached."""
        self._drivers += 1
        try:
            await self._pass_until(instant, drives=True)
        finally:
            self._drivers -= 1

    async def wait_until(self, instant: datetime) -> None:
        """Wait until somebody's `sleep_until` moves the time to `instant` or past it."""
        await self._pass_until(instant, drives=False)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keep the time where it is inside."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
            self._settle()

    async def _pass_until(self, instant: datetime, *, drives: bool) -> None:
        if not self._caught_up and instant > self._instant:
            woken = asyncio.get_running_loop().create_future()
            heapq.heappush(self._sleepers, (instant, drives, next(self._order), woken))
            self._settle()
            await woken
        await asyncio.sleep(0)
        if self._caught_up:
            await super().sleep_until(instant)

    def _wall_delay(self, instant: datetime) -> float:
        return (instant - self._wall()).total_seconds()

    def _settle(self, passes: int = _SETTLING_PASSES) -> None:
        if not self._settling and self._sleepers and not self._holds:
            self._settling = True
            asyncio.get_running_loop().call_soon(self._pass, passes)

    def _pass(self, passes: int) -> None:
        self._settling = False
        if passes:
            self._settle(passes - 1)
        elif self._drivers and not self._holds:
            self._jump()

    def _jump(self) -> None:
        """Move to the next awaited instant and wake who waits for it; those who only wait come first."""
        while self._sleepers and self._sleepers[0][3].cancelled():
            heapq.heappop(self._sleepers)
        if not self._sleepers:
            return
        next_up = self._sleepers[0][:2]
        self._caught_up = next_up[0] > self._wall()
        if not self._caught_up:
            self._instant = next_up[0]
        while self._sleepers and (self._caught_up or self._sleepers[0][:2] == next_up):
            woken = heapq.heappop(self._sleepers)[3]
            if not woken.done():
                woken.set_result(None)
        self._settle()


def clock_since(age: timedelta, speed: float) -> Clock:
    """Make the clock for a run that starts `age` ago; an infinite `speed` waits for nothing but answers."""
    start = wall_time() - age
    return EagerClock(start) if math.isinf(speed) else Clock(start, speed)


def parse_age(text: str) -> timedelta:
    """Read a duration such as 60d, 8h, 90m or 30s.

    Raises:
        ValueError: it is none.
    """
    units = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
    if text[-1:] not in units:
        raise ValueError(f"{text} needs a unit: 60d, 8h, 90m or 30s")
    return timedelta(**{units[text[-1]]: float(text[:-1])})
