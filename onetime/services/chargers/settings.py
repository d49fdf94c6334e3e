"""A charger's settings (configuration keys), read with patience: in small portions, whatever case it writes them in.

A portion no charger is known to choke on is four keys (Entratek; evcc #15869). Some never answer when asked for
all at once, some hang on every question (EN+; evcc PR #30177): what cannot be read is left out.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from onetime.services.chargers.commands import CommandError, CommandFailedError
from onetime.services.ocpp_actions.base import Payload
from onetime.services.ocpp_actions.configuration import GetConfiguration

Ask = Callable[[Payload], Awaitable[dict[str, Any]]]

KEYS_PER_CALL = 4
YES = ("true", "1")  # readonly is a number at some chargers, and a text at others (evcc #26253)
MAX_KEYS = "GetConfigurationMaxKeys"

# Section 9, and the keys of the security whitepaper: what is asked for one by one where all at once gets no answer.
STANDARD_KEYS = (
    "AllowOfflineTxForUnknownId",
    "AuthorizationCacheEnabled",
    "AuthorizeRemoteTxRequests",
    "BlinkRepeat",
    "ClockAlignedDataInterval",
    "ConnectionTimeOut",
    "ConnectorPhaseRotation",
    "ConnectorPhaseRotationMaxLength",
    "GetConfigurationMaxKeys",
    "HeartbeatInterval",
    "LightIntensity",
    "LocalAuthorizeOffline",
    "LocalPreAuthorize",
    "MaxEnergyOnInvalidId",
    "MeterValuesAlignedData",
    "MeterValuesAlignedDataMaxLength",
    "MeterValuesSampledData",
    "MeterValuesSampledDataMaxLength",
    "MeterValueSampleInterval",
    "MinimumStatusDuration",
    "NumberOfConnectors",
    "ResetRetries",
    "StopTransactionOnEVSideDisconnect",
    "StopTransactionOnInvalidId",
    "StopTxnAlignedData",
    "StopTxnAlignedDataMaxLength",
    "StopTxnSampledData",
    "StopTxnSampledDataMaxLength",
    "SupportedFeatureProfiles",
    "SupportedFeatureProfilesMaxLength",
    "TransactionMessageAttempts",
    "TransactionMessageRetryInterval",
    "UnlockConnectorOnEVSideDisconnect",
    "WebSocketPingInterval",
    "LocalAuthListEnabled",
    "LocalAuthListMaxLength",
    "SendLocalListMaxLength",
    "ReserveConnectorZeroSupported",
    "ChargeProfileMaxStackLevel",
    "ChargingScheduleAllowedChargingRateUnit",
    "ChargingScheduleMaxPeriods",
    "ConnectorSwitch3to1PhaseSupported",
    "MaxChargingProfilesInstalled",
    "AdditionalRootCertificateCheck",
    "CertificateSignedMaxChainSize",
    "CertificateStoreMaxLength",
    "CpoName",
    "SecurityProfile",
    "SupportedFileTransferProtocols",
)


# Keys of widespread chargers beside the standard's, as they spell them: most compare keys letter by letter.
VENDOR_KEYS = (
    "AuthorizationKey",
    "CentralSystemURI",  # EVerest libocpp
    "ChargePointId",
    "Cst_BackendUrl",  # MicroOcpp
    "Cst_ChargeBoxId",
    "FreeCharging",  # Zaptec
    "FreeChargingIdTag",
    "FreevendEnabled",  # Easee, Charge Amps
    "FreevendIdTag",
    "LockCablePermanently",
    "PowerActiveImportDeltaForEagerMeterValueSample",
    "UseAuthorizationKeyWithoutDecoding",
    "WebSocketPingInterval",
    "evb_SupportedMeasurands",  # EVBox
)


def own_spelling(key: str) -> str:
    """Return a key as chargers spell it, where it is known; else as it was typed."""
    return _SPELLINGS.get(key.strip().casefold(), key)


_SPELLINGS = {key.casefold(): key for key in (*STANDARD_KEYS, *VENDOR_KEYS)}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as the charger spells it. Without a value it is set but not shown."""

    key: str
    value: str | None
    readonly: bool


@dataclass(slots=True)
class Reading:
    """What could be read: settings by key in lower case, keys the charger does not know, and keys without answer."""

    settings: dict[str, Setting] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def text(self, key: str) -> str | None:
        """Return a value, or None where it is not known."""
        setting = self.settings.get(key.casefold())
        return setting.value if setting else None

    def number(self, key: str) -> int | None:
        """Return a value as a whole number, or None where it is not known, or none."""
        try:
            return int((self.text(key) or "").strip())
        except ValueError:
            return None

    def flag(self, key: str) -> bool | None:
        """Return a value as yes or no, or None where it is not known."""
        text = (self.text(key) or "").strip().casefold()
        return text in YES if text else None

    def words(self, key: str) -> list[str]:
        """Return a list's parts in lower case; blanks do not count."""
        return [part.strip().casefold() for part in (self.text(key) or "").split(",") if part.strip()]


async def read_keys(ask: Ask, keys: Sequence[str]) -> Reading:
    """Read these keys, and leave out what is not answered. Raises ``CommandError`` when nothing is answered at all."""
    reading = Reading()
    portion = KEYS_PER_CALL
    if len(keys) > portion:
        await _read_in_portions(ask, [MAX_KEYS], 1, reading)
        portion = max(1, reading.number(MAX_KEYS) or portion)
        reading.unknown, reading.unread = [], []
        keys = [key for key in keys if key.casefold() not in reading.settings]
    await _read_in_portions(ask, keys, portion, reading)
    return reading


async def read_few(ask: Ask, keys: Sequence[str]) -> Reading:
    """Read these keys in portions any charger can answer, without asking it how large they may be."""
    reading = Reading()
    await _read_in_portions(ask, keys, KEYS_PER_CALL, reading)
    return reading


async def read_all(ask: Ask) -> Reading:
    """Read every setting: all at once, or the standard's own in portions where that is not answered.

    Raises ``CommandError`` when nothing is answered at all.
    """
    reading = Reading()
    try:
        _take(await ask(GetConfiguration()), reading)
    except CommandError:
        return await read_keys(ask, STANDARD_KEYS)
    return reading if reading.settings else await read_keys(ask, STANDARD_KEYS)


async def _read_in_portions(ask: Ask, keys: Sequence[str], portion: int, reading: Reading) -> None:
    for start in range(0, len(keys), portion):
        part = list(keys[start : start + portion])
        try:
            await _read_portion(ask, part, reading)
        except CommandFailedError:
            if len(part) == 1:
                reading.unread += part
            else:
                await _read_in_portions(ask, part, 1, reading)
        except CommandError:
            reading.unread += keys[start:]
            if not reading.settings and not reading.unknown:
                raise
            return


async def _read_portion(ask: Ask, keys: list[str], reading: Reading) -> None:
    _take(await ask(GetConfiguration(key=keys)), reading)


def _take(answer: dict[str, Any], reading: Reading) -> None:
    entries = answer.get("configurationKey")
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and isinstance(entry.get("key"), str):
            readonly = (_text(entry.get("readonly")) or "").strip().casefold() in YES
            reading.settings[entry["key"].casefold()] = Setting(entry["key"], _text(entry.get("value")), readonly)
    unknown = answer.get("unknownKey")
    reading.unknown += [str(key) for key in unknown] if isinstance(unknown, list) else []


def _text(value: Any) -> str | None:
    """Return a value as OCPP writes it: some chargers send numbers and booleans (Scame; mobilityhouse PR #582)."""
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
