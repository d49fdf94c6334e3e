"""What a person is shown of a connector, and which of OCPP's statuses that is."""

from enum import StrEnum

from onetime.models import ConnectorStatus


class LiveState(StrEnum):
    """What a person is shown: OCPP's status, and whether the charger can be heard at all."""

    AVAILABLE = "available"
    PREPARING = "preparing"
    CHARGING = "charging"
    SUSPENDED_CAR = "suspended_car"
    SUSPENDED_CHARGER = "suspended_charger"
    FINISHING = "finishing"
    RESERVED = "reserved"
    UNAVAILABLE = "unavailable"
    FAULTED = "faulted"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


STATE_OF_STATUS = {
    ConnectorStatus.AVAILABLE: LiveState.AVAILABLE,
    ConnectorStatus.PREPARING: LiveState.PREPARING,
    ConnectorStatus.CHARGING: LiveState.CHARGING,
    ConnectorStatus.SUSPENDED_EV: LiveState.SUSPENDED_CAR,
    ConnectorStatus.SUSPENDED_EVSE: LiveState.SUSPENDED_CHARGER,
    ConnectorStatus.FINISHING: LiveState.FINISHING,
    ConnectorStatus.RESERVED: LiveState.RESERVED,
    ConnectorStatus.UNAVAILABLE: LiveState.UNAVAILABLE,
    ConnectorStatus.FAULTED: LiveState.FAULTED,
    ConnectorStatus.UNKNOWN: LiveState.UNKNOWN,
}
