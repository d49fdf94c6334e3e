"""A MeterValues call of 1,210 bytes with eight sampled values, as a three-phase charger sends it."""

import json
import time
from collections.abc import Callable

MESSAGE_BYTES = 1_210  # the whole call
CONNECTOR = 1
START_WH = 100_000_000
POWER_W = 11_000

_TIME, _REGISTER, _POWER = "(time)", "(register)", "(power)"  # filled in for each call, in this order
_SAMPLES = (
    ("Energy.Active.Import.Register", "Wh", None, _REGISTER),
    ("Power.Active.Import", "W", None, _POWER),
    ("Current.Import", "A", "L1", "16.00"),
    ("Current.Import", "A", "L2", "16.00"),
    ("Current.Import", "A", "L3", "16.00"),
    ("Voltage", "V", "L1-N", "230.40"),
    ("Voltage", "V", "L2-N", "229.80"),
    ("SoC", "Percent", None, "57.00"),
)

Calls = Callable[[int], tuple[bytes, bytes]]


def reading_calls(transaction_id: int) -> Calls:
    """Return the function that makes the nth call of a session that starts now: its message id and its text.

    Each call has an id, the present time, a register that rises with it and a power of its own, as real ones do: a
    repeated id would be answered from memory, and a wrong time or register looked at more closely.
    """
    started = time.time()
    payload = {
        "connectorId": CONNECTOR,
        "transactionId": transaction_id,
        "meterValue": [{"timestamp": _TIME, "sampledValue": [_sample(*sample) for sample in _SAMPLES]}],
    }
    call = f'[2,"%b","MeterValues",{json.dumps(payload, separators=(",", ":"))}]'
    fillings = {_TIME: "%b", _REGISTER: "%d", _POWER: "%d.0"}
    for gap, filling in fillings.items():
        call = call.replace(gap, filling)
    template = call.encode()
    example = template % (b"", timestamp(started).encode(), START_WH, POWER_W)
    id_template = b"reading-%%0%dd" % (MESSAGE_BYTES - len(example) - len("reading-"))

    def nth(number: int) -> tuple[bytes, bytes]:
        message_id = id_template % number
        at = time.time()
        register_wh, power_w = START_WH + int((at - started) * POWER_W / 3600), POWER_W + number % 97
        return message_id, template % (message_id, timestamp(at).encode(), register_wh, power_w)

    return nth


def timestamp(at: float) -> str:
    """Return an instant, in seconds since 1970, as chargers write it."""
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(at))}.{int(at % 1 * 1000):03d}Z"


def _sample(measurand: str, unit: str, phase: str | None, value: str) -> dict[str, str]:
    phases = {"phase": phase} if phase else {}
    return {
        "value": value,
        "context": "Sample.Periodic",
        "format": "Raw",
        "measurand": measurand,
        **phases,
        "location": "Outlet",
        "unit": unit,
    }
