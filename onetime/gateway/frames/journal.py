"""Every frame is written down as it came and went, without costing the charger's answer a wait."""

import json
import re
from contextlib import suppress
from datetime import datetime
from typing import Any

from onetime.events import MessageSeen
from onetime.models import Direction
from onetime.services.files.addresses import PATH
from onetime.services.runtime import Services

FRAME_LIMIT = 64_000  # characters kept of a frame; what a session's facts need is stored apart
HIDDEN = "•••"
RECOGNISED = 7  # characters of a secret's beginning; fewer may be anything
_PASSWORD = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/@:]*:([^/@]+)@")
_SECRET_KEYS = ("authorizationkey",)  # security whitepaper, A01.FR.09: never written down
# A charger that shows its key on being asked (GetConfiguration), with the fields in any order.
_SHOWN_SECRET = re.compile(
    r'("value"\s*:\s*")[^"]*("[^{}]*"authorizationkey")|("authorizationkey"[^{}]*"value"\s*:\s*")[^"]*(")',
    re.IGNORECASE,
)


def secret_of(action: str, payload: dict[str, Any]) -> str | None:
    """Return what must not be written down of a call to a charger: a secret setting, or what opens a file."""
    if (opener := _opener_of(payload)) is not None:
        return opener
    if action != "ChangeConfiguration" or str(payload.get("key", "")).strip().casefold() not in _SECRET_KEYS:
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


def _opener_of(payload: dict[str, Any]) -> str | None:
    """Return the password or the one-time part of a file's address, where a call names one."""
    for holder in (payload, payload.get("log"), payload.get("firmware")):
        location = (holder.get("location") or holder.get("remoteLocation")) if isinstance(holder, dict) else None
        if isinstance(location, str):
            password = _PASSWORD.match(location)
            token = location.partition(f"{PATH}/")[2].partition("/")[0]
            return password[1] if password else token or None
    return None


class Journal:
    """Writes one charger's frames."""

    def __init__(self, services: Services, charger_id: int) -> None:
        self._services = services
        self._charger_id = charger_id

    def received(self, frame: str, at: datetime, action: str | None, problem: str | None) -> None:
        """Write down a frame of the charger."""
        self._write(Direction.RECEIVED, frame, at, action, problem)

    def answered(self, frame: str, at: datetime, secret: str | None = None) -> None:
        """Write down a charger's answer to a call, without the secrets it should not have shown or echoed."""
        shown = _SHOWN_SECRET.sub(_hide, frame)
        self._write(Direction.RECEIVED, masked(shown, secret) if secret else shown, at, None, None)

    def sent(self, frame: str, at: datetime, action: str | None, secret: str | None = None) -> None:
        """Write down a frame to the charger, without the ``secret`` in it."""
        self._write(Direction.SENT, frame.replace(secret, HIDDEN) if secret else frame, at, action, None)

    def exchange(
        self, call: str, received_at: datetime, answer: str, sent_at: datetime, action: str, problem: str | None
    ) -> None:
        """Write down a call of the charger and our answer, of ordinary size, with one look at the charger's log."""
        self._services.chargers.messages.add_exchange(
            self._charger_id, received_at, call, sent_at, answer, action, problem
        )
        if self._services.bus.wants(MessageSeen):
            for direction, frame, at in ((Direction.RECEIVED, call, received_at), (Direction.SENT, answer, sent_at)):
                self._services.bus.publish(MessageSeen(self._charger_id, at, direction.value, action, frame, problem))

    def _write(self, direction: Direction, frame: str, at: datetime, action: str | None, problem: str | None) -> None:
        kept = frame[:FRAME_LIMIT]
        self._services.chargers.messages.add(self._charger_id, at, direction, action, kept, problem)
        if self._services.bus.wants(MessageSeen):
            self._services.bus.publish(MessageSeen(self._charger_id, at, direction.value, action, kept, problem))


def _hide(match: re.Match[str]) -> str:
    before, after = (match[1], match[2]) if match[1] is not None else (match[3], match[4])
    return f"{before}{HIDDEN}{after}"
