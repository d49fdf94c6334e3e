"""A house as it is sold, where nobody is let in unseen, and its neighbours: chargers that charge meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.raw_charger import RawCharger


@pytest.fixture
def database_url() -> None:
    """What strangers cost is the same on both databases; SQLite is the slower one here."""
    return


@pytest.fixture
async def strict(settings: Settings) -> AsyncIterator[House]:
    """A house in which chargers wait until somebody accepts them."""
    update = {"accept_new_chargers": False, "accept_unknown_cards": False}
    async with open_house(settings.model_copy(update=update)) as house:
        yield house


async def until(is_so: Callable[[], object], seconds: float = 5) -> None:
    """Wait until something is so, or fail."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.02)


async def accepted(house: House, identity: str) -> None:
    await house.services.commissioning.enrolment.decide(identity, "test", admit=True)


PATIENCE_S = 0.5  # the bench judges it by a tenth of a second; here other tests take the processor


@dataclass
class Neighbour:
    """An accepted charger that goes on asking; ``waits`` are its answer times in seconds."""

    charger: RawCharger
    waits: list[float] = field(default_factory=list)

    async def ask(self) -> None:
        while True:
            began = time.perf_counter()
            await self.charger.call("Heartbeat", {})
            self.waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.01)

    @property
    def slowest(self) -> float:
        """The 99th percentile of its answer times, in seconds."""
        return sorted(self.waits)[int(len(self.waits) * 0.99)] if self.waits else float("inf")


@asynccontextmanager
async def neighbour(house: House, identity: str = "HONEST") -> AsyncIterator[Neighbour]:
    """A charger that is answered all the while, whatever others do."""
    await accepted(house, identity)
    async with house.charger(identity) as charger:
        found = Neighbour(charger)
        asking = asyncio.create_task(found.ask())
        try:
            yield found
            assert not asking.done(), "the neighbour was cut off"
        finally:
            # Python 3.11 loses a cancellation when an answer comes just then.
            while not asking.done():
                asking.cancel()
                await asyncio.wait([asking], timeout=1)
