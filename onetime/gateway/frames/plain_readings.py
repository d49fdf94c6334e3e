"""A plain MeterValues, as the specification has it word for word, decoded into one reading as fast as Python can.

The names a charger may use are fixed (OCPP 1.6 edition 2, sections 7.31 to 7.43), so they are decoded as the house's
own constants instead of new texts, and anything else is no plain reading: ``gateway.frames.payloads`` and
``gateway.frames.readings`` take it, with all their patience, and come to the same values for a plain one.
"""

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from onetime.gateway.frames.messages import ConnectorNumber
from onetime.gateway.frames.readings import CURRENT, ENERGY, POWER, SOC, measured, whole
from onetime.gateway.frames.remembering import remembering
from onetime.gateway.frames.times import read_time
from onetime.services.chargers.measurements import AT_THE_START, Measurement

_Context = Literal[
    "Interruption.Begin",
    "Interruption.End",
    "Sample.Clock",
    "Sample.Periodic",
    "Transaction.Begin",
    "Transaction.End",
    "Trigger",
    "Other",
]
_Measurand = Literal[
    "Energy.Active.Import.Register",
    "Power.Active.Import",
    "Current.Import",
    "SoC",
    "Voltage",
    "Current.Offered",
    "Power.Offered",
    "Power.Factor",
    "Temperature",
    "Frequency",
    "Energy.Active.Import.Interval",
]
_Phase = Literal["L1", "L2", "L3", "N", "L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1"]
_Unit = Literal["Wh", "kWh", "W", "kW", "A", "V", "Percent", "Celsius", "Celcius", "K", "VA", "kVA"]


class _Value(msgspec.Struct, rename="camel", gc=False, forbid_unknown_fields=True):
    value: str
    context: _Context = "Sample.Periodic"
    format: Literal["Raw"] = "Raw"
    measurand: _Measurand = "Energy.Active.Import.Register"
    phase: _Phase | None = None
    location: Literal["Outlet"] = "Outlet"
    unit: _Unit | None = None


class _Values(msgspec.Struct, rename="camel", gc=False, forbid_unknown_fields=True):
    timestamp: str
    sampled_value: list[_Value]


class PlainMeterValues(msgspec.Struct, rename="camel", gc=False, forbid_unknown_fields=True):
    """One meter value of one connector."""

    connector_id: ConnectorNumber
    meter_value: tuple[_Values]
    transaction_id: int | None = None


PlainCall = tuple[Literal[2], str, Literal["MeterValues"], PlainMeterValues]
decode_plain = msgspec.json.Decoder(PlainCall).decode  # raises msgspec.DecodeError for everything else


def plain_reading(request: PlainMeterValues, received_at: datetime) -> Measurement | None:  # noqa: C901 - one pass is the point
    """Return the reading, or None when it takes more than a look: phases to sum, no time, or nothing measured."""
    [values] = request.meter_value
    taken_at, problem = read_time(values.timestamp, received_at)
    if problem is not None:
        return None
    context: str | None = None
    register = power = soc = current = None
    for sample in values.sampled_value:
        measurand = sample.measurand
        if measurand == CURRENT:
            amperes = _amperes(sample.value, sample.unit) if sample.phase != "N" else None
            if amperes is not None and (current is None or amperes > current):
                current = amperes
        elif measurand == ENERGY:
            context = context or sample.context
            if sample.phase is not None or sample.context == AT_THE_START:
                return None
            register = _register(sample.value, sample.unit) if register is None else register
        elif measurand == POWER:
            if sample.phase is not None:
                return None
            power = _rounded(sample.value, sample.unit, POWER) if power is None else power
        elif measurand == SOC and soc is None:
            if sample.phase is not None:
                return None
            soc = _rounded(sample.value, sample.unit, SOC)
    if register is None and power is None and current is None and soc is None:
        return None
    return Measurement(
        taken_at,
        context or values.sampled_value[0].context,
        register,
        power,
        None if current is None else float(current),
        soc,
    )


def _register(value: str, unit: str | None) -> int | None:
    """Return a register in Wh; a new number each time, so nothing is gained by remembering it."""
    if (unit is None or unit == "Wh") and len(value) < 15 and value.isdecimal() and value.isascii():
        return int(value)
    return _rounded(value, unit, ENERGY)


@remembering(4_096)
def _rounded(value: str, unit: str | None, measurand: str) -> int | None:
    found = measured(value, unit, measurand)
    return None if found is None else whole(found)


@remembering(4_096)
def _amperes(value: str, unit: str | None) -> Decimal | None:
    return measured(value, unit, CURRENT)
