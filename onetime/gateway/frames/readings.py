"""From OCPP meter values to measurements: units, phases and forms normalised once, on the way in."""

import math
from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from onetime.gateway.frames.messages import MeterValue, SampledValue
from onetime.gateway.frames.remembering import remembering
from onetime.gateway.frames.times import read_time
from onetime.services.chargers.measurements import AT_THE_START, Measurement

ENERGY = "Energy.Active.Import.Register"
POWER = "Power.Active.Import"
CURRENT = "Current.Import"
SOC = "SoC"

# Factors to Wh, W, A and percent. Lower case, because chargers vary it.
_FACTORS: dict[str, dict[str | None, Decimal]] = {
    ENERGY: {None: Decimal(1), "wh": Decimal(1), "kwh": Decimal(1000)},
    POWER: {None: Decimal(1), "w": Decimal(1), "kw": Decimal(1000), "va": Decimal(1), "kva": Decimal(1000)},
    CURRENT: {None: Decimal(1), "a": Decimal(1), "ma": Decimal("0.001")},
    SOC: {None: Decimal(1), "percent": Decimal(1), "%": Decimal(1)},
}
LARGEST = 10**15  # of any unit; what is larger is no measurement, and no database holds it
_LARGEST = {ENERGY: LARGEST, POWER: 10**8, CURRENT: 10**6, SOC: 10**3}  # Wh, W, A, percent: three phases fit a column
PhaseValue = tuple[str | None, Decimal]  # the phase it was measured on, None for all of them
_PLACES = {"Outlet", ""}  # the charger's inlet, its body and the car measure something else


def measurements(values: Sequence[MeterValue], received_at: datetime) -> list[Measurement]:
    """Return one measurement per instant that says anything the rules need."""
    found = []
    for value in values:
        taken_at, _ = read_time(value.timestamp, received_at)
        measurement = _measurement(value.sampled_value, taken_at)
        if measurement is not None:
            found.append(measurement)
    return found


def has_more_than_the_start(samples: Sequence[SampledValue]) -> bool:
    """Say whether a reading holds the register at the start beside the one of now, in whatever order (#1838, #1709)."""
    contexts = {each.context for each in samples if each.measurand == ENERGY and each.format == "Raw"}
    return AT_THE_START in contexts and len(contexts) > 1


def register(value: float | None) -> int | None:
    """Return a register in whole Wh, half up, None for what is none; some chargers send fractions (shiv3 PR #83)."""
    if value is None or not math.isfinite(value) or abs(value) > LARGEST:
        return None
    return int(Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP))


def start_register(value: float | None) -> int | None:
    """Return the register at a start in Wh; one below zero, such as -1, is none. At a stop it would be a meter back."""
    found = register(value)
    return found if found is None or found >= 0 else None


def _measurement(samples: Sequence[SampledValue], taken_at: datetime) -> Measurement | None:
    """Sort the values by what they measure, in one pass: this runs for every reading of the house."""
    found: dict[str, list[PhaseValue]] = {}
    context = None
    begins = has_more_than_the_start(samples)
    for sample in samples:
        measurand = sample.measurand
        if begins and measurand == ENERGY and sample.context == AT_THE_START:
            continue
        if context is None and measurand == ENERGY:
            context = sample.context
        if measurand not in _FACTORS or sample.format != "Raw" or sample.location not in _PLACES:
            continue
        value = measured(sample.value, sample.unit, measurand)
        if value is not None:
            found.setdefault(measurand, []).append((sample.phase, value))
    if not found:
        return None
    currents = [value for phase, value in found.get(CURRENT, ()) if phase != "N"]
    register, power, soc = (_overall(found.get(measurand, ())) for measurand in (ENERGY, POWER, SOC))
    if register is None and power is None and soc is None and not currents:
        return None
    return Measurement(
        taken_at=taken_at,
        context=samples[0].context if context is None else context,
        register_wh=None if register is None else whole(register),
        power_w=None if power is None else whole(power),
        current_a=float(max(currents)) if currents else None,
        soc_percent=None if soc is None else whole(soc),
    )


def _overall(values: Sequence[PhaseValue]) -> Decimal | None:
    """Return the value over all phases: as sent, else the sum of the phases, each counted once."""
    phases: dict[str, Decimal] = {}
    for phase, value in values:
        if not phase:
            return value
        phases.setdefault(phase.split("-")[0], value)
    lines = [value for phase, value in phases.items() if phase in ("L1", "L2", "L3")]
    return sum(lines, Decimal(0)) if lines else None


def measured(value: str | float, unit: str | None, measurand: str) -> Decimal | None:
    """Return a value in Wh, W, A or percent, or None where it is none: no number, another unit, or far too large."""
    found, factor = number(value), factor_of(measurand, unit)
    if found is None or factor is None or abs(found * factor) > _LARGEST[measurand]:
        return None
    return found * factor


@remembering(256)
def factor_of(measurand: str, unit: str | None) -> Decimal | None:
    """Return what a value is multiplied with to be in Wh, W, A or percent, or None for a unit that does not fit."""
    return _FACTORS[measurand].get((unit.strip().lower() or None) if unit else None)


@remembering(4_096)  # currents and states of charge repeat themselves
def number(value: str | float) -> Decimal | None:
    """Return a value as a number, or None when it is none."""
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) <= LARGEST else None


def whole(value: Decimal) -> int:
    """Return a value rounded half up."""
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))
