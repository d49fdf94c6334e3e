"""Every action a central system can ask for, in one table: its name on the wire, its request and its response."""

from dataclasses import dataclass

from onetime.services.ocpp_actions import (
    configuration,
    core,
    firmware,
    local_list,
    reservation,
    security,
    smart_charging,
    trigger,
)
from onetime.services.ocpp_actions.base import Payload


@dataclass(frozen=True, slots=True)
class Action:
    """One action. ``profile`` is the feature profile a charger needs for it (section 3.3)."""

    name: str
    profile: str
    request: type[Payload]
    response: type[Payload]

    @property
    def is_allowed_while_pending(self) -> bool:
        """Say whether it may be sent to a charger that waits for acceptance (section 4.2)."""
        return self.name not in ("RemoteStartTransaction", "RemoteStopTransaction")


_PROFILES: dict[str, tuple[tuple[type[Payload], type[Payload]], ...]] = {
    "Core": (
        (core.ChangeAvailability, core.ChangeAvailabilityResponse),
        (configuration.ChangeConfiguration, configuration.ChangeConfigurationResponse),
        (core.ClearCache, core.ClearCacheResponse),
        (core.DataTransfer, core.DataTransferResponse),
        (configuration.GetConfiguration, configuration.GetConfigurationResponse),
        (core.RemoteStartTransaction, core.RemoteStartTransactionResponse),
        (core.RemoteStopTransaction, core.RemoteStopTransactionResponse),
        (core.Reset, core.ResetResponse),
        (core.UnlockConnector, core.UnlockConnectorResponse),
    ),
    "FirmwareManagement": (
        (firmware.GetDiagnostics, firmware.GetDiagnosticsResponse),
        (firmware.UpdateFirmware, firmware.UpdateFirmwareResponse),
    ),
    "LocalAuthListManagement": (
        (local_list.GetLocalListVersion, local_list.GetLocalListVersionResponse),
        (local_list.SendLocalList, local_list.SendLocalListResponse),
    ),
    "Reservation": (
        (reservation.CancelReservation, reservation.CancelReservationResponse),
        (reservation.ReserveNow, reservation.ReserveNowResponse),
    ),
    "SmartCharging": (
        (smart_charging.ClearChargingProfile, smart_charging.ClearChargingProfileResponse),
        (smart_charging.GetCompositeSchedule, smart_charging.GetCompositeScheduleResponse),
        (smart_charging.SetChargingProfile, smart_charging.SetChargingProfileResponse),
    ),
    "RemoteTrigger": ((trigger.TriggerMessage, trigger.TriggerMessageResponse),),
    "Security": (
        (security.CertificateSigned, security.CertificateSignedResponse),
        (security.DeleteCertificate, security.DeleteCertificateResponse),
        (trigger.ExtendedTriggerMessage, trigger.ExtendedTriggerMessageResponse),
        (security.GetInstalledCertificateIds, security.GetInstalledCertificateIdsResponse),
        (security.GetLog, security.GetLogResponse),
        (security.InstallCertificate, security.InstallCertificateResponse),
        (security.SignedUpdateFirmware, security.SignedUpdateFirmwareResponse),
    ),
}

# A request's class is named as its action.
ACTIONS: dict[str, Action] = {
    request.__name__: Action(request.__name__, profile, request, response)
    for profile, pairs in _PROFILES.items()
    for request, response in pairs
}


def action_of(request: Payload) -> Action:
    """Return the action a request belongs to. Raises ``KeyError`` for what is no request."""
    return ACTIONS[type(request).__name__]
