"""What a person says a session was, and what that must not be."""

from dataclasses import dataclass
from datetime import datetime

from onetime.services.reviews.undo import ReviewError
from onetime.texts import _


@dataclass(frozen=True, slots=True)
class CorrectedEnds:
    """What a person says a session was: aware instants, registers in Wh."""

    started_at: datetime
    meter_start_wh: int
    stopped_at: datetime
    meter_stop_wh: int


def check_ends(ends: CorrectedEnds, note: str, now: datetime) -> None:
    """Refuse ends that contradict each other, and those nobody gives a reason for. Raises ``ReviewError``."""
    if not note.strip():
        msg = _("Say in a note why the session is corrected.")
        raise ReviewError(msg)
    if ends.meter_stop_wh < ends.meter_start_wh or ends.meter_start_wh < 0:
        msg = _("The register at the end must not be below that at the start.")
        raise ReviewError(msg)
    if ends.stopped_at < ends.started_at:
        msg = _("The session must not end before it starts.")
        raise ReviewError(msg)
    if ends.stopped_at > now:
        msg = _("The session must not end in the future.")
        raise ReviewError(msg)
