"""Whether a reading goes on from what a connector has shown."""

from collections.abc import Sequence
from datetime import timedelta

from onetime.billing.registers.readings import JITTER_WH, is_deliverable
from onetime.models import ConnectorStatus
from onetime.services.chargers.live import LiveConnector
from onetime.services.chargers.measurements import AT_THE_START, Measurement


def follows(connector: LiveConnector, reading: Measurement) -> bool:
    """Say whether a register goes on from the running session's, or without a session from the connector's own.

    One of a session is compared as the session counts. Between sessions a register may begin again at zero: some
    chargers count each session anew. The register at the start is none of now.
    """
    register = reading.register_wh
    if register is None:
        return True
    session = connector.session
    if reading.context == AT_THE_START:
        return False
    if session is None:
        return not goes_astray(connector, reading)
    if session.register_at is None or session.register_wh is None:
        before, before_at = session.meter_start_wh, session.started_at
    else:
        before, before_at = session.register_wh, session.register_at
    elapsed = reading.taken_at - before_at
    if elapsed < timedelta():
        return True  # an older one is kept, and changes nothing that is shown
    gained = register + session.offset_wh - before
    return gained >= -JITTER_WH and is_deliverable(gained, elapsed, connector.limit_w)


def goes_astray(connector: LiveConnector, reading: Measurement) -> bool:
    """Say whether a connector's register went back, or rose faster than the connector delivers.

    The first one of a session proves nothing: it may count from another zero than what came before.
    """
    before, before_at, session = connector.register_wh, connector.register_at, connector.session
    if reading.register_wh is None or before is None or before_at is None or not before_at < reading.taken_at:
        return False
    if session is not None and before_at < session.started_at:
        return False
    gained = reading.register_wh - before
    goes_back = not is_deliverable(-gained, timedelta(), 0)
    if goes_back and (session is not None or reading.register_wh > JITTER_WH):
        return True
    return not is_deliverable(gained, reading.taken_at - before_at, connector.limit_w)


def is_other_register(connector: LiveConnector, reading: Measurement) -> bool:
    """Say whether a register without a transaction id can be the connector's other one.

    Some chargers send two: one of the session, with its id, and one of the meter's life (ABB, lbbrhzn/ocpp PR #919),
    or the other way round.
    """
    session, register = connector.session, reading.register_wh
    if session is None or register is None:
        return False
    elapsed = reading.taken_at - session.started_at
    if session.meter_start_wh <= JITTER_WH:
        return not is_deliverable(register - session.meter_start_wh, elapsed, connector.limit_w)
    return 0 <= register < session.meter_start_wh and is_deliverable(register, elapsed, connector.limit_w)


def measured_plug(
    connector: LiveConnector, transaction_id: int | None, measurements: Sequence[Measurement]
) -> LiveConnector:
    """Return whose register readings are: those of connector 0 are its plug's where a charger has only one.

    A Wallbox with one plug sends its clock-aligned register for connector 0 only (lbbrhzn/ocpp #1742). Where the plug
    has a register of its own, or one that cannot be its session's comes, connector 0 is the main meter.
    """
    if connector.number != 0:
        connector.has_own_register = connector.has_own_register or any(
            each.register_wh is not None for each in measurements
        )
        return connector
    plugs = [plug for number, plug in connector.charger.connectors.items() if number > 0]
    if len(plugs) != 1 or plugs[0].has_own_register or plugs[0].status is ConnectorStatus.UNKNOWN:
        return connector  # one that has told no status yet may have more plugs (errata 3.22)
    [plug] = plugs
    session = plug.session
    is_named = session is not None and session.transaction_id == transaction_id
    if is_named or all(_fits(plug, each) for each in measurements):
        return plug
    return connector


def _fits(plug: LiveConnector, reading: Measurement) -> bool:
    session, register = plug.session, reading.register_wh
    if session is None or register is None or reading.taken_at < session.started_at:
        return True
    gained, elapsed = register - session.meter_start_wh, reading.taken_at - session.started_at
    return gained >= -JITTER_WH and is_deliverable(gained, elapsed, plug.limit_w)
