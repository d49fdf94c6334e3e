"""Core profile: starting, stopping, unlocking, restarting, availability and the cache (sections 5 and 6)."""

from enum import StrEnum

from onetime.services.ocpp_actions.base import (
    AcceptanceResponse,
    Connector,
    ConnectorOrAll,
    IdTag,
    Integer,
    Payload,
    Text,
    Text50,
    Text255,
)
from onetime.services.ocpp_actions.smart_charging import RemoteStartProfile


class AvailabilityType(StrEnum):
    """Section 7.4."""

    INOPERATIVE = "Inoperative"
    OPERATIVE = "Operative"


class AvailabilityStatus(StrEnum):
    """Section 7.3. Scheduled: it will happen when the running session has ended."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    SCHEDULED = "Scheduled"


class ChangeAvailability(Payload):
    """Section 6.7: take a connector, or with 0 the whole charger, out of service or back into it."""

    connector_id: ConnectorOrAll
    type: AvailabilityType


class ChangeAvailabilityResponse(Payload):
    """Section 6.8."""

    status: AvailabilityStatus


class ClearCache(Payload):
    """Section 6.11: forget every card learnt from earlier answers."""


class ClearCacheResponse(AcceptanceResponse):
    """Section 6.12."""


class DataTransferStatus(StrEnum):
    """Section 7.23."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    UNKNOWN_MESSAGE_ID = "UnknownMessageId"
    UNKNOWN_VENDOR_ID = "UnknownVendorId"


class DataTransfer(Payload):
    """Section 6.15: say something only this vendor's chargers understand."""

    vendor_id: Text255
    message_id: Text50 | None = None
    data: Text | None = None


class DataTransferResponse(Payload):
    """Section 6.16."""

    status: DataTransferStatus
    data: Text | None = None


class RemoteStartTransaction(Payload):
    """Section 6.33: start a session for a card. Accepted only means that the charger will try (errata 3.32)."""

    connector_id: Connector | None = None
    id_tag: IdTag
    charging_profile: RemoteStartProfile | None = None


class RemoteStartTransactionResponse(AcceptanceResponse):
    """Section 6.34."""


class RemoteStopTransaction(Payload):
    """Section 6.35: end a session. Accepted only means that the charger will try (errata 3.33)."""

    transaction_id: Integer


class RemoteStopTransactionResponse(AcceptanceResponse):
    """Section 6.36."""


class ResetType(StrEnum):
    """Section 7.42. Soft ends the running sessions first."""

    HARD = "Hard"
    SOFT = "Soft"


class Reset(Payload):
    """Section 6.39: restart the charger."""

    type: ResetType


class ResetResponse(AcceptanceResponse):
    """Section 6.40."""


class UnlockStatus(StrEnum):
    """Section 7.46. NotSupported also stands for an unknown connector (errata 3.85)."""

    UNLOCKED = "Unlocked"
    UNLOCK_FAILED = "UnlockFailed"
    NOT_SUPPORTED = "NotSupported"


class UnlockConnector(Payload):
    """Section 6.53: release a cable that is stuck. A running session ends first."""

    connector_id: Connector


class UnlockConnectorResponse(Payload):
    """Section 6.54."""

    status: UnlockStatus
