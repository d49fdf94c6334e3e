"""Frames as a broken charger sends them, the same ones for the same seed."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.integration.driving.near_plain_readings import near_plain_frame, plain_frame

WHEN = "2026-10-05T18:00:00Z"
SAMPLE = {"value": "12345", "measurand": "Energy.Active.Import.Register", "unit": "Wh", "context": "Sample.Periodic"}
READING = {"timestamp": WHEN, "sampledValue": [SAMPLE, {"value": "11000", "measurand": "Power.Active.Import"}]}
SOUND: dict[str, dict[str, Any]] = {
    "BootNotification": {
        "chargePointVendor": "Keba", "chargePointModel": "P30", "firmwareVersion": "1.17",
        "chargePointSerialNumber": "17.042.883", "meterType": "M", "iccid": "8941", "imsi": "22801",
    },
    "Heartbeat": {},
    "Authorize": {"idTag": "04A1B2C3"},
    "StatusNotification": {
        "connectorId": 1, "status": "Available", "errorCode": "NoError", "timestamp": WHEN,
        "info": "all is well", "vendorId": "com.example", "vendorErrorCode": "0",
    },
    "StartTransaction": {
        "connectorId": 1, "idTag": "04A1B2C3", "meterStart": 100, "timestamp": WHEN, "reservationId": 3,
    },
    "StopTransaction": {
        "transactionId": 1, "meterStop": 900, "timestamp": WHEN, "idTag": "04A1B2C3", "reason": "Local",
        "transactionData": [READING],
    },
    "MeterValues": {"connectorId": 1, "transactionId": 1, "meterValue": [READING]},
    "DataTransfer": {"vendorId": "com.example", "messageId": "m", "data": "d"},
    "FirmwareStatusNotification": {"status": "Downloaded"},
    "DiagnosticsStatusNotification": {"status": "Uploaded"},
    "SecurityEventNotification": {"type": "FirmwareUpdated", "timestamp": WHEN, "techInfo": "1.17"},
    "LogStatusNotification": {"status": "Uploaded", "requestId": 1},
    "SignedFirmwareStatusNotification": {"status": "Installed", "requestId": 1},
    "SignCertificate": {"csr": "-----BEGIN CERTIFICATE REQUEST-----"},
}  # fmt: skip
ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 2**31, 2**40, 2**63 - 1, 2**64, -(2**70), 1e308, "", " ", "x", "\n", "12", "1e5",
    "NaN", "Ω\u0000é", "0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00",
    "x" * 200, [], {}, [[]], [None], {"": None}, [1, "a"],
]  # fmt: skip
CHARACTERS = '[]{}:,"\\0123456789eE+-.nulltruefalse \n\t\x00\x7fÄ€\ufeff'


@dataclass(frozen=True, slots=True)
class Broken:
    """A frame, and the id that has to be answered; None where nobody can say."""

    text: str
    message_id: str | None


def broken_frame(chance: random.Random, message_id: str) -> Broken:
    """Return the next frame."""
    action = chance.choice(list(SOUND))
    damage: Callable[[random.Random, str, str], Broken] = chance.choice(
        [_odd_fields, _odd_fields, _odd_frame, _cut, _scribbled, _scribbled, _noise, _nested, _near_plain, _odd_id]
    )
    return damage(chance, message_id, action)


def broken_reading(chance: random.Random, message_id: str) -> Broken:
    """Return a plain reading, or one that is nearly plain: both are offered to the short way."""
    damage = chance.choice([_plain, _plain, _near_plain, _near_plain, _near_plain, _odd_id])
    return damage(chance, message_id, "MeterValues")


def _plain(chance: random.Random, message_id: str, _action: str) -> Broken:
    return Broken(plain_frame(chance, message_id), message_id)


def _near_plain(chance: random.Random, message_id: str, _action: str) -> Broken:
    return Broken(near_plain_frame(chance, message_id), message_id)


def _odd_id(chance: random.Random, message_id: str, _action: str) -> Broken:
    """A plain reading whose id is odd, but text; one half of a character pair is no text."""
    ending = chance.choice(["", "x" * 20, "x" * 60, "x" * 200, "Ä", "\U0001f50c", '"', "\\", "\x00", "\n", "\ud800"])
    odd = message_id + ending
    return Broken(plain_frame(chance, odd), None if ending == "\ud800" else odd)


def _odd_fields(chance: random.Random, message_id: str, action: str) -> Broken:
    """A proper call whose payload has wrong, missing and unknown fields."""
    payload = _with_odd_values(chance, SOUND[action])
    if chance.random() < 0.2:
        payload[chance.choice(["extra", "connectorID", "", "idTag\n"])] = chance.choice(ODD)
    return Broken(json.dumps([2, message_id, action, payload]), message_id)


def _with_odd_values(chance: random.Random, content: Any) -> Any:
    if isinstance(content, list):
        return [_with_odd_values(chance, item) for item in content] * chance.choice([1, 1, 1, 0, 3])
    if not isinstance(content, dict):
        return content
    changed = {}
    for key, value in content.items():
        luck = chance.random()
        if luck < 0.1:
            continue
        changed[key] = chance.choice(ODD) if luck < 0.3 else _with_odd_values(chance, value)
    return changed


def _odd_frame(chance: random.Random, message_id: str, action: str) -> Broken:
    """A call of the wrong length, or with an action or payload of the wrong kind."""
    parts: list[Any] = [2, message_id, action, SOUND[action]]
    place = chance.choice([2, 3])
    parts[place] = chance.choice(ODD)
    return Broken(json.dumps(parts[: chance.choice([2, 3, 4, 4])] + [1] * chance.choice([0, 0, 2])), message_id)


def _cut(chance: random.Random, message_id: str, action: str) -> Broken:
    """A call that ends too early, but after its id."""
    text = json.dumps([2, message_id, action, SOUND[action]])
    return Broken(text[: chance.randrange(len(f"[2, {json.dumps(message_id)}"), len(text))], message_id)


def _scribbled(chance: random.Random, message_id: str, action: str) -> Broken:
    """A call with wrong characters behind its id."""
    text = json.dumps([2, message_id, action, SOUND[action]])
    kept = len(f"[2, {json.dumps(message_id)}, ")
    behind = list(text[kept:])
    for _stroke in range(chance.randint(1, 4)):
        place = chance.randrange(len(behind))
        behind[place : place + chance.randint(0, 3)] = chance.choices(CHARACTERS, k=chance.randint(0, 3)) or [" "]
    return Broken(text[:kept] + "".join(behind), message_id)


def _noise(chance: random.Random, _message_id: str, _action: str) -> Broken:
    """Anything at all, answers nobody asked for among it."""
    odd = json.dumps(chance.choice(ODD))
    sound = ["", "{}", "[]", "null", f"[3,{odd},{odd}]", f'[4,{odd},{odd},"",{{}}]', f"[{odd},{odd}]", f'[5,"x",{odd}]']
    return Broken(chance.choice([*sound, "".join(chance.choices(CHARACTERS, k=chance.randint(1, 60)))]), None)


def _nested(chance: random.Random, message_id: str, action: str) -> Broken:
    """A call whose payload has no bottom."""
    depth = chance.choice([10, 500, 3_000])
    opening, closing = chance.choice([("[", "]"), ('{"a":', "}")])
    return Broken(f'[2,{json.dumps(message_id)},"{action}",{opening * depth}1{closing * depth}]', message_id)
