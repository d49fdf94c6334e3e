"""OCPP-J frames: a CALL, its CALLRESULT and its CALLERROR as JSON arrays (OCPP-J 1.6, 4.2)."""

import json
from dataclasses import dataclass, field

from onetime.simulator.vocabulary import JsonObject

_CALL, _RESULT, _ERROR = 2, 3, 4


class CallFailedError(Exception):
    """A CALL brought no CALLRESULT: see CallError, NoAnswerError and NotConnectedError."""


class NotConnectedError(CallFailedError):
    """There was no connection, or it broke before the answer came."""


class NoAnswerError(CallFailedError):
    """The central system did not answer in time."""


class CallError(CallFailedError):
    """The other side answered with CALLERROR, or this side wants to."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(f"{code}: {description}" if description else code)
        self.code = code
        self.description = description


class FrameError(ValueError):
    """A text is no OCPP-J frame; `message_id` is there when an answer can still name it."""

    def __init__(self, reason: str, message_id: str | None = None) -> None:
        super().__init__(reason)
        self.message_id = message_id


@dataclass(frozen=True, slots=True)
class Call:
    """A request: `[2, id, action, payload]`."""

    message_id: str
    action: str
    payload: JsonObject

    def encode(self) -> str:
        """Return the frame's text."""
        return _compact([_CALL, self.message_id, self.action, self.payload])


@dataclass(frozen=True, slots=True)
class CallResult:
    """An answer: `[3, id, payload]`."""

    message_id: str
    payload: JsonObject

    def encode(self) -> str:
        """Return the frame's text."""
        return _compact([_RESULT, self.message_id, self.payload])


@dataclass(frozen=True, slots=True)
class CallErrorFrame:
    """A refusal: `[4, id, code, description, details]`."""

    message_id: str
    code: str
    description: str = ""
    details: JsonObject = field(default_factory=dict)

    def encode(self) -> str:
        """Return the frame's text."""
        return _compact([_ERROR, self.message_id, self.code, self.description, self.details])


Frame = Call | CallResult | CallErrorFrame


def decode(text: str | bytes) -> Frame:
    """Read one frame.

    Raises:
        FrameError: the text is not JSON, or not one of the three shapes.
    """
    try:
        parts = json.loads(text)
    except ValueError as error:
        raise FrameError(f"not JSON: {error}") from error
    match parts:
        case [2, str(message_id), str(action), dict(payload)]:
            return Call(message_id, action, payload)
        case [2, str(message_id), str(action), None]:
            return Call(message_id, action, {})
        case [3, str(message_id), dict(payload)]:
            return CallResult(message_id, payload)
        case [4, str(message_id), str(code), str(description), *_]:
            return CallErrorFrame(message_id, code, description)
        case [2, str(message_id), *_]:
            raise FrameError("a CALL needs four elements: 2, id, action, payload", message_id)
    raise FrameError("neither CALL nor CALLRESULT nor CALLERROR")


def _compact(parts: list[object]) -> str:
    return json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
