"""What nobody is shown, and nothing keeps, of what goes to and comes from a charger: its keys, passwords and PINs.

The one mechanism for all of it: the log of messages, answers to commands, operations with their parameters and results,
and the audit. What a value is, its name says; names are the charger's own, so they are judged by their words.
"""

import json
import re
from contextlib import suppress
from typing import Any

from onetime.services.files.addresses import PATH

HIDDEN = "•••"
RECOGNISED = 7  # characters of a secret's beginning; fewer may be anything
SHORTEST = 4  # characters; what is shorter stands in any text, and keeps nothing secret
LONGEST_NAME = 80  # characters; OCPP allows 50, and what is longer is a text
DEEPEST = 60  # levels of what is looked into; JSON in a text of JSON counts on

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_TOLD = (  # in a name without its blanks and dashes, wherever they stand
    "password", "passwd", "passphrase", "passcode", "secret", "credential", "authorizationkey", "authkey", "apikey",
    "privatekey", "sharedkey", "encryptionkey", "accesskey", "accesstoken", "wifikey", "wpakey", "networkkey",
    "masterkey", "hmackey", "wepkey",
)  # fmt: skip
_LAST_WORDS = frozenset({"key", "pin", "puk", "psk", "pwd", "pw", "pass", "token"})
_ENDINGS = ("psk", "pwd", "puk", "simpin")  # of names in one case, which have no words
_HARMLESS_BEFORE = frozenset({"public", "configuration", "unknown", "id"})  # the name of a setting, and of a card
# What is said about a secret is none: how long it must be, whether there is one, how it is read.
_ABOUT = frozenset(
    {"length", "size", "enabled", "required", "supported", "type", "mode", "interval", "timeout", "retries", "count",
     "decoding", "state", "status", "error", "expired", "changed"}
)  # fmt: skip
_VALUES = frozenset({"value", "asked", "newvalue", "oldvalue", "actualvalue", "requestedvalue", "data"})
_MAY_HOLD = re.compile(r"pass|secret|credential|key|token|psk|pwd|puk|pin|pw|://[^/\s\"]*@", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,20}://[^/@:\s\"]{0,200}:)([^/@\s\"]{1,500})@")


def is_secret(name: Any) -> bool:
    """Say whether a setting or field of this name holds a key, a password or a PIN."""
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        return False
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words or words[-1] in _ABOUT:
        return False
    flat = "".join(words)
    if any(told in flat for told in _TOLD):  # security whitepaper, A01.FR.09: AuthorizationKey is never written down
        return True
    if words[-1] in _LAST_WORDS:
        return words != ["key"] and (len(words) == 1 or words[-2] not in _HARMLESS_BEFORE)
    return len(words) == 1 and flat.endswith(_ENDINGS)


def may_hold_secrets(text: str) -> bool:
    """Say whether a frame may speak of a secret, so that it is worth a look; most do not."""
    return _MAY_HOLD.search(text) is not None


def without_secrets(value: Any, depth: int = 0) -> Any:
    """Return what was said with its secrets hidden: settings it names, fields it shows, passwords in addresses.

    It has been parsed by then, so this takes one step for each of its values, however it is made.
    """
    if isinstance(value, str):
        return _text_without_secrets(value, depth)
    if not isinstance(value, list | dict):
        return value
    if depth > DEEPEST:
        return HIDDEN
    if isinstance(value, list):
        return [without_secrets(each, depth + 1) for each in value]
    names_one = any(is_secret(each) for each in value.values())
    return {
        field: _hidden(each) if _holds_secret(field, names_one) else without_secrets(each, depth + 1)
        for field, each in value.items()
    }


def secret_of(action: str, payload: dict[str, Any]) -> str | None:
    """Return what an answer to a call must not repeat: the value of a secret setting, or what opens a file."""
    if (opener := opener_of(payload)) is not None:
        return opener
    if action != "ChangeConfiguration" or not is_secret(payload.get("key")):
        return None
    return json.dumps(payload.get("value"), ensure_ascii=False).strip('"') or None


def opener_of(payload: dict[str, Any]) -> str | None:
    """Return the password or the one-time part of a file's address, where a call names one."""
    for holder in (payload, payload.get("log"), payload.get("firmware")):
        location = (holder.get("location") or holder.get("remoteLocation")) if isinstance(holder, dict) else None
        if isinstance(location, str):
            password = _IN_ADDRESS.match(location)
            token = location.partition(f"{PATH}/")[2].partition("/")[0]
            return password[2] if password else token or None
    return None


def masked(text: str, secret: str) -> str:
    """Return a text without a secret: as it was sent, as the text its digits stand for, and where it is cut off."""
    forms = {secret}
    with suppress(ValueError):
        forms.add(bytes.fromhex(secret).decode("ascii"))
    for form in sorted((each for each in forms if len(each.strip()) >= SHORTEST), key=len, reverse=True):
        text = re.sub(re.escape(form), HIDDEN, text, flags=re.IGNORECASE)
        beginnings = "|".join(re.escape(form[:size]) for size in range(len(form) - 1, RECOGNISED, -1))
        text = re.sub(f"(?:{beginnings})", HIDDEN, text, flags=re.IGNORECASE) if beginnings else text
    return text


def shown_answer(action: str, payload: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """Return a charger's answer to a command as people and scripts are shown it."""
    shown: dict[str, Any] = without_secrets(answer)
    secret = secret_of(action, payload)
    return {name: masked(each, secret) if secret and isinstance(each, str) else each for name, each in shown.items()}


def _hidden(value: Any) -> Any:
    """Return what stands in a secret's place. That there is none, or a plain yes or no, may be seen."""
    return value if value is None or isinstance(value, bool) or value == "" else HIDDEN


def _holds_secret(field: Any, names_one: bool) -> bool:
    return is_secret(field) or (names_one and isinstance(field, str) and field.strip().casefold() in _VALUES)


def _text_without_secrets(text: str, depth: int) -> str:
    if not may_hold_secrets(text):
        return text
    if text.lstrip()[:1] in ("{", "[") and depth <= DEEPEST:  # JSON in a text, as DataTransfer often carries it
        try:
            said = json.loads(text)
        except RecursionError:
            return HIDDEN
        except ValueError:
            said = None
        if said is not None:
            shown = without_secrets(said, depth + 1)
            return text if shown == said else json.dumps(shown, ensure_ascii=False)
    return _IN_ADDRESS.sub(rf"\1{HIDDEN}@", text)
