"""Remote Trigger profile: ask a charger to send a message now."""

from enum import StrEnum

from onetime.services.ocpp_actions.base import Connector, Payload


class MessageTrigger(StrEnum):
    """Section 7.32."""

    BOOT_NOTIFICATION = "BootNotification"
    DIAGNOSTICS_STATUS_NOTIFICATION = "DiagnosticsStatusNotification"
    FIRMWARE_STATUS_NOTIFICATION = "FirmwareStatusNotification"
    HEARTBEAT = "Heartbeat"
    METER_VALUES = "MeterValues"
    STATUS_NOTIFICATION = "StatusNotification"


class TriggerMessageStatus(StrEnum):
    """Section 7.44."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    NOT_IMPLEMENTED = "NotImplemented"


class TriggerMessage(Payload):
    """Section 6.51. Without a connector the message is asked for every connector."""

    requested_message: MessageTrigger
    connector_id: Connector | None = None


class TriggerMessageResponse(Payload):
    """Section 6.52."""

    status: TriggerMessageStatus


class ExtendedMessageTrigger(StrEnum):
    """Security whitepaper, MessageTriggerEnumType."""

    BOOT_NOTIFICATION = "BootNotification"
    LOG_STATUS_NOTIFICATION = "LogStatusNotification"
    FIRMWARE_STATUS_NOTIFICATION = "FirmwareStatusNotification"
    HEARTBEAT = "Heartbeat"
    METER_VALUES = "MeterValues"
    SIGN_CHARGE_POINT_CERTIFICATE = "SignChargePointCertificate"
    STATUS_NOTIFICATION = "StatusNotification"


class ExtendedTriggerMessage(Payload):
    """Security whitepaper, ExtendedTriggerMessage.req: as TriggerMessage, with the messages of the whitepaper."""

    requested_message: ExtendedMessageTrigger
    connector_id: Connector | None = None


class ExtendedTriggerMessageResponse(Payload):
    """Security whitepaper, ExtendedTriggerMessage.conf."""

    status: TriggerMessageStatus
