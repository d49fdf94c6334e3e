"""Out of service and back: from the request until the connectors say so, after a session that still runs too."""

from typing import Any

from pydantic import Field

from onetime.events import ChargerReported
from onetime.models import ConnectorStatus
from onetime.services.ocpp_actions.core import AvailabilityType, ChangeAvailability
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run
from onetime.services.operations.places import ConnectorOrAll, Patience, plugs, says_status
from onetime.services.people.permissions import Permission
from onetime.texts import _

REPORTING_S = 60.0  # for a StatusNotification; the spec asks for one at once
SCHEDULED_S = 86_400.0  # a session that has to end first may last the night

OUT_OF_SERVICE = (ConnectorStatus.UNAVAILABLE, ConnectorStatus.FAULTED)


class AvailabilityParameters(OperationParameters):
    """Take a connector, or with 0 the whole charger, out of service or back into it, and wait until it says so.

    Where a session runs, the charger lets it end first, and so does this operation; it can be taken back until then.
    """

    connector: ConnectorOrAll = 0
    available: bool
    timeout_s: Patience = Field(default=REPORTING_S, description="Seconds to wait for the connectors to say so.")
    session_timeout_s: float = Field(
        default=SCHEDULED_S, gt=0, le=7 * 86_400, description="Seconds to wait for running sessions to end first."
    )


async def change_availability(run: Run, wanted: AvailabilityParameters) -> dict[str, Any]:
    """Send ChangeAvailability (section 5.2), to each connector where the whole charger is refused (lbbrhzn #1736)."""
    kind = AvailabilityType.OPERATIVE if wanted.available else AvailabilityType.INOPERATIVE
    scheduled = await _ask(run, wanted.connector, kind)
    if scheduled:
        run.step(_("It will happen when the running session has ended."))
    numbers = [wanted.connector] if wanted.connector else [each.number for each in plugs(run)]
    patience = wanted.session_timeout_s if scheduled else wanted.timeout_s
    for number in numbers:
        await _wait(run, number, wanted.available, patience)
    return {"connectors": numbers, "available": wanted.available, "was_scheduled": scheduled}


async def _ask(run: Run, number: int, kind: AvailabilityType) -> bool:
    """Send the request, and say whether it waits for a session. Raises ``OperationFailedError`` when it is refused."""
    status = await _status(run, number, kind)
    if status == "Rejected" and number == 0 and plugs(run):
        run.step(_("The charger as a whole refuses; each connector is asked."))
        answers = {each.number: await _status(run, each.number, kind) for each in plugs(run)}
    else:
        answers = {number: status}
    refused = [number for number, status in answers.items() if status not in ("Accepted", "Scheduled")]
    if not refused:
        return "Scheduled" in answers.values()
    names = ", ".join(str(number) for number in refused)
    if refused == [0]:
        msg = _("{identity} refuses.", identity=run.charger.identity)
    else:
        msg = _("{identity} refuses at connector {names}.", identity=run.charger.identity, names=names)
    raise OperationFailedError(msg, "rejected")


async def _status(run: Run, number: int, kind: AvailabilityType) -> str:
    answer = await run.send(ChangeAvailability(connector_id=number, type=kind))
    return str(answer.get("status", ""))


async def _wait(run: Run, number: int, available: bool, timeout_s: float) -> None:
    """Wait until a connector shows what was asked; one that shows it already need not say it again."""
    connector = run.connector(number)
    if connector is None or (connector.status is ConnectorStatus.UNAVAILABLE) != available:
        return

    def is_it(event: ChargerReported) -> bool:
        if event.kind != "StatusNotification" or event.message.connector_id != number:
            return False
        return says_status(event, number, *OUT_OF_SERVICE) != available

    said = _("in service") if available else _("out of service")
    otherwise = _("{label} has not said that it is {said}.", label=connector.label, said=said)
    await run.wait_for(ChargerReported, is_it, timeout_s, otherwise)


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "change_availability",
        AvailabilityParameters,
        Permission.RESET_CHARGER,
        change_availability,
        lambda wanted: f"availability {wanted.connector}",
        replaces=lambda wanted, running: (
            wanted.connector == running.connector or 0 in (wanted.connector, running.connector)
        ),
    ),
)
