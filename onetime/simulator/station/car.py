"""Cars: how much power one takes, and how its battery fills."""

import random
from dataclasses import dataclass, field

MAINS_VOLTAGE = 230.0
LEAST_CURRENT = 6.0  # A; below it no car charges (IEC 61851-1)
_EFFICIENCY = 0.92  # of the on-board charger and the battery
_FINAL_SHARE = 0.12  # of the full power, just before the battery is full
_UNREST = 0.02  # the most by which the power dips below what the car could take


@dataclass(frozen=True, slots=True)
class Supply:
    """What a connector offers at one moment: amperes per phase, on so many phases."""

    amperes: float
    phases: int = 3


@dataclass
class Car:
    """A car with a battery; `soc` and the thresholds in percent, currents in A per phase.

    It charges at its full power up to `taper_from`, then ever slower until `target_soc`, where it stops by itself.
    `tells_soc` says whether it lets the charger know its state of charge (few do over AC).
    """

    name: str = "Car"
    battery_wh: int = 60_000
    soc: float = 40.0
    phases: int = 3
    max_current_a: float = 16.0
    taper_from: float = 85.0
    target_soc: float = 100.0
    tells_soc: bool = True
    seed: int = 0
    _unrest: random.Random = field(init=False, repr=False)
    _dip: float = field(init=False, repr=False, default=1.0)

    def __post_init__(self) -> None:
        self._unrest = random.Random(self.seed)

    @property
    def is_full(self) -> bool:
        """Tell whether the car has all it wants."""
        return self.soc >= self.target_soc

    def power_w(self, supply: Supply) -> int:
        """Choose the power in W for the next moments; never more than `supply` allows."""
        amperes = min(self.max_current_a, supply.amperes)
        if self.is_full or amperes < LEAST_CURRENT:
            return 0
        full_power = amperes * MAINS_VOLTAGE * self.used_phases(supply)
        return int(full_power * self._share() * self._dip)

    def used_phases(self, supply: Supply) -> int:
        """Return on how many phases the car charges."""
        return min(self.phases, supply.phases)

    def take(self, energy_wh: float) -> None:
        """Put energy measured at the plug into the battery."""
        gained = 100.0 * energy_wh * _EFFICIENCY / self.battery_wh
        self.soc = min(self.target_soc, self.soc + gained)
        self._dip = self._unrest.uniform(1 - _UNREST, 1.0)

    def _share(self) -> float:
        if self.soc <= self.taper_from:
            return 1.0
        progress = (self.soc - self.taper_from) / (100.0 - self.taper_from)
        return 1.0 - (1.0 - _FINAL_SHARE) * progress
