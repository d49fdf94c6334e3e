"""Who parks where and when: the habits of a house, the same every time for the same seed."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from onetime.simulator.station.car import Car

HOUSE_TIME = timezone(timedelta(hours=1))  # the habits' wall clock; without summer time, so that plans repeat
_SATURDAY = 5
_TAP_DELAY = timedelta(seconds=40)  # from the plug to the card


@dataclass(frozen=True, slots=True)
class CarModel:
    """A kind of car: usable battery in Wh, phases and A per phase of its on-board charger."""

    name: str
    battery_wh: int
    phases: int
    max_current_a: float


CAR_MODELS = (
    CarModel("A family car", 58_000, 3, 16.0),
    CarModel("A city car", 52_000, 3, 32.0),
    CarModel("A long-distance saloon", 75_000, 3, 16.0),
    CarModel("A plug-in hybrid", 14_400, 1, 16.0),
    CarModel("An older compact", 36_000, 1, 16.0),
    CarModel("An estate car", 77_000, 3, 10.0),
    CarModel("A small van", 45_000, 1, 32.0),
    CarModel("A camper van", 74_000, 1, 10.0),
)


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay that may happen on a day: windows in hours (24 and more is the next day) and how likely it is."""

    arrives: tuple[float, float]
    leaves: tuple[float, float]
    weekday: float
    weekend: float


# Within one habit no stay reaches into another, nor into the first one of the next day.
HABITS: dict[str, tuple[Stay, ...]] = {
    "commuter": (Stay((17.0, 20.5), (30.2, 32.0), 0.85, 0.45),),
    "home worker": (
        Stay((8.5, 10.5), (15.0, 16.5), 0.65, 0.4),
        Stay((17.5, 20.0), (30.5, 32.2), 0.3, 0.2),
    ),
    "late commuter": (Stay((20.5, 23.8), (31.0, 33.5), 0.75, 0.6),),
    "night shift": (Stay((6.5, 8.5), (15.5, 18.5), 0.8, 0.5),),
    "errands": (
        Stay((10.5, 12.0), (12.8, 14.5), 0.5, 0.4),
        Stay((15.2, 16.8), (18.5, 21.0), 0.65, 0.5),
    ),
    "afternoons": (Stay((12.2, 14.5), (20.0, 23.0), 0.7, 0.8),),
    "weekender": (Stay((14.5, 18.0), (33.0, 35.5), 0.4, 0.9),),
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A parking spot: a connector of the charger with that index in the garage."""

    charger: int
    connector: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One car at one spot for a while; `taps_to_leave` says whether the driver ends with the card or the plug."""

    spot: Spot
    card: str
    arrives: datetime
    leaves: datetime
    model: CarModel
    soc: float
    seed: int
    taps_to_leave: bool

    @property
    def taps_at(self) -> datetime:
        """Return when the card is held to the reader."""
        return self.arrives + _TAP_DELAY

    def car(self) -> Car:
        """Return the car as it arrives."""
        model = self.model
        return Car(model.name, model.battery_wh, self.soc, model.phases, model.max_current_a, seed=self.seed)


@dataclass(frozen=True, slots=True)
class Driver:
    """A person with one card and one car, who uses one of some spots each day."""

    number: int
    card: str
    stays: tuple[Stay, ...]
    model: CarModel
    spots: tuple[Spot, ...]
    seed: int

    def visits(self, day: date) -> list[Visit]:
        """Return the visits that begin on a day, in order."""
        chance = random.Random(f"{self.seed}/{self.number}/{day.isoformat()}")
        spot = chance.choice(self.spots)
        return [
            self._visit(stay, day, spot, chance)
            for stay in self.stays
            if chance.random() < (stay.weekend if day.weekday() >= _SATURDAY else stay.weekday)
        ]

    def _visit(self, stay: Stay, day: date, spot: Spot, chance: random.Random) -> Visit:
        midnight = datetime.combine(day, time(), HOUSE_TIME)
        return Visit(
            spot,
            self.card,
            midnight + timedelta(seconds=round(chance.uniform(*stay.arrives) * 3600)),
            midnight + timedelta(seconds=round(chance.uniform(*stay.leaves) * 3600)),
            self.model,
            chance.uniform(8.0, 62.0),
            chance.randrange(2**31),
            chance.random() < 0.6,
        )


def make_drivers(spots: Sequence[Spot], cards: Sequence[str], seed: int) -> list[Driver]:
    """Give each card a driver. With fewer cards than spots, a driver has several spots to choose from."""
    habits = list(HABITS.values())
    count = min(len(cards), len(spots))
    shift = random.Random(seed).randrange(len(CAR_MODELS))
    return [
        Driver(
            number,
            cards[number],
            habits[number % len(habits)],
            CAR_MODELS[(number + shift) % len(CAR_MODELS)],
            tuple(spots[number::count]),
            seed,
        )
        for number in range(count)
    ]


def visits_at(spot: Spot, drivers: Sequence[Driver], since: datetime) -> Iterator[Visit]:
    """Yield for ever the visits at a spot that are not over at `since`, in order."""
    mine = [driver for driver in drivers if spot in driver.spots]
    if not mine:
        return
    day = since.astimezone(HOUSE_TIME).date() - timedelta(days=1)
    while True:
        for driver in mine:
            yield from (visit for visit in driver.visits(day) if visit.spot == spot and visit.leaves > since)
        day += timedelta(days=1)
