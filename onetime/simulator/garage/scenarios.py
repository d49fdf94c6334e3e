"""The scenarios of the command line, by name: what each simulated charger goes through."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from onetime.simulator.charger import SimulatedCharger
from onetime.simulator.garage.daily_life import Garage
from onetime.simulator.station.car import Car
from onetime.simulator.vocabulary import Context

_BURST_INTERVAL = 5.0  # seconds of the wall clock between two bursts
_BURSTS = 6
_FLOOD_SECONDS = 10.0


@dataclass
class Stage:
    """What a scenario plays on. `minutes` is how long a car charges; `times` collects answer times in seconds."""

    chargers: list[SimulatedCharger]
    cards: list[str]
    minutes: float
    garage: Garage
    times: list[float] = field(default_factory=list)

    def card(self, index: int) -> str:
        """Return the card that the driver at a charger uses."""
        return self.cards[index % len(self.cards)]


Play = Callable[[Stage, int, SimulatedCharger], Awaitable[None]]


@dataclass(frozen=True)
class Scenario:
    """A named story; `stays` keeps the chargers connected when it is over, until the run is ended."""

    about: str
    play: Play
    stays: bool = False


async def _garage(stage: Stage, index: int, charger: SimulatedCharger) -> None:
    await stage.garage.use(index, charger)


async def _plug_in(stage: Stage, index: int, charger: SimulatedCharger) -> None:
    for number in charger.core.station.connectors:
        await charger.plug_in(number, _car(index, number))


async def _session(stage: Stage, index: int, charger: SimulatedCharger) -> None:
    await _begin(stage, index, charger)
    await charger.charge_for(1, 60 * stage.minutes)
    await _leave(stage, index, charger)


async def _offline(stage: Stage, index: int, charger: SimulatedCharger) -> None:
    await _begin(stage, index, charger)
    await charger.charge_for(1, 60 * stage.minutes / 3)
    await charger.go_offline()
    await charger.charge_for(1, 60 * stage.minutes / 3)
    charger.core.station.say(f"has {len(charger.core.outbox.messages)} messages to send")
    await charger.come_back()
    await charger.charge_for(1, 60 * stage.minutes / 3)
    await _leave(stage, index, charger)


async def _reboot(stage: Stage, index: int, charger: SimulatedCharger) -> None:
    await _begin(stage, index, charger)
    await charger.charge_for(1, 60 * stage.minutes)
    await charger.reboot()
    await charger.unplug(1)


async def _power_cut(stage: Stage, index: int, charger: SimulatedCharger) -> None:
    await _begin(stage, index, charger)
    await charger.charge_for(1, 60 * stage.minutes)
    await charger.power_cut(outage_seconds=30)
    await charger.unplug(1)


async def _flood(stage: Stage, index: int, charger: SimulatedCharger) -> None:
    """Send readings as fast as they are answered."""
    await _begin(stage, index, charger)
    end = time.monotonic() + _FLOOD_SECONDS
    while time.monotonic() < end:
        await _timed_reading(stage, charger)
    await _leave(stage, index, charger)


async def _burst(stage: Stage, index: int, charger: SimulatedCharger) -> None:
    """Send one reading at the same moment as every other charger, again and again."""
    await _begin(stage, index, charger)
    for _ in range(_BURSTS):
        await asyncio.sleep(_BURST_INTERVAL - time.time() % _BURST_INTERVAL)
        await _timed_reading(stage, charger)
    await _leave(stage, index, charger)


SCENARIOS: dict[str, Scenario] = {
    "garage": Scenario("drivers of a house come and go, day and night", _garage),
    "plug-in": Scenario("a car is plugged in at every connector, and waits", _plug_in, stays=True),
    "session": Scenario("plug in, tap, charge, tap, unplug", _session),
    "offline": Scenario("a session during which the line fails for a while", _offline),
    "reboot": Scenario("a session that a restart ends", _reboot),
    "power-cut": Scenario("a session that a loss of power ends", _power_cut),
    "flood": Scenario("readings as fast as the server answers, for ten seconds", _flood),
    "clock-aligned-burst": Scenario("six readings, each from all chargers in the same instant", _burst),
}


def describe_times(times: list[float]) -> str:
    """Say in one sentence how fast readings were answered."""
    ordered = [1000 * seconds for seconds in sorted(times)]
    if not ordered:
        return "No reading was answered."
    middle, late = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return (
        f"{len(ordered)} readings answered: half within {middle:.0f} ms, "
        f"99 % within {late:.0f} ms, the slowest in {ordered[-1]:.0f} ms."
    )


async def _begin(stage: Stage, index: int, charger: SimulatedCharger) -> None:
    await charger.plug_in(1, _car(index, 1))
    await charger.clock.sleep(5)
    await charger.tap(1, stage.card(index))


async def _leave(stage: Stage, index: int, charger: SimulatedCharger) -> None:
    if charger.core.station.connector(1).transaction is not None:
        await charger.tap(1, stage.card(index))
    await charger.clock.sleep(5)
    await charger.unplug(1)


async def _timed_reading(stage: Stage, charger: SimulatedCharger) -> None:
    await charger.core.ready.wait()
    begin = time.perf_counter()
    await charger.send_reading(1, Context.CLOCK)
    stage.times.append(time.perf_counter() - begin)


def _car(index: int, number: int) -> Car:
    return Car(soc=20.0 + (37 * index + 11 * number) % 50, seed=index)
