"""The well-known settings of chargers (configuration keys) in words, and what kind of value each takes.

Section 9 of OCPP 1.6 edition 2, and the security whitepaper. A key that is missing here is shown without words.
"""

from dataclasses import dataclass
from enum import StrEnum

from onetime.texts import Text, _


class Kind(StrEnum):
    """How a value is typed."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class SettingWords:
    """What a setting does, and the kind of its value."""

    what: Text
    kind: Kind = Kind.TEXT


def words_of(key: str) -> SettingWords | None:
    """Return what is known of a key, in any case."""
    return _BY_KEY.get(key.casefold())


_NUMBER, _FLAG = Kind.NUMBER, Kind.FLAG

SETTINGS: dict[str, SettingWords] = {
    "AllowOfflineTxForUnknownId": SettingWords(_("Without a connection it lets cards charge it does not know."), _FLAG),
    "AuthorizationCacheEnabled": SettingWords(_("It remembers cards it has been told about."), _FLAG),
    "AuthorizationKey": SettingWords(_("Its password. Change it on the page Security.")),
    "AuthorizeRemoteTxRequests": SettingWords(_("It checks the card once more for a start from here."), _FLAG),
    "BlinkRepeat": SettingWords(_("How often its light blinks as a signal."), _NUMBER),
    "ChargeProfileMaxStackLevel": SettingWords(_("The highest level a limit may have."), _NUMBER),
    "ChargingScheduleAllowedChargingRateUnit": SettingWords(_("Whether it takes limits in A, in W, or in both.")),
    "ChargingScheduleMaxPeriods": SettingWords(_("How many steps a limit over time may have."), _NUMBER),
    "ClockAlignedDataInterval": SettingWords(
        _("Seconds between readings on the clock; 900 for the quarter-hours of the bill."), _NUMBER
    ),
    "ConnectionTimeOut": SettingWords(_("Seconds it waits for the cable after a card or a start from here."), _NUMBER),
    "ConnectorPhaseRotation": SettingWords(_("How its phases are connected to those of the house.")),
    "ConnectorSwitch3to1PhaseSupported": SettingWords(_("It can change from three phases to one."), _FLAG),
    "CpoName": SettingWords(_("The name of the house in its certificates.")),
    "GetConfigurationMaxKeys": SettingWords(_("How many settings it tells at once."), _NUMBER),
    "HeartbeatInterval": SettingWords(_("Seconds between its signs of life."), _NUMBER),
    "LightIntensity": SettingWords(_("The brightness of its light in percent."), _NUMBER),
    "LocalAuthListEnabled": SettingWords(_("It uses the list of cards it was given."), _FLAG),
    "LocalAuthListMaxLength": SettingWords(_("How many cards its list can hold."), _NUMBER),
    "LocalAuthorizeOffline": SettingWords(_("Without a connection it lets cards charge it knows."), _FLAG),
    "LocalPreAuthorize": SettingWords(_("It starts for cards it knows without asking here first."), _FLAG),
    "MaxChargingProfilesInstalled": SettingWords(_("How many limits it can hold."), _NUMBER),
    "MaxEnergyOnInvalidId": SettingWords(_("Wh it still gives to a card that turned out invalid."), _NUMBER),
    "MeterValuesAlignedData": SettingWords(_("What it measures on the clock.")),
    "MeterValuesSampledData": SettingWords(_("What it measures during a session.")),
    "MeterValueSampleInterval": SettingWords(_("Seconds between its readings during a session."), _NUMBER),
    "MinimumStatusDuration": SettingWords(_("Seconds a state must last before it is reported."), _NUMBER),
    "NumberOfConnectors": SettingWords(_("How many connectors it has."), _NUMBER),
    "ReserveConnectorZeroSupported": SettingWords(_("It can keep any one of its connectors free."), _FLAG),
    "ResetRetries": SettingWords(_("How often it tries to restart."), _NUMBER),
    "SecurityProfile": SettingWords(_("Its security profile. Raise it on the page Security."), _NUMBER),
    "SendLocalListMaxLength": SettingWords(_("How many cards it takes at once."), _NUMBER),
    "StopTransactionOnEVSideDisconnect": SettingWords(_("A session ends when the cable is pulled at the car."), _FLAG),
    "StopTransactionOnInvalidId": SettingWords(_("A session ends when its card turns out invalid."), _FLAG),
    "StopTxnAlignedData": SettingWords(_("What of the readings on the clock it repeats at the end of a session.")),
    "StopTxnSampledData": SettingWords(_("What of a session’s readings it repeats at its end.")),
    "SupportedFeatureProfiles": SettingWords(_("What it can do beyond the basics.")),
    "SupportedFileTransferProtocols": SettingWords(_("How it can fetch and send files.")),
    "TransactionMessageAttempts": SettingWords(_("How often it sends a session’s message that fails."), _NUMBER),
    "TransactionMessageRetryInterval": SettingWords(_("Seconds between these attempts, growing."), _NUMBER),
    "UnlockConnectorOnEVSideDisconnect": SettingWords(_("It releases the cable when it is pulled at the car."), _FLAG),
    "WebSocketPingInterval": SettingWords(_("Seconds between its checks of the connection; 0 for none."), _NUMBER),
}

_BY_KEY = {key.casefold(): words for key, words in SETTINGS.items()}
