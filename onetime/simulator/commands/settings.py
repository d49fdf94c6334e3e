"""Settings of the charger and messages between vendors: Get- and ChangeConfiguration, DataTransfer."""

from onetime.simulator.commands import fields
from onetime.simulator.commands.commanded import CommandedCharger
from onetime.simulator.vocabulary import JsonObject
from onetime.simulator.wire.calls import Reply
from onetime.simulator.wire.frames import CallError

_RHYTHMS = ("metervaluesampleinterval", "clockaligneddatainterval")  # counted anew from the change on


def get_configuration(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Show the settings asked for, all if none is named (OCPP 1.6, 5.8)."""
    names = payload.get("key") or []
    configuration = charger.core.station.configuration
    if len(names) > configuration.number("GetConfigurationMaxKeys"):
        raise CallError("OccurenceConstraintViolation", "More keys than GetConfigurationMaxKeys.")
    known, unknown = configuration.describe([str(name) for name in names])
    answer: JsonObject = {"configurationKey": known}
    if unknown:
        answer["unknownKey"] = unknown
    return Reply(answer)


def change_configuration(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Change one setting; it holds from now on, a password from the next connection (OCPP 1.6, 5.3)."""
    name, value = fields.text(payload, "key", longest=50), fields.text(payload, "value", longest=500)
    status = charger.core.station.configuration.change(name, value)
    if status in ("Accepted", "RebootRequired"):
        charger.core.station.say(f"the setting {name} is changed")
        if name.lower() in _RHYTHMS:
            charger.core.metering.start()
        if name.lower() == "authorizationkey":
            charger.core.link.password = charger.core.station.configuration.password()
    return Reply({"status": status})


def data_transfer(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Answer `Echo` of the own vendor with what was sent; nothing else is known (OCPP 1.6, 5.6)."""
    if fields.text(payload, "vendorId") != charger.vendor:
        return Reply({"status": "UnknownVendorId"})
    if payload.get("messageId") != "Echo":
        return Reply({"status": "UnknownMessageId"})
    data = payload.get("data")
    return Reply({"status": "Accepted"} if data is None else {"status": "Accepted", "data": str(data)})
