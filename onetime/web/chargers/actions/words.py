"""The messages a charger can be asked for, in the reader’s words."""

from onetime.services.operations.chargers.triggering import Message
from onetime.texts import Text, _

MESSAGES: dict[Message, Text] = {
    Message.STATUS_NOTIFICATION: _("the state of its connectors"),
    Message.METER_VALUES: _("the readings of its meters"),
    Message.BOOT_NOTIFICATION: _("what it is: make, model, firmware"),
    Message.HEARTBEAT: _("a sign of life"),
    Message.FIRMWARE_STATUS_NOTIFICATION: _("how far its firmware update is"),
    Message.DIAGNOSTICS_STATUS_NOTIFICATION: _("how far its diagnostics are"),
    Message.LOG_STATUS_NOTIFICATION: _("how far its log is"),
    Message.SIGN_CHARGE_POINT_CERTIFICATE: _("a request for a new certificate"),
}
