"""Why a session ended and what was decided about it, in the reader’s words."""

from onetime.models import ReviewState
from onetime.texts import Text, _

# OCPP 1.6 edition 2, section 7.36, in words; what is missing here is shown as the charger said it.
STOP_REASONS: dict[str, Text] = {
    "DeAuthorized": _("Card not accepted"),
    "EmergencyStop": _("Emergency stop"),
    "EVDisconnected": _("Car unplugged"),
    "HardReset": _("Charger restarted"),
    "Local": _("Stopped at the charger"),
    "Other": _("Other reason"),
    "PowerLoss": _("Power failure"),
    "Reboot": _("Charger restarted"),
    "Remote": _("Stopped from here"),
    "SoftReset": _("Charger restarted"),
    "UnlockCommand": _("Connector unlocked"),
}

# What a bill knows of a session beside how it ended.
JUDGED: dict[ReviewState, Text] = {
    ReviewState.HELD: _("Waits for a decision"),
    ReviewState.DISCARDED: _("Discarded, billed to nobody"),
    ReviewState.CORRECTED: _("Corrected by a person"),
}
