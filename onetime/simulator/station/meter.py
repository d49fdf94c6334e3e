"""The meter of a connector: a lifetime register, and readings in OCPP's form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from onetime.simulator.vocabulary import Context, JsonObject, format_time

_WATT_SECONDS_PER_WH = 3600.0


class Meter:
    """Count energy in Wh for ever; the register never goes back and never starts anew."""

    def __init__(self, exact_wh: float = 0.0) -> None:
        self.exact_wh = exact_wh

    @property
    def register_wh(self) -> int:
        """Return what the display shows: whole Wh, rounded down."""
        return int(self.exact_wh)

    def add(self, power_w: int, seconds: float) -> float:
        """Count `power_w` for `seconds` and return the energy in Wh.

        Raises:
            ValueError: power or time is negative.
        """
        if power_w < 0 or seconds < 0:
            raise ValueError("A register of imported energy counts neither backwards nor back in time.")
        energy = power_w * seconds / _WATT_SECONDS_PER_WH
        self.exact_wh += energy
        return energy


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the meter measures at one instant; the lists hold L1, L2 and L3."""

    at: datetime
    register_wh: int
    power_w: int = 0
    currents_a: tuple[float, ...] = (0.0, 0.0, 0.0)
    voltages_v: tuple[float, ...] = (230.0, 230.0, 230.0)
    offered_a: float = 0.0
    soc: int | None = None


@dataclass(frozen=True, slots=True)
class _Measurand:
    """How one measurand is taken from a reading: one value, or one for each of `phases`."""

    unit: str
    values: Callable[[Reading], Sequence[object]]
    phases: tuple[str, ...] = ()
    location: str = "Outlet"


MEASURANDS: dict[str, _Measurand] = {
    "Energy.Active.Import.Register": _Measurand("Wh", lambda reading: [reading.register_wh]),
    "Power.Active.Import": _Measurand("W", lambda reading: [reading.power_w]),
    "Current.Import": _Measurand("A", lambda reading: reading.currents_a, ("L1", "L2", "L3")),
    "Current.Offered": _Measurand("A", lambda reading: [reading.offered_a]),
    "Voltage": _Measurand("V", lambda reading: reading.voltages_v, ("L1-N", "L2-N", "L3-N")),
    "SoC": _Measurand("Percent", lambda reading: [] if reading.soc is None else [reading.soc], location="EV"),
}


def meter_value(reading: Reading, names: Sequence[str], context: Context) -> JsonObject | None:
    """Write a reading as OCPP's MeterValue with the named measurands; None when none of them has a value."""
    sampled = [value for name in names for value in _sampled_values(reading, name, context)]
    return {"timestamp": format_time(reading.at), "sampledValue": sampled} if sampled else None


def _sampled_values(reading: Reading, name: str, context: Context) -> list[JsonObject]:
    measurand = MEASURANDS[name]
    values = measurand.values(reading)
    phases: Sequence[str | None] = measurand.phases or [None] * len(values)
    return [
        {
            "value": str(value),
            "context": str(context),
            "format": "Raw",
            "measurand": name,
            **({"phase": phase} if phase else {}),
            "location": measurand.location,
            "unit": measurand.unit,
        }
        for value, phase in zip(values, phases, strict=True)
    ]
