"""Maintenance: firmware, diagnostics, and messages on request. Files are not really fetched or sent."""

from typing import TYPE_CHECKING

from onetime.simulator.commands import fields
from onetime.simulator.vocabulary import Context, JsonObject, Reason
from onetime.simulator.wire import FollowUp, Reply

if TYPE_CHECKING:
    from onetime.simulator.charger import SimulatedCharger

_STEP = 5.0  # simulated seconds each step of an update or upload takes


def update_firmware(charger: "SimulatedCharger", payload: JsonObject) -> Reply:
    """Go through download and installation at the wanted time, with a restart (OCPP 1.6, 5.19)."""
    fields.text(payload, "location")
    at = fields.instant(payload, "retrieveDate")

    async def update() -> None:
        await charger.clock.sleep_until(at)
        for status in ("Downloading", "Downloaded", "Installing"):
            await charger.firmware_status(status)
            await charger.clock.sleep(_STEP)
        await charger.reboot(Reason.REBOOT)
        await charger.firmware_status("Installed")

    return Reply({}, update)


def get_diagnostics(charger: "SimulatedCharger", payload: JsonObject) -> Reply:
    """Name a diagnostics file and report its upload (OCPP 1.6, 5.9)."""
    fields.text(payload, "location")
    name = f"{charger.identity}-{charger.clock.now():%Y%m%dT%H%M%S}.log"

    async def upload() -> None:
        await charger.diagnostics_status("Uploading")
        await charger.clock.sleep(_STEP)
        await charger.diagnostics_status("Uploaded")

    return Reply({"fileName": name}, upload)


def trigger_message(charger: "SimulatedCharger", payload: JsonObject) -> Reply:
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
