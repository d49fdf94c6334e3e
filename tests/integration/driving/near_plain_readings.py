"""Meter readings that are nearly plain: sound ones with one thing wrong, each at the border of the short way."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

MEASURANDS = {
    "Energy.Active.Import.Register": ("Wh", "kWh"),
    "Power.Active.Import": ("W", "kW"),
    "Current.Import": ("A",),
    "Voltage": ("V",),
    "SoC": ("Percent",),
}
REGISTER_WH = 500_000
CONTEXTS = ("Sample.Periodic", "Sample.Clock", "Transaction.Begin", "Transaction.End", "Trigger")
PHASES = ("L1", "L2", "L3", "N", "L1-N")
HUGE = (2**31 - 1, 2**31, 2**32, 2**63 - 1, 2**63, 2**64, 10**30, -1, 0)
NUMBERS = ("1e308", "1e-400", "-0", "0.4999999999999999999999", "9" * 400, "1_0", "٣", " 7 ", "+5", "0x10", "Infinity")
STAMPS = (
    "", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999+14:00", "1970-01-01T00:00:00Z", "2026-11-31T00:00:00Z",
    "2026-10-05", "20261005T180000Z", "2026-10-05T18:00:00", "2026-10-05T18:00:00-00:00", "now",
)  # fmt: skip
OTHER_TYPES: tuple[Any, ...] = (None, True, 7, 1.5, "7", [], {}, [[]])


def plain_frame(chance: random.Random, message_id: str) -> str:
    """A reading the short way takes: of now, with every value as the specification has it."""
    return json.dumps([2, message_id, "MeterValues", _payload(chance)])


def near_plain_frame(chance: random.Random, message_id: str) -> str:
    """A plain reading with one thing wrong behind its id."""
    damage: Callable[[random.Random, str], str] = chance.choice(
        [
            _flipped,
            _flipped,
            _other_type,
            _other_type,
            _key_twice,
            _huge,
            _odd_number,
            _odd_stamp,
            _extra,
            _many,
            _spaced,
        ]
    )
    payload = damage(chance, json.dumps(_payload(chance)))
    return f'[2,{json.dumps(message_id)},"MeterValues",{payload}]'


def _payload(chance: random.Random) -> dict[str, Any]:
    payload: dict[str, Any] = {"connectorId": chance.choice((1, 1, 1, 1, 2, 0))}
    if chance.random() < 0.4:
        payload["transactionId"] = chance.choice((0, 0, 1, 2, 77))
    at = datetime.now(UTC) - timedelta(seconds=chance.choice((0, 0, 0, 1, 1, 59, 61, 4_000)))
    samples = [_sample(chance, "Energy.Active.Import.Register")] if chance.random() < 0.8 else []
    samples += [_sample(chance, chance.choice(list(MEASURANDS))) for _ in range(chance.randint(1, 3))]
    payload["meterValue"] = [{"timestamp": f"{at:%Y-%m-%dT%H:%M:%S}Z", "sampledValue": samples}]
    return payload


def _sample(chance: random.Random, measurand: str) -> dict[str, Any]:
    unit, value = chance.choice(MEASURANDS[measurand]), REGISTER_WH + chance.randrange(5)
    sample = {"value": f"{value / 1000}" if unit == "kWh" else f"{value}", "measurand": measurand, "unit": unit}
    if chance.random() < 0.5:
        sample["context"] = chance.choice(CONTEXTS)
    if chance.random() < (0.4 if measurand in ("Current.Import", "Voltage") else 0.02):
        sample["phase"] = chance.choice(PHASES)
    return sample


def _flipped(chance: random.Random, text: str) -> str:
    """One to three bits of the text are the other way round; what is no text any more is a replacement character."""
    data = bytearray(text.encode())
    for _ in range(chance.randint(1, 3)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data.decode(errors="replace")


def _replaced(chance: random.Random, content: Any, odd: Any) -> Any:
    """Put ``odd`` in the place of one value, however deep it lies."""
    if not content or not isinstance(content, dict | list) or chance.random() < 0.1:
        return odd
    place = chance.choice(list(content)) if isinstance(content, dict) else chance.randrange(len(content))
    content[place] = _replaced(chance, content[place], odd)
    return content


def _other_type(chance: random.Random, text: str) -> str:
    return json.dumps(_replaced(chance, json.loads(text), chance.choice(OTHER_TYPES)))


def _huge(chance: random.Random, text: str) -> str:
    payload = json.loads(text)
    payload[chance.choice(("connectorId", "transactionId"))] = chance.choice(HUGE)
    return json.dumps(payload)


def _odd_number(chance: random.Random, text: str) -> str:
    payload = json.loads(text)
    chance.choice(payload["meterValue"][0]["sampledValue"])["value"] = chance.choice(
        (*NUMBERS, *(str(each) for each in HUGE))
    )
    return json.dumps(payload)


def _odd_stamp(chance: random.Random, text: str) -> str:
    payload = json.loads(text)
    payload["meterValue"][0]["timestamp"] = chance.choice(STAMPS)
    return json.dumps(payload)


def _key_twice(chance: random.Random, text: str) -> str:
    """A key comes twice in one object, which JSON leaves open."""
    key, odd = (
        chance.choice(("connectorId", "transactionId", "meterValue", "timestamp", "value")),
        chance.choice(OTHER_TYPES),
    )
    again = f'"{key}": {json.dumps(odd)}, '
    place = text.find(f'"{key}"')
    return text if place < 0 else text[:place] + again + text[place:]


def _extra(chance: random.Random, text: str) -> str:
    payload = json.loads(text)
    values = payload["meterValue"][0]
    chance.choice((payload, values, values["sampledValue"][0]))[chance.choice(("vendor", "", "Value"))] = chance.choice(
        OTHER_TYPES
    )
    return json.dumps(payload)


def _many(chance: random.Random, text: str) -> str:
    """None, two or many readings in one message, or none or many values in a reading."""
    payload = json.loads(text)
    holder = chance.choice(((payload, "meterValue"), (payload["meterValue"][0], "sampledValue")))
    holder[0][holder[1]] *= chance.choice((0, 2, 60))
    return json.dumps(payload)


def _spaced(chance: random.Random, text: str) -> str:
    return chance.choice(("\n", "  ", "\t")).join(text.split(" ")) + chance.choice(("", " ", "\n"))
