"""Ask a charger for a message, and wait until it arrives."""

from enum import StrEnum
from typing import Any

from pydantic import Field

from onetime.events import ChargerReported
from onetime.services.chargers.commands import CommandFailedError
from onetime.services.ocpp_actions.base import Payload
from onetime.services.ocpp_actions.trigger import (
    ExtendedMessageTrigger,
    ExtendedTriggerMessage,
    MessageTrigger,
    TriggerMessage,
)
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run
from onetime.services.operations.places import Connector, Patience
from onetime.services.people.permissions import Permission
from onetime.texts import _

ARRIVING_S = 30.0  # seconds; a charger sends it after its answer, when what it still has queued is out


class Message(StrEnum):
    """What a charger can be asked for (section 7.32; security whitepaper, MessageTriggerEnumType)."""

    BOOT_NOTIFICATION = "BootNotification"
    DIAGNOSTICS_STATUS_NOTIFICATION = "DiagnosticsStatusNotification"
    FIRMWARE_STATUS_NOTIFICATION = "FirmwareStatusNotification"
    HEARTBEAT = "Heartbeat"
    LOG_STATUS_NOTIFICATION = "LogStatusNotification"
    METER_VALUES = "MeterValues"
    SIGN_CHARGE_POINT_CERTIFICATE = "SignChargePointCertificate"
    STATUS_NOTIFICATION = "StatusNotification"


_ARRIVES_AS = {
    Message.SIGN_CHARGE_POINT_CERTIFICATE: ("SignCertificate",),
    # The whitepaper's update reports under its own name.
    Message.FIRMWARE_STATUS_NOTIFICATION: ("FirmwareStatusNotification", "SignedFirmwareStatusNotification"),
}
_OF_A_CONNECTOR = (Message.METER_VALUES, Message.STATUS_NOTIFICATION)


class TriggerParameters(OperationParameters):
    """Ask a charger to send a message now, and wait until it arrives.

    Where the charger does not know TriggerMessage, or not for this message, ExtendedTriggerMessage is tried.
    """

    message: Message
    connector: Connector | None = Field(default=None, description="Whose; without it the message of every connector.")
    timeout_s: Patience = Field(default=ARRIVING_S, description="Seconds to wait for the message.")


async def trigger(run: Run, wanted: TriggerParameters) -> dict[str, Any]:
    """Send the trigger and wait for the message (section 5.17)."""
    await _ask(run, wanted)
    kinds = _ARRIVES_AS.get(wanted.message, (wanted.message.value,))

    def is_it(event: ChargerReported) -> bool:
        if event.kind not in kinds:
            return False
        of_one = wanted.connector is not None and wanted.message in _OF_A_CONNECTOR
        return not of_one or event.message.connector_id == wanted.connector

    name = wanted.message.value
    otherwise = _("{identity} has not sent its {message}.", identity=run.charger.identity, message=name)
    arrived = await run.wait_for(ChargerReported, is_it, wanted.timeout_s, otherwise)
    return {"kind": arrived.kind, "message": arrived.payload}


async def _ask(run: Run, wanted: TriggerParameters) -> None:
    """Send each request there is for the message until one is understood. Raises ``OperationFailedError``.

    Rejected is an answer (section 5.17, case 055): the same is not asked in other words.
    """
    answers: list[str] = []
    for request in _requests(wanted):
        try:
            answer = await run.send(request)
        except CommandFailedError as error:
            answers.append(error.code)
            continue
        answers.append(str(answer.get("status", "")))
        if answers[-1] == "Accepted":
            return
        if answers[-1] == "Rejected":
            break
    refusal = {"identity": run.charger.identity, "message": wanted.message.value}
    if "Rejected" in answers:
        raise OperationFailedError(_("{identity} refuses to send its {message} now.", **refusal), "rejected")
    raise OperationFailedError(_("{identity} cannot be asked for its {message}.", **refusal), "not-supported")


def _requests(wanted: TriggerParameters) -> list[Payload]:
    found: list[Payload] = []
    if wanted.message.value in set(MessageTrigger):
        kind = MessageTrigger(wanted.message.value)
        found.append(TriggerMessage(requested_message=kind, connector_id=wanted.connector))
    if wanted.message.value in set(ExtendedMessageTrigger):
        extended = ExtendedMessageTrigger(wanted.message.value)
        found.append(ExtendedTriggerMessage(requested_message=extended, connector_id=wanted.connector))
    return found


OPERATIONS: tuple[Operation[Any], ...] = (Operation("trigger", TriggerParameters, Permission.SEND_COMMAND, trigger),)
