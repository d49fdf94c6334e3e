"""What had to be repaired of a charger's messages, in the reader's words."""

import dataclasses
from collections.abc import Mapping

from onetime.services.chargers.messages.repairs import Repairs
from onetime.texts import Text, _, say
from onetime.web.frame.times import Clockwork

# The kinds are those of the gateway's repairs.
KINDS: dict[str, Text] = {
    "unreadable": _("Messages that could not be read at all"),
    "invalid_json": _("Messages that are no proper JSON"),
    "frame": _("Messages of a wrong form"),
    "unknown_field": _("Fields OCPP does not know"),
    "missing_field": _("Fields that are missing"),
    "too_long": _("Texts that are too long"),
    "out_of_range": _("Numbers out of their range"),
    "wrong_type": _("Values of another type, such as a number as a text"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class RepairLine:
    """One kind of mistake: how often it was repaired, and when last."""

    what: str
    count: str
    last: str


def repair_lines(repairs: Mapping[str, Repairs], clockwork: Clockwork) -> list[RepairLine]:
    """Return what was repaired, in the order given; a kind that is not known keeps its name."""
    return [
        RepairLine(
            what=say(KINDS.get(kind, Text(kind, {})), clockwork.language),
            count=clockwork.number(each.count, 0),
            last=clockwork.moment(each.last_at),
        )
        for kind, each in repairs.items()
    ]
