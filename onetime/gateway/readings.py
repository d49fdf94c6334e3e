"""From OCPP meter values to measurements: units, phases and forms normalised once, on the way in."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from onetime.gateway.messages import MeterValue, SampledValue
from onetime.gateway.times import read_time
from onetime.services.measurements import Measurement

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


def to_wh(value: float) -> int:
    """Return a register in whole Wh, half up; some chargers send fractions (shiv3 PR #83).

    Raises ``ValueError`` for what is no number.
    """
    if not math.isfinite(value) or abs(value) > LARGEST:
        msg = f"{value} is no meter register."
        raise ValueError(msg)
    return int(Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP))


def _measurement(samples: Sequence[SampledValue], taken_at: datetime) -> Measurement | None:
    register = _overall(samples, ENERGY)
    power = _overall(samples, POWER)
    current = _highest_phase(samples)
    soc = _overall(samples, SOC)
    if register is None and power is None and current is None and soc is None:
        return None
    return Measurement(
        taken_at=taken_at,
        context=_context(samples),
        register_wh=_whole(register),
        power_w=_whole(power),
        current_a=None if current is None else float(current),
        soc_percent=_whole(soc),
    )


def _overall(samples: Sequence[SampledValue], measurand: str) -> Decimal | None:
    """Return the value over all phases: as sent, else the sum of the phases, each counted once."""
    phases: dict[str, Decimal] = {}
    for sample, value in _of(samples, measurand):
        if not sample.phase:
            return value
        phases.setdefault(sample.phase.split("-")[0], value)
    lines = [value for phase, value in phases.items() if phase in ("L1", "L2", "L3")]
    return sum(lines, Decimal(0)) if lines else None


def _highest_phase(samples: Sequence[SampledValue]) -> Decimal | None:
    values = [value for sample, value in _of(samples, CURRENT) if sample.phase != "N"]
    return max(values, default=None)


def _of(samples: Sequence[SampledValue], measurand: str) -> Iterable[tuple[SampledValue, Decimal]]:
    for sample in samples:
        if sample.measurand != measurand or sample.format != "Raw" or sample.location not in _PLACES:
            continue
        value = _number(sample.value)
        factor = _FACTORS[measurand].get(sample.unit.strip().lower() or None if sample.unit else None)
        if value is not None and factor is not None:
            yield sample, value * factor


def _number(value: str | float) -> Decimal | None:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) <= LARGEST else None


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value.quantize(Decimal(1), ROUND_HALF_UP))


def _context(samples: Sequence[SampledValue]) -> str:
    for sample in samples:
        if sample.measurand == ENERGY:
            return sample.context
    return samples[0].context if samples else "Sample.Periodic"
