"""Stop and unlock: each waits until the session has really ended."""

from typing import Any

from pydantic import Field, model_validator

from onetime.events import TransactionChanged
from onetime.services.chargers.commands import CommandRejectedError
from onetime.services.chargers.live import LiveConnector
from onetime.services.ocpp_actions.core import RemoteStopTransaction, UnlockConnector
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run
from onetime.services.operations.places import Connector, Patience, TransactionId, connector_group, named_connector
from onetime.services.people.permissions import Permission
from onetime.texts import _

ENDING_S = 60.0  # a charger ends a session within seconds, but some take a minute to answer (evcc #26837)


class StopParameters(OperationParameters):
    """End a session, named by its connector or its transaction, and wait until the charger has ended it."""

    connector: Connector | None = None
    transaction_id: TransactionId | None = Field(
        default=None, description="The session, where the connector is not named."
    )
    timeout_s: Patience = Field(default=ENDING_S, description="Seconds to wait for the end of the session.")

    @model_validator(mode="after")
    def _one_of_both(self) -> "StopParameters":
        if (self.connector is None) == (self.transaction_id is None):
            raise ValueError("name either the connector or the transaction_id")
        return self


class UnlockParameters(OperationParameters):
    """Release a cable. A running session ends first, and is waited for."""

    connector: Connector
    timeout_s: Patience = Field(default=ENDING_S, description="Seconds to wait for the end of a running session.")


async def stop(run: Run, wanted: StopParameters) -> dict[str, Any]:
    """Send RemoteStopTransaction, and wait for the StopTransaction (errata 3.33)."""
    connector = await _charging_connector(run, wanted)
    session = connector.session
    if session is None:
        raise OperationFailedError(_("Nothing is charging at {label}.", label=connector.label), "nothing-charging")
    await run.expect_accepted(RemoteStopTransaction(transaction_id=session.transaction_id))
    run.step(_("{label} will end the session.", label=connector.label))
    await _ended(run, connector, session.transaction_id, wanted.timeout_s)
    return {"transaction_id": session.transaction_id, "connector": connector.number}


async def unlock(run: Run, wanted: UnlockParameters) -> dict[str, Any]:
    """Send UnlockConnector; a session that ran ends with it (section 5.18, errata 3.85)."""
    connector = run.connector(wanted.connector)
    session = connector.session if connector else None
    answer = await run.send(UnlockConnector(connector_id=wanted.connector))
    status = str(answer.get("status", ""))
    if status == "UnlockFailed":
        raise OperationFailedError(_("The lock did not open; the cable is still held."), "unlock-failed")
    if status == "NotSupported":
        msg = _("{identity} has no lock at connector {number}.", identity=run.charger.identity, number=wanted.connector)
        raise OperationFailedError(msg, "not-supported")
    if status != "Unlocked":
        msg = _("{identity} answered “{status}”.", identity=run.charger.identity, status=status or "nothing")
        raise CommandRejectedError(msg)
    if connector is not None and session is not None:
        run.step(_("The cable is released. The session ends."))
        await _ended(run, connector, session.transaction_id, wanted.timeout_s)
    return {"connector": wanted.connector, "transaction_id": session.transaction_id if session else None}


async def _charging_connector(run: Run, wanted: StopParameters) -> LiveConnector:
    if wanted.connector is not None:
        return await named_connector(run, wanted.connector)
    for connector in run.charger.connectors.values():
        if connector.session is not None and connector.session.transaction_id == wanted.transaction_id:
            return connector
    msg = _("No session {id} runs on {identity}.", id=wanted.transaction_id, identity=run.charger.identity)
    raise OperationFailedError(msg, "nothing-charging")


async def _ended(run: Run, connector: LiveConnector, transaction_id: int, timeout_s: float) -> None:
    def is_end(event: TransactionChanged) -> bool:
        shown = connector.session
        return event.transaction_id == transaction_id and (shown is None or shown.transaction_id != transaction_id)

    otherwise = _("{label} has not ended the session within {seconds} s.", label=connector.label, seconds=timeout_s)
    await run.wait_for(TransactionChanged, is_end, timeout_s, otherwise)


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation("stop", StopParameters, Permission.CONTROL_CHARGING, stop, connector_group),
    Operation("unlock", UnlockParameters, Permission.CONTROL_CHARGING, unlock, connector_group),
)
