"""The configuration keys of the charger (OCPP 1.6, 9)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from onetime.simulator.station.meter import MEASURANDS
from onetime.simulator.vocabulary import JsonObject

_REGISTER = "Energy.Active.Import.Register"
_SAMPLED = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC"
_ALIGNED = "Energy.Active.Import.Register,Power.Active.Import"
_PROFILES = "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger"
_HEX_KEY_LENGTHS = range(32, 41, 2)  # 16 to 20 bytes


class Kind(Enum):
    """What a value may look like; each member holds its test."""

    NUMBER = (lambda text: text.isascii() and text.isdigit() and len(text) < 10,)
    FLAG = (lambda text: text.lower() in ("true", "false"),)
    MEASURANDS = (lambda text: all(name in MEASURANDS for name in split_list(text)),)
    SECRET = (lambda text: 16 <= len(text) <= 40,)
    TEXT = (lambda text: True,)

    def __init__(self, fits: Callable[[str], bool]) -> None:
        self.fits = fits


@dataclass(frozen=True, slots=True)
class Key:
    """One configuration key; `reboot` means that a change shows only after a reboot."""

    name: str
    default: str
    kind: Kind
    readonly: bool = False
    reboot: bool = False


KEYS: dict[str, Key] = {
    key.name.lower(): key
    for key in (
        Key("AllowOfflineTxForUnknownId", "true", Kind.FLAG),
        Key("AuthorizationCacheEnabled", "true", Kind.FLAG),
        Key("AuthorizationKey", "", Kind.SECRET),
        Key("AuthorizeRemoteTxRequests", "true", Kind.FLAG),
        Key("ChargeProfileMaxStackLevel", "8", Kind.NUMBER, readonly=True),
        Key("ChargingScheduleAllowedChargingRateUnit", "Current,Power", Kind.TEXT, readonly=True),
        Key("ChargingScheduleMaxPeriods", "96", Kind.NUMBER, readonly=True),
        Key("ClockAlignedDataInterval", "900", Kind.NUMBER),
        Key("ConnectionTimeOut", "120", Kind.NUMBER),
        Key("ConnectorPhaseRotation", "NotApplicable", Kind.TEXT),
        Key("ConnectorSwitch3to1PhaseSupported", "true", Kind.FLAG, readonly=True),
        Key("GetConfigurationMaxKeys", "50", Kind.NUMBER, readonly=True),
        Key("HeartbeatInterval", "300", Kind.NUMBER),
        Key("LocalAuthListEnabled", "true", Kind.FLAG),
        Key("LocalAuthListMaxLength", "1000", Kind.NUMBER, readonly=True),
        Key("LocalAuthorizeOffline", "true", Kind.FLAG),
        Key("LocalPreAuthorize", "false", Kind.FLAG),
        Key("MaxChargingProfilesInstalled", "20", Kind.NUMBER, readonly=True),
        Key("MeterValueSampleInterval", "60", Kind.NUMBER),
        Key("MeterValuesAlignedData", _ALIGNED, Kind.MEASURANDS),
        Key("MeterValuesSampledData", _SAMPLED, Kind.MEASURANDS),
        Key("NumberOfConnectors", "1", Kind.NUMBER, readonly=True),
        Key("ReserveConnectorZeroSupported", "false", Kind.FLAG, readonly=True),
        Key("ResetRetries", "1", Kind.NUMBER),
        Key("SendLocalListMaxLength", "100", Kind.NUMBER, readonly=True),
        Key("StopTransactionOnEVSideDisconnect", "true", Kind.FLAG),
        Key("StopTransactionOnInvalidId", "true", Kind.FLAG),
        Key("StopTxnAlignedData", "", Kind.MEASURANDS),
        Key("StopTxnSampledData", _REGISTER, Kind.MEASURANDS),
        Key("SupportedFeatureProfiles", _PROFILES, Kind.TEXT, readonly=True),
        Key("TransactionMessageAttempts", "3", Kind.NUMBER),
        Key("TransactionMessageRetryInterval", "60", Kind.NUMBER),
        Key("SupportedFileTransferProtocols", "FTP,HTTP,HTTPS", Kind.TEXT, readonly=True),
        Key("UnlockConnectorOnEVSideDisconnect", "true", Kind.FLAG),
        Key("WebSocketPingInterval", "60", Kind.NUMBER, reboot=True),
    )
}


class Configuration:
    """The values of one charger: the defaults, and what has been changed."""

    def __init__(self, changed: Mapping[str, str]) -> None:
        self.changed: dict[str, str] = {name.lower(): value for name, value in changed.items()}

    def text(self, name: str) -> str:
        """Return a value as it stands."""
        return self.changed.get(name.lower(), KEYS[name.lower()].default)

    def number(self, name: str) -> int:
        """Return a value as a number."""
        return int(self.text(name))

    def flag(self, name: str) -> bool:
        """Return a value as a yes or no."""
        return self.text(name).lower() == "true"

    def measurands(self, name: str) -> list[str]:
        """Return a value as a list of measurands."""
        return split_list(self.text(name))

    def password(self) -> bytes | None:
        """Return the bytes AuthorizationKey stands for (hexadecimal digits if it can be; J 1.6, 6.2), if it is set."""
        key = self.text("AuthorizationKey")
        try:
            return bytes.fromhex(key) if len(key) in _HEX_KEY_LENGTHS else key.encode() or None
        except ValueError:
            return key.encode()

    def change(self, name: str, value: str) -> str:
        """Change a value and return the status ChangeConfiguration answers with (OCPP 1.6, 5.3)."""
        key = KEYS.get(name.lower())
        if key is None:
            return "NotSupported"
        if key.readonly or len(value) > 500 or not key.kind.fits(value):
            return "Rejected"
        self.changed[key.name.lower()] = value
        return "RebootRequired" if key.reboot else "Accepted"

    def describe(self, names: list[str]) -> tuple[list[JsonObject], list[str]]:
        """Return the named keys (all for none) as GetConfiguration shows them, and the unknown names."""
        wanted = names or [key.name for key in KEYS.values()]
        known = [KEYS[name.lower()] for name in wanted if name.lower() in KEYS]
        unknown = [name for name in wanted if name.lower() not in KEYS]
        return [self._describe(key) for key in known], unknown

    def _describe(self, key: Key) -> JsonObject:
        if key.kind is Kind.SECRET:  # write-only: its value is never read back
            return {"key": key.name, "readonly": False}
        return {"key": key.name, "readonly": key.readonly, "value": self.text(key.name)}


def split_list(text: str) -> list[str]:
    """Split a comma-separated value; blanks around the parts do not count."""
    return [part.strip() for part in text.split(",") if part.strip()]
