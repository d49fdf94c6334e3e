"""The short way of a plain reading comes to what the long way does, or leaves it to that."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onetime.gateway.frames.messages import MeterValues
from onetime.gateway.frames.payloads import decode
from onetime.gateway.frames.plain_readings import decode_plain, plain_reading
from onetime.gateway.frames.readings import measurements
from onetime.services.chargers.measurements import Measurement

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
STAMP = "2026-11-23T17:59:58.250Z"

ODD = ("16.05", "0.5", "1e3", "x", "", "NaN", "٣")
SAMPLES = st.fixed_dictionaries(
    {"value": st.one_of(st.integers(-5, 10**9).map(str), st.sampled_from(ODD))},
    optional={
        "context": st.sampled_from(("Sample.Periodic", "Sample.Clock", "Transaction.End")),
        "measurand": st.sampled_from(
            ("Energy.Active.Import.Register", "Power.Active.Import", "Current.Import", "SoC", "Voltage")
        ),
        "phase": st.sampled_from(("L1", "L2", "L3", "N", "L1-N")),
        "location": st.just("Outlet"),
        "unit": st.sampled_from(("Wh", "kWh", "W", "kW", "A", "Percent", "V")),
    },
)


def frame(samples: list[dict[str, Any]], **fields: Any) -> bytes:
    payload = {"connectorId": 1, "meterValue": [{"timestamp": STAMP, "sampledValue": samples}], **fields}
    return json.dumps([2, "m1", "MeterValues", payload]).encode()


def short_way(call: bytes) -> Measurement | None:
    return plain_reading(decode_plain(call)[3], NOW)


@given(st.lists(SAMPLES, max_size=6))
@example([{"value": "0", "measurand": "SoC", "phase": "N"}])
def test_both_ways_come_to_the_same(samples: list[dict[str, Any]]) -> None:
    call = frame(samples)
    short = short_way(call)
    request, problem = decode(json.dumps(json.loads(call)[3]).encode(), MeterValues)
    assert problem is None
    if short is not None:
        assert [short] == measurements(request.meter_value, NOW)


def test_an_ordinary_reading_goes_the_short_way() -> None:
    energy = {"value": "15000", "measurand": "Energy.Active.Import.Register", "unit": "Wh", "context": "Sample.Clock"}
    currents = [{"value": f"{16 + n}.0", "measurand": "Current.Import", "phase": f"L{n}"} for n in (1, 2, 3)]
    reading = short_way(frame([energy, *currents]))
    assert reading == Measurement(NOW.replace(minute=59, hour=17, second=58, microsecond=250_000), "Sample.Clock",
                                  15_000, None, 19.0)  # fmt: skip


@pytest.mark.parametrize(
    "call",
    [
        frame([{"value": 15_000}]),
        frame([{"value": "15000", "format": "SignedData"}]),
        frame([{"value": "15000", "measurand": "energy.active.import.register"}]),
        frame([{"value": "15000", "vendor": "own"}]),
        frame([{"value": "15000"}], connectorId="1"),
        frame([{"value": "15000"}], meterValue=[]),
        frame([{"value": "15000"}]).replace(b"MeterValues", b"StopTransaction"),
        frame([{"value": "15000"}])[:-1],
    ],
)
def test_what_is_odd_is_left_to_the_long_way(call: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_plain(call)


def test_what_takes_more_than_a_look_is_left_to_the_long_way() -> None:
    assert short_way(frame([{"value": "15000", "phase": "L1"}])) is None
    assert short_way(frame([{"value": "230", "measurand": "Voltage"}])) is None
    assert short_way(frame([{"value": "15000"}]).replace(STAMP.encode(), b"yesterday")) is None
