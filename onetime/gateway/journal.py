"""Every frame is written down as it came and went, without costing the charger's answer a wait."""

import json
from datetime import datetime
from typing import Any

from onetime.events import MessageSeen
from onetime.models import Direction
from onetime.services.runtime import Services

FRAME_LIMIT = 64_000  # characters kept of a frame; what a session's facts need is stored apart
HIDDEN = "•••"
_SECRET_KEYS = ("authorizationkey",)  # security whitepaper, A01.FR.09: never written down


def secret_of(action: str, payload: dict[str, Any]) -> str | None:
    """Return what must not be written down of a call to a charger: the value of a secret setting."""
    if action != "ChangeConfiguration" or str(payload.get("key", "")).casefold() not in _SECRET_KEYS:
        return None
    return json.dumps(payload.get("value"), ensure_ascii=False).strip('"') or None


class Journal:
    """Writes one charger's frames."""

    def __init__(self, services: Services, charger_id: int) -> None:
        self._services = services
        self._charger_id = charger_id

    def received(self, frame: str, at: datetime, action: str | None, problem: str | None) -> None:
        """Write down a frame of the charger."""
        self._write(Direction.RECEIVED, frame, at, action, problem)

    def sent(self, frame: str, at: datetime, action: str | None, secret: str | None = None) -> None:
        """Write down a frame to the charger, without the ``secret`` in it."""
        self._write(Direction.SENT, frame.replace(secret, HIDDEN) if secret else frame, at, action, None)

    def answered(
        self, call: str, received_at: datetime, answer: str, sent_at: datetime, action: str, problem: str | None
    ) -> None:
        """Write down a call of the charger and our answer, of ordinary size, with one look at the charger's log."""
        self._services.messages.add_exchange(self._charger_id, received_at, call, sent_at, answer, action, problem)
        if self._services.bus.wants(MessageSeen):
            for direction, frame, at in ((Direction.RECEIVED, call, received_at), (Direction.SENT, answer, sent_at)):
                self._services.bus.publish(MessageSeen(self._charger_id, at, direction.value, action, frame, problem))

    def _write(self, direction: Direction, frame: str, at: datetime, action: str | None, problem: str | None) -> None:
        kept = frame[:FRAME_LIMIT]
        self._services.messages.add(self._charger_id, at, direction, action, kept, problem)
        if self._services.bus.wants(MessageSeen):
            self._services.bus.publish(MessageSeen(self._charger_id, at, direction.value, action, kept, problem))
