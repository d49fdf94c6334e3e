"""Which plug a start on connector 0 means: a session has a plug, and connector 0 is none (section 4.8)."""

from onetime.models import ConnectorStatus
from onetime.services.chargers.live import LiveCharger

_CAN_HAVE_BEGUN = frozenset(
    {
        ConnectorStatus.PREPARING,
        ConnectorStatus.CHARGING,
        ConnectorStatus.SUSPENDED_EV,
        ConnectorStatus.SUSPENDED_EVSE,
    }
)


def plug_number(charger: LiveCharger) -> int:
    """Return the number of the only plug, or of the only one with a car and no session; 0 where nobody can say."""
    plugs = [number for number in charger.connectors if number > 0]
    if len(plugs) <= 1:
        return plugs[0] if plugs else 1
    waiting = [
        number
        for number in plugs
        if charger.connectors[number].session is None and charger.connectors[number].status in _CAN_HAVE_BEGUN
    ]
    return waiting[0] if len(waiting) == 1 else 0
