"""Every frame is written down as it came and went, without costing the charger's answer a wait."""

from datetime import datetime
from typing import Any

import msgspec

from onetime.events import MessageSeen
from onetime.gateway.frames.syntax import CallError, CallResult, answer_of, encode_answer
from onetime.models import Direction
from onetime.services.chargers.secrets import HIDDEN, masked, may_hold_secrets, opener_of, without_secrets
from onetime.services.runtime import Services

FREE_FORM = "DataTransfer"  # the one call of a charger whose content its maker chooses
FRAME_LIMIT = 64_000  # characters kept of a frame; what a session's facts need is stored apart


class Journal:
    """Writes one charger's frames."""

    def __init__(self, services: Services, charger_id: int) -> None:
        self._services = services
        self._charger_id = charger_id

    def received(self, frame: str, at: datetime, action: str | None, problem: str | None) -> None:
        """Write down a frame of the charger."""
        kept = _without_secrets(frame) if action == FREE_FORM else frame
        self._write(Direction.RECEIVED, kept, at, action, problem)

    def answered(self, frame: CallResult | CallError, text: str, at: datetime, secret: str | None = None) -> None:
        """Write down a charger's answer to a call, without the secrets it should not have shown or echoed."""
        if may_hold_secrets(text):
            said = answer_of(frame)
            shown = without_secrets(said)
            text = text if shown == said else encode_answer(shown)
        self._write(Direction.RECEIVED, masked(text, secret) if secret else text, at, None, None)

    def sent(self, frame: str, at: datetime, action: str | None) -> None:
        """Write down our answer to a call of the charger."""
        self._write(Direction.SENT, frame, at, action, None)

    def called(self, frame: str, at: datetime, action: str, payload: dict[str, Any]) -> None:
        """Write down a call to the charger, without the secrets in it."""
        kept, opener = _without_secrets(frame), opener_of(payload)
        self._write(Direction.SENT, kept.replace(opener, HIDDEN) if opener else kept, at, action, None)

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


def _without_secrets(frame: str) -> str:
    """Return a frame with its secrets hidden; one that holds none, or is no JSON, as it is."""
    if not may_hold_secrets(frame):
        return frame
    try:
        said = msgspec.json.decode(frame)
    except (msgspec.DecodeError, RecursionError):
        return frame
    shown = without_secrets(said)
    return frame if shown == said else encode_answer(shown)
