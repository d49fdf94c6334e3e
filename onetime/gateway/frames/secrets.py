"""What must not be written down of what goes to and comes from a charger: its key, and what opens its files."""

import json
import re
from contextlib import suppress
from typing import Any

from onetime.services.files.addresses import PATH

HIDDEN = "•••"
RECOGNISED = 7  # characters of a secret's beginning; fewer may be anything
_PASSWORD = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/@:]*:([^/@]+)@")
_SECRET_KEYS = ("authorizationkey",)  # security whitepaper, A01.FR.09: never written down


def secret_of(action: str, payload: dict[str, Any]) -> str | None:
    """Return what must not be written down of a call to a charger: a secret setting, or what opens a file."""
    if (opener := _opener_of(payload)) is not None:
        return opener
    if action != "ChangeConfiguration" or not _is_secret(payload.get("key")):
        return None
    return json.dumps(payload.get("value"), ensure_ascii=False).strip('"') or None


def masked(text: str, secret: str) -> str:
    """Return a text without a secret: as it was sent, as the text its digits stand for, and where it is cut off."""
    forms = {secret}
    with suppress(ValueError):
        forms.add(bytes.fromhex(secret).decode("ascii"))
    for form in sorted((each for each in forms if each.strip()), key=len, reverse=True):
        text = re.sub(re.escape(form), HIDDEN, text, flags=re.IGNORECASE)
        beginnings = "|".join(re.escape(form[:size]) for size in range(len(form) - 1, RECOGNISED, -1))
        text = re.sub(f"(?:{beginnings})", HIDDEN, text, flags=re.IGNORECASE) if beginnings else text
    return text


def may_hold_secrets(text: str) -> bool:
    """Say whether a frame speaks of a secret setting, so that it is worth a look; most do not."""
    lowered = text.lower()
    return any(key in lowered for key in _SECRET_KEYS)


def without_secrets(value: Any) -> Any:
    """Return what a charger said with its secret settings hidden: those it names, and those it shows as fields.

    The frame has been parsed by then, so this takes one step for each of its values, however it is made.
    """
    if isinstance(value, list):
        return [without_secrets(each) for each in value]
    if not isinstance(value, dict):
        return value
    names_one = any(_is_secret(each) for each in value.values())
    return {key: HIDDEN if _holds_secret(key, names_one) else without_secrets(each) for key, each in value.items()}


def _holds_secret(field: str, names_one: bool) -> bool:
    return _is_secret(field) or (names_one and field.strip().casefold() == "value")


def _is_secret(name: Any) -> bool:
    return isinstance(name, str) and name.strip().casefold() in _SECRET_KEYS


def _opener_of(payload: dict[str, Any]) -> str | None:
    """Return the password or the one-time part of a file's address, where a call names one."""
    for holder in (payload, payload.get("log"), payload.get("firmware")):
        location = (holder.get("location") or holder.get("remoteLocation")) if isinstance(holder, dict) else None
        if isinstance(location, str):
            password = _PASSWORD.match(location)
            token = location.partition(f"{PATH}/")[2].partition("/")[0]
            return password[1] if password else token or None
    return None
