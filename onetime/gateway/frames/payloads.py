"""From a call's JSON to a typed request: strict first, then repaired, and only then refused.

A charger repeats a refused transaction message a few times and then drops it for ever (OCPP 1.6 edition 2,
section 3.7.1), so a message is refused only when its facts cannot be read at all.
"""

import json
import re
from typing import Any, TypeVar

import msgspec

from onetime.gateway.frames.messages import TEXT_LIMIT, Message, MeterValue, SampledValue
from onetime.gateway.frames.salvage import salvaged

M = TypeVar("M", bound=Message)

_LISTS = {"meterValue", "sampledValue", "transactionData"}
_NUMBERS = {"connectorId", "transactionId", "reservationId", "requestId", "meterStart", "meterStop", "value"}
_DISPENSABLE = {"transactionId", "reservationId", "requestId"}  # where it is no number it is the same as left out
_ANY_LENGTH = {"value", "data", "csr"}
_METER_VALUES = {"meterValue", "transactionData"}
_METER_VALUE: dict[str, Any] = {"timestamp": None, "sampledValue": []}
_OTHER_NAMES = {"values": "sampledValue"}  # SteVe #249
_NESTED: dict[str, type[msgspec.Struct]] = {
    "meterValue": MeterValue,
    "transactionData": MeterValue,
    "sampledValue": SampledValue,
}
_NULL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")  # PostgreSQL stores no text that holds it
NAME_SHOWN = 50  # characters of an unknown field's name that are written down
_decoders: dict[type[Message], msgspec.json.Decoder[Any]] = {}


class PayloadError(Exception):
    """A payload whose facts cannot be read. ``code`` is OCPP-J 1.6's (table 7, spelt as there)."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code


def decode(payload: bytes, kind: type[M]) -> tuple[M, str | None]:
    """Return the request and what had to be repaired to read it, or None when it was as it should be.

    Raises ``PayloadError``.
    """
    if b"\\u0000" in payload and (cleaned := _NULL.sub(rb"\1", payload)) != payload:
        request, problem = decode(cleaned, kind)
        return request, problem or "a null character in a text was left out"
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        request = decoder.decode(payload)
    except (msgspec.ValidationError, RecursionError) as error:
        return _decode_repaired(payload, kind), str(error)
    except msgspec.DecodeError as error:
        raise PayloadError("FormationViolation", str(error)) from error
    return request, _passed_over(payload, kind)


def _passed_over(payload: bytes, kind: type[Message]) -> str | None:
    """Say which field the specification does not have, or None when it has them all."""
    try:
        name = _unknown_field(msgspec.json.decode(payload), kind)
    except (msgspec.DecodeError, RecursionError):
        return "an unknown field that cannot be read was passed over"
    return None if name is None else f"unknown field {name[:NAME_SHOWN]!r} was passed over"


def _unknown_field(content: Any, kind: type[msgspec.Struct]) -> str | None:
    """Return the first field the specification does not have, or None."""
    if isinstance(content, list):
        return next((name for item in content if (name := _unknown_field(item, kind)) is not None), None)
    if not isinstance(content, dict):
        return None
    for name, value in content.items():
        if name not in kind.__struct_encode_fields__:
            return str(name)
        inner = _unknown_field(value, _NESTED[name]) if name in _NESTED else None
        if inner is not None:
            return inner
    return None


def _decode_repaired(payload: bytes, kind: type[M]) -> M:
    try:
        content = _repaired(json.loads(payload))  # takes numbers beyond what fits, unlike msgspec
        return salvaged(content if content is not None else {}, kind)
    except RecursionError as error:
        raise PayloadError("FormationViolation", "nested too deeply") from error
    except msgspec.ValidationError as error:
        raise PayloadError(_code(str(error)), str(error)) from error
    except ValueError as error:
        raise PayloadError("FormationViolation", str(error)) from error


def _code(error: str) -> str:
    """Return OCPP's code for what msgspec found wrong."""
    if "missing required field" in error:
        return "OccurenceConstraintViolation"
    if ">=" in error or "<=" in error:
        return "PropertyConstraintViolation"
    return "TypeConstraintViolation"


def _repaired(content: Any) -> Any:
    """Undo what chargers are known to get wrong (huawei: lbbrhzn #1144; stray blanks: mobilityhouse #353)."""
    if isinstance(content, list):
        return [_repaired(item) for item in content if item is not None]
    if not isinstance(content, dict):
        return content
    repaired: dict[str, Any] = {}
    for key, value in content.items():
        name = _OTHER_NAMES.get(key.strip(), key.strip())
        kept = _repaired_value(name, value)
        if kept is not None and kept != "":  # the same as left out
            repaired[name] = kept
    return repaired


def _repaired_value(name: str, value: Any) -> Any:
    if name in _LISTS and isinstance(value, dict):
        value = [value]
    if name in _METER_VALUES and isinstance(value, list):
        return [_METER_VALUE | item if isinstance(item, dict) else item for item in _repaired(value)]
    if isinstance(value, int | float) and not isinstance(value, bool) and name not in _NUMBERS:
        return str(value)
    if isinstance(value, str):
        text = value.strip() if name in _ANY_LENGTH else value.strip()[:TEXT_LIMIT]
        return None if name in _DISPENSABLE and not _is_whole(text) else text
    if name in _DISPENSABLE and not _is_whole(value):
        return None
    return _repaired(value)


def _is_whole(value: Any) -> bool:
    """Say whether a value is a whole number that an id can be, written as a number or as text."""
    try:
        return not isinstance(value, bool) and float(value).is_integer() and abs(float(value)) < 2**63
    except (TypeError, ValueError, OverflowError):
        return False
