"""Read the fields of a command, and refuse the command with the right CALLERROR when one is amiss."""

from collections.abc import Collection
from datetime import datetime

from onetime.simulator.vocabulary import JsonObject, parse_time
from onetime.simulator.wire.frames import CallError


def text(payload: JsonObject, name: str, *, longest: int | None = None) -> str:
    """Return a required string.

    Raises:
        CallError: it is missing, of another type or longer than `longest`.
    """
    value = _required(payload, name)
    if not isinstance(value, str):
        raise CallError("TypeConstraintViolation", f"{name} must be a string.")
    if longest is not None and len(value) > longest:
        raise CallError("PropertyConstraintViolation", f"{name} has more than {longest} characters.")
    return value


def one_of(payload: JsonObject, name: str, choices: Collection[str]) -> str:
    """Return a required string out of `choices`; CallError for any other."""
    value = text(payload, name)
    if value not in choices:
        raise CallError("PropertyConstraintViolation", f"{name} cannot be {value}.")
    return value


def integer(payload: JsonObject, name: str) -> int:
    """Return a required integer; CallError when it is missing or none."""
    value = _required(payload, name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise CallError("TypeConstraintViolation", f"{name} must be an integer.")
    return value


def instant(payload: JsonObject, name: str) -> datetime:
    """Return a required date and time in UTC; CallError when it is missing or none."""
    try:
        return parse_time(text(payload, name))
    except ValueError as error:
        raise CallError("TypeConstraintViolation", f"{name} must be a date and time.") from error


def mapping(payload: JsonObject, name: str) -> JsonObject:
    """Return a required object; CallError when it is missing or none."""
    value = _required(payload, name)
    if not isinstance(value, dict):
        raise CallError("TypeConstraintViolation", f"{name} must be an object.")
    return value


def _required(payload: JsonObject, name: str) -> object:
    if payload.get(name) is None:
        raise CallError("ProtocolError", f"{name} is missing.")
    return payload[name]
