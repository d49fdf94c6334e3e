"""One connector: what is plugged in, what flows, and the status that follows from it."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from onetime.simulator.station.car import LEAST_CURRENT, MAINS_VOLTAGE, Car, Supply
from onetime.simulator.station.meter import Meter, Reading
from onetime.simulator.station.transaction import Transaction
from onetime.simulator.vocabulary import Status

NO_ERROR = "NoError"
_STEP = timedelta(seconds=60)  # the power is constant for so long, at most


@dataclass(frozen=True, slots=True)
class Reservation:
    """A connector kept for a card until a time (OCPP 1.6, 5.13)."""

    number: int
    id_tag: str
    parent_id_tag: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Permission:
    """A card was accepted and the charger waits for the cable, but not for ever."""

    id_tag: str
    expires_at: datetime


class Connector:
    """A connector with its own meter. Its status is derived from its facts, never set."""

    def __init__(self, number: int, meter: Meter | None = None) -> None:
        self.number = number
        self.meter = meter or Meter()
        self.car: Car | None = None
        self.transaction: Transaction | None = None
        self.permission: Permission | None = None
        self.reservation: Reservation | None = None
        self.operative = True
        self.retires = False  # becomes inoperative when its transaction ends
        self.finished = False  # the plugged-in car has had its transaction
        self.error_code = NO_ERROR
        self.reported: Status | None = None
        self.power_w = 0
        self.supply = Supply(0.0)
        self._metered_until: datetime | None = None
        self._voltage = random.Random(number)

    @property
    def status(self) -> Status:
        """Return the status by OCPP 1.6, 4.9."""
        if self.error_code != NO_ERROR:
            return Status.FAULTED
        if self.transaction is not None:
            return self._charging_status(self.transaction)
        if not self.operative:
            return Status.UNAVAILABLE
        if self.car is not None or self.permission is not None:
            return Status.FINISHING if self.finished else Status.PREPARING
        return Status.AVAILABLE if self.reservation is None else Status.RESERVED

    @property
    def is_free(self) -> bool:
        """Tell whether a transaction could begin here."""
        return self.operative and self.error_code == NO_ERROR and self.transaction is None

    def advance(self, until: datetime, supply_at: Callable[[datetime], Supply]) -> None:
        """Let the energy flow until `until`, with what the charger offers at each moment."""
        start = until if self._metered_until is None else self._metered_until
        while start < until:
            end = min(until, start + _STEP) if self._may_flow else until
            self._flow((end - start).total_seconds())
            start = end
            if start < until:
                self._adjust(supply_at(start))
        self._metered_until = start
        self._adjust(supply_at(start))

    def rewind(self, to: datetime) -> None:
        """Meter from an earlier instant on, for writing down the past; nothing flowed since."""
        self._metered_until = to

    def reading(self, at: datetime) -> Reading:
        """Return what the meter shows now, stamped with `at`."""
        voltages = tuple(round(MAINS_VOLTAGE + self._voltage.uniform(0, 4), 1) for _ in range(3))
        phases = self.car.used_phases(self.supply) if self.car else 0
        current = round(self.power_w / sum(voltages[:phases]), 2) if phases else 0.0
        return Reading(
            at,
            self.meter.register_wh,
            self.power_w,
            tuple(current if phase < phases else 0.0 for phase in range(3)),
            voltages,
            self.supply.amperes,
            int(self.car.soc) if self.car and self.car.tells_soc else None,
        )

    @property
    def _may_flow(self) -> bool:
        return self.transaction is not None and self.car is not None and not self.car.is_full

    def _flow(self, seconds: float) -> None:
        energy = self.meter.add(self.power_w, seconds)
        if self.car is not None and energy:
            self.car.take(energy)

    def _adjust(self, supply: Supply) -> None:
        """Let the car choose its power for what is offered now."""
        self.supply = supply
        allowed = self.transaction is not None and self.transaction.supplied and self.error_code == NO_ERROR
        self.power_w = self.car.power_w(supply) if self.car is not None and allowed else 0

    def _charging_status(self, transaction: Transaction) -> Status:
        if self.power_w:
            return Status.CHARGING
        starved = self.supply.amperes < LEAST_CURRENT or not transaction.supplied
        return Status.SUSPENDED_EVSE if starved else Status.SUSPENDED_EV
