"""OCPP-J frames: text in, typed frames out, and back. No sockets here.

Defined in OCPP-J 1.6, section 4: ``[2, id, action, payload]`` calls, ``[3, id, payload]`` answers and
``[4, id, code, description, details]`` refuses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

CALL: Final = 2
CALL_RESULT: Final = 3
CALL_ERROR: Final = 4

_CALL_SHAPE = msgspec.json.Decoder(tuple[int, str, str, msgspec.Raw])
_ANY_SHAPE = msgspec.json.Decoder(list[msgspec.Raw])
_encoder = msgspec.json.Encoder()

# A call's id, found without parsing: what is broken behind it must not cost the charger its answer.
_CALL_ID = re.compile(r'^\s*\[\s*"?2"?\s*,\s*("(?:[^"\\]|\\.){1,255}")')
_MISSING_VALUE = re.compile(r":\s*(?=[,}\]])")
_CONTROL = re.compile(r"[\x00-\x1f]")  # such as a line break inside a text (mobilityhouse #353)
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")


@dataclass(frozen=True, slots=True)
class Call:
    """A request. ``payload`` is still JSON; ``problem`` says what had to be repaired to read the frame."""

    message_id: str
    action: str
    payload: bytes
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class CallResult:
    """The answer to one of our calls."""

    message_id: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CallError:
    """The refusal of one of our calls."""

    message_id: str
    code: str
    description: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A frame that says nothing; ``message_id`` is set when it was a call that still wants an answer."""

    reason: str
    message_id: str | None = None


Frame = Call | CallResult | CallError | Unreadable


def parse(text: str | bytes) -> Frame:
    """Return what a frame says. Never raises: what cannot be read comes back as ``Unreadable``."""
    raw = text.encode() if isinstance(text, str) else text
    try:
        kind, message_id, action, payload = _CALL_SHAPE.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _parse_slowly(raw)
    return Call(message_id, action, bytes(payload)) if kind == CALL else _parse_slowly(raw)


def encode_call(message_id: str, action: str, payload: dict[str, Any]) -> str:
    """Return the frame of a request."""
    return _encoder.encode([CALL, message_id, action, payload]).decode()


def encode_result(message_id: str, payload: dict[str, Any]) -> str:
    """Return the frame of an answer."""
    return _encoder.encode([CALL_RESULT, message_id, payload]).decode()


def encode_error(message_id: str, code: str, description: str) -> str:
    """Return the frame of a refusal. The description holds at most 255 characters (OCPP-J 1.6, section 4.2.3)."""
    return _encoder.encode([CALL_ERROR, message_id, code, description[:255], {}]).decode()


def answer_of(frame: CallResult | CallError) -> list[Any]:
    """Return the elements of a charger's answer, as far as they were read."""
    if isinstance(frame, CallResult):
        return [CALL_RESULT, frame.message_id, frame.payload]
    return [CALL_ERROR, frame.message_id, frame.code, frame.description, frame.details]


def encode_answer(elements: list[Any]) -> str:
    """Return the frame of these elements."""
    return _encoder.encode(elements).decode()


def _parse_slowly(raw: bytes) -> Frame:
    """Read a frame that is not a plain call: an answer, or something a charger got wrong."""
    text = raw.decode(errors="replace").strip("\ufeff \t\r\n\x00")
    parts, problem = _parts(text)
    if parts is None:
        return Unreadable("not a JSON array", _call_id(text))
    kind = _integer(parts[0]) if parts else None
    message_id = _text(parts[1]) if len(parts) > 1 else None
    if message_id is None:
        return Unreadable("no message id", _call_id(text))
    if kind == CALL:
        return _call(message_id, parts, problem)
    if kind == CALL_RESULT:
        return CallResult(message_id, _object(parts[2]) if len(parts) > 2 else {})
    if kind == CALL_ERROR:
        return CallError(
            message_id,
            (_text(parts[2]) if len(parts) > 2 else None) or "GenericError",
            (_text(parts[3]) if len(parts) > 3 else None) or "",
            _object(parts[4]) if len(parts) > 4 else {},
        )
    return Unreadable(f"unknown message type {kind}")  # to be ignored: OCPP-J 1.6, section 4.1.3


def _call(message_id: str, parts: list[msgspec.Raw], problem: str | None) -> Frame:
    action = _text(parts[2]) if len(parts) > 2 else None
    if action is None:
        return Unreadable("a call without an action", message_id)
    payload = bytes(parts[3]) if len(parts) > 3 else b"{}"
    if len(parts) != 4:
        problem = f"a call of {len(parts)} elements"
    return Call(message_id, action, payload, problem or "the frame was repaired")


def _parts(text: str) -> tuple[list[msgspec.Raw] | None, str | None]:
    """Split a frame into its elements, repairing what is certain: a missing value is null, a stray comma nothing."""
    for candidate, problem in _candidates(text):
        try:
            return _ANY_SHAPE.decode(candidate.encode()), problem
        except (msgspec.DecodeError, RecursionError):
            continue
    return None, None


def _candidates(text: str) -> Iterator[tuple[str, str | None]]:
    yield text, None
    yield _TRAILING_COMMA.sub("", _MISSING_VALUE.sub(":null", _CONTROL.sub(" ", text))), "invalid JSON was repaired"


def _call_id(text: str) -> str | None:
    match = _CALL_ID.match(text)
    if match is None:
        return None
    found = match.group(1)
    return _text(msgspec.Raw(found.encode(errors="replace"))) or found[1:-1]


def _integer(raw: msgspec.Raw) -> int | None:
    try:
        return int(msgspec.json.decode(raw, type=int, strict=False))
    except (msgspec.DecodeError, OverflowError):
        return None


def _text(raw: msgspec.Raw) -> str | None:
    try:
        value = msgspec.json.decode(raw, type=str | int)
    except msgspec.DecodeError:
        return None
    return str(value)


def _object(raw: msgspec.Raw) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
