"""What a person says a session was, and what that must not be."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from onetime.billing.registers.readings import highest_power_w, is_deliverable
from onetime.models import Connector
from onetime.services.chargers.own_clock import EARLIEST
from onetime.services.reviews.undo import ReviewError
from onetime.texts import _

LARGEST_WH = 10**12  # of a register: a meter that shows more is none
LONGEST = timedelta(days=366)  # a car is left plugged in for a winter, and no longer


@dataclass(frozen=True, slots=True)
class CorrectedEnds:
    """What a person says a session was: aware instants, registers in Wh."""

    started_at: datetime
    meter_start_wh: int
    stopped_at: datetime
    meter_stop_wh: int


def check_ends(ends: CorrectedEnds, note: str, now: datetime, connector: Connector) -> None:
    """Refuse ends that contradict each other, that no connector can deliver, and those nobody gives a reason for.

    Raises ``ReviewError``.
    """
    if not note.strip():
        msg = _("Say in a note why the session is corrected.")
        raise ReviewError(msg)
    if ends.meter_stop_wh < ends.meter_start_wh or ends.meter_start_wh < 0:
        msg = _("The register at the end must not be below that at the start.")
        raise ReviewError(msg)
    if ends.meter_stop_wh > LARGEST_WH:
        msg = _("No meter shows a register as high as this.")
        raise ReviewError(msg)
    if ends.stopped_at < ends.started_at:
        msg = _("The session must not end before it starts.")
        raise ReviewError(msg)
    if ends.started_at < EARLIEST or ends.stopped_at - ends.started_at > LONGEST:
        msg = _("A session begins in 2020 at the earliest and takes a year at the most.")
        raise ReviewError(msg)
    if ends.stopped_at > now:
        msg = _("The session must not end in the future.")
        raise ReviewError(msg)
    gained, limit_w = ends.meter_stop_wh - ends.meter_start_wh, highest_power_w(connector.believable_power_w)
    if not is_deliverable(gained, ends.stopped_at - ends.started_at, limit_w):
        msg = _("The connector cannot deliver this much energy in this time; set its power if it can.")
        raise ReviewError(msg)
