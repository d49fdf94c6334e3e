"""What operations have in common about connectors: how they are named, found, and waited for."""

from typing import Annotated, Any

from pydantic import Field

from onetime import bounds
from onetime.events import ChargerReported
from onetime.models import ConnectorStatus
from onetime.services.chargers.live import LiveConnector
from onetime.services.ocpp_actions.base import Tenths
from onetime.services.operations.run import OperationFailedError, Run
from onetime.texts import _

LARGEST = 999  # a garage of 200 can be one charger (KEBA)
Connector = Annotated[int, Field(ge=1, le=LARGEST, description="A connector of the charger, from 1.")]
ConnectorOrAll = Annotated[int, Field(ge=0, le=LARGEST, description="A connector, or 0 for the charger as a whole.")]
CardTag = Annotated[
    bounds.Text, Field(min_length=1, max_length=20, pattern=r"^[^\x00-\x1f\x7f]+$", description="The card.")
]
TransactionId = Annotated[bounds.Whole, Field(ge=1)]
Amperes = Annotated[Tenths, Field(le=1000, description="A per phase, in steps of 0.1.")]
Patience = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]


async def named_connector(run: Run, number: int) -> LiveConnector:
    """Return a connector. Raises ``OperationFailedError`` where the charger has named others, but never this one."""
    connector = run.connector(number)
    if connector is None and not plugs(run):
        return await run.tools.chargers.connector(run.charger.id, number)
    if connector is None:
        msg = _("{identity} has no connector {number}.", identity=run.charger.identity, number=number)
        raise OperationFailedError(msg, "unknown-connector")
    return connector


def plugs(run: Run) -> list[LiveConnector]:
    """Return the connectors a car can be plugged into, in their order."""
    return [connector for number, connector in sorted(run.charger.connectors.items()) if number > 0]


def connector_group(wanted: Any) -> str:
    """Let one operation at a time change the session of a connector."""
    return f"session {wanted.connector or 'of a transaction'}"


def says_status(event: ChargerReported, number: int, *statuses: ConnectorStatus) -> bool:
    """Tell whether a charger reports one of these statuses for a connector."""
    if event.kind != "StatusNotification" or event.message.connector_id != number:
        return False
    return (event.status or "").casefold() in {status.value.casefold() for status in statuses}
