"""The answers of the charger to every command of OCPP 1.6, one function an action."""

from collections.abc import Callable

from onetime.simulator.commands import charging, control, lists, settings, transfers, triggering
from onetime.simulator.commands.commanded import CommandedCharger
from onetime.simulator.vocabulary import JsonObject
from onetime.simulator.wire.calls import Reply

Command = Callable[[CommandedCharger, JsonObject], Reply]

COMMANDS: dict[str, Command] = {
    "CancelReservation": lists.cancel_reservation,
    "ChangeAvailability": control.change_availability,
    "ChangeConfiguration": settings.change_configuration,
    "ClearCache": lists.clear_cache,
    "ClearChargingProfile": charging.clear_charging_profile,
    "DataTransfer": settings.data_transfer,
    "GetCompositeSchedule": charging.get_composite_schedule,
    "GetConfiguration": settings.get_configuration,
    "GetDiagnostics": transfers.get_diagnostics,
    "GetLog": transfers.get_log,
    "GetLocalListVersion": lists.get_local_list_version,
    "RemoteStartTransaction": control.remote_start,
    "RemoteStopTransaction": control.remote_stop,
    "ReserveNow": lists.reserve_now,
    "Reset": control.reset,
    "SendLocalList": lists.send_local_list,
    "SetChargingProfile": charging.set_charging_profile,
    "TriggerMessage": triggering.trigger_message,
    "UnlockConnector": control.unlock_connector,
    "UpdateFirmware": transfers.update_firmware,
}
