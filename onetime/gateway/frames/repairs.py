"""The kinds of what had to be repaired of a charger's message, few enough to count."""

from enum import StrEnum


class Repair(StrEnum):
    """What was wrong. The values are stored."""

    UNREADABLE = "unreadable"
    INVALID_JSON = "invalid_json"
    FRAME = "frame"
    UNKNOWN_FIELD = "unknown_field"
    MISSING_FIELD = "missing_field"
    TOO_LONG = "too_long"
    OUT_OF_RANGE = "out_of_range"
    WRONG_TYPE = "wrong_type"


# Parts of what the gateway and msgspec say was wrong, the more special ones first.
_SIGNS = (
    ("invalid JSON", Repair.INVALID_JSON),
    ("the frame", Repair.FRAME),
    ("a call of", Repair.FRAME),
    ("unknown field", Repair.UNKNOWN_FIELD),
    ("missing required field", Repair.MISSING_FIELD),
    ("length <=", Repair.TOO_LONG),
    ("<=", Repair.OUT_OF_RANGE),
    (">=", Repair.OUT_OF_RANGE),
)


def kind_of(problem: str) -> Repair:
    """Return the kind of a problem that was repaired."""
    return next((kind for sign, kind in _SIGNS if sign in problem), Repair.WRONG_TYPE)
