"""Messages on request: TriggerMessage."""

from onetime.simulator.commands import fields
from onetime.simulator.commands.commanded import CommandedCharger
from onetime.simulator.vocabulary import Context, JsonObject
from onetime.simulator.wire.calls import FollowUp, Reply


def trigger_message(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Send the message asked for, of one connector or of all (OCPP 1.6, 5.17)."""
    wanted = fields.text(payload, "requestedMessage")
    number = payload.get("connectorId")
    station, reports = charger.core.station, charger.core.reports
    if number is not None and number not in (0, *station.connectors):
        return Reply({"status": "Rejected"})

    async def statuses() -> None:
        for place in [number] if number is not None else [0, *station.connectors]:
            await reports.status(place, even_unchanged=True)

    async def readings() -> None:
        for place in [number] if number else station.connectors:
            await charger.send_reading(place, Context.TRIGGER)

    async def boot() -> None:
        charger.life.boot_again()

    messages: dict[str, FollowUp] = {
        "BootNotification": boot,
        "Heartbeat": charger.heartbeat,
        "StatusNotification": statuses,
        "MeterValues": readings,
        "FirmwareStatusNotification": lambda: charger.firmware_status("Idle"),
        "DiagnosticsStatusNotification": lambda: charger.diagnostics_status("Idle"),
    }
    if wanted not in messages:
        return Reply({"status": "NotImplemented"})
    return Reply({"status": "Accepted"}, messages[wanted])
