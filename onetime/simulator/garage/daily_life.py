"""A living garage: chargers with a history, drivers who come and go, and a line that fails now and then."""

import asyncio
import logging
import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from onetime.simulator.charger import SimulatedCharger
from onetime.simulator.garage.drivers import HOUSE_TIME, Spot, Visit, make_drivers, visits_at
from onetime.simulator.garage.history import replay
from onetime.simulator.wire.frames import CallFailedError

logger = logging.getLogger("onetime.simulator")

_OUTAGES_PER_DAY = 0.02  # per charger
_OUTAGE_MINUTES = (2.0, 20.0)


class Garage:
    """Let chargers be used by the drivers of a house, for ever."""

    def __init__(
        self, chargers: Sequence[SimulatedCharger], cards: Sequence[str], seed: int, replay_since: datetime | None
    ) -> None:
        """Plan the garage; `replay_since` has the visits from then until now sent as history first."""
        spots = [
            Spot(index, number) for index, charger in enumerate(chargers) for number in charger.core.station.connectors
        ]
        self._drivers = make_drivers(spots, cards, seed)
        self._seed = seed
        self._replay_since = replay_since

    async def use(self, index: int, charger: SimulatedCharger) -> None:
        """Send one charger's past, then let its drivers come and go."""
        start = charger.clock.now()
        await self.send_past(index, charger, start)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._suffer_outages(index, charger))
            for number in charger.core.station.connectors:
                tasks.create_task(self._serve(charger, Spot(index, number), start))

    async def send_past(self, index: int, charger: SimulatedCharger, until: datetime) -> None:
        """Send one charger's visits until an instant, but none that a former run has sent."""
        if self._replay_since is None:
            return
        since = max(self._replay_since, charger.memory.resumed_at or self._replay_since)
        plans = {
            number: visits_at(Spot(index, number), self._drivers, since) for number in charger.core.station.connectors
        }
        count = await replay(charger, plans, since, until)
        if count:
            charger.core.station.say(f"has sent its past since {since:%Y-%m-%d} ({count} messages)")

    async def _serve(self, charger: SimulatedCharger, spot: Spot, start: datetime) -> None:
        for visit in visits_at(spot, self._drivers, start):
            await _live_through(charger, visit)

    async def _suffer_outages(self, index: int, charger: SimulatedCharger) -> None:
        """Cut the line at a random minute of few days; the charger queues and comes back by itself."""
        day = charger.clock.now().astimezone(HOUSE_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
        while True:
            chance = random.Random(f"{self._seed}/outage/{index}/{day.date().isoformat()}")
            at = day + timedelta(minutes=chance.uniform(0, 1440))
            day += timedelta(days=1)
            if chance.random() >= _OUTAGES_PER_DAY or at < charger.clock.now():
                await charger.clock.sleep_until(day)
                continue
            await charger.clock.sleep_until(at)
            await charger.go_offline()
            await charger.clock.sleep(60 * chance.uniform(*_OUTAGE_MINUTES))
            await charger.come_back()


async def _live_through(charger: SimulatedCharger, visit: Visit) -> None:
    """Plug in, tap, stay and leave at the planned times; take up what is in progress already."""
    number = visit.spot.connector
    connector = charger.core.station.connector(number)
    if connector.car is None:
        await charger.clock.sleep_until(visit.arrives)
        await charger.plug_in(number, visit.car())
    if connector.transaction is None:
        await charger.clock.sleep_until(visit.taps_at)
        with suppress(CallFailedError):
            await charger.tap(number, visit.card)
    await charger.clock.sleep_until(visit.leaves)
    if visit.taps_to_leave and connector.transaction is not None:
        await charger.tap(number, visit.card)
    await charger.unplug(number)
