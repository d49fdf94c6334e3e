"""From a call's JSON to a typed request: strict first, then repaired, and only then refused.

A charger repeats a refused transaction message a few times and then drops it for ever (OCPP 1.6 edition 2,
section 3.7.1), so a message is refused only when its facts cannot be read at all.
"""

from typing import Any, TypeVar

import msgspec

from onetime.gateway.messages import Message

M = TypeVar("M", bound=Message)

_LISTS = {"meterValue", "sampledValue", "transactionData"}
_OTHER_NAMES = {"values": "sampledValue"}  # SteVe #249
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
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        return decoder.decode(payload), None
    except (msgspec.ValidationError, RecursionError) as error:
        return _decode_repaired(payload, kind), str(error)
    except msgspec.DecodeError as error:
        raise PayloadError("FormationViolation", str(error)) from error


def _decode_repaired(payload: bytes, kind: type[M]) -> M:
    try:
        content = _repaired(msgspec.json.decode(payload))
        return msgspec.convert(content if content is not None else {}, kind, strict=False)
    except RecursionError as error:
        raise PayloadError("FormationViolation", "nested too deeply") from error
    except msgspec.ValidationError as error:
        missing = "missing required field" in str(error)
        raise PayloadError(
            "OccurenceConstraintViolation" if missing else "TypeConstraintViolation", str(error)
        ) from error


def _repaired(content: Any) -> Any:
    """Undo what chargers are known to get wrong (huawei: lbbrhzn #1144; stray blanks: mobilityhouse #353)."""
    if isinstance(content, str):
        return content.strip()
    if isinstance(content, list):
        return [_repaired(item) for item in content]
    if not isinstance(content, dict):
        return content
    repaired: dict[str, Any] = {}
    for key, value in content.items():
        name = _OTHER_NAMES.get(key.strip(), key.strip())
        if value is None or value == "":
            continue  # the same as left out
        repaired[name] = _repaired([value] if name in _LISTS and isinstance(value, dict) else value)
    return repaired
