"""What is known of makers' chargers before they are asked: data, matched by vendor and model.

Each entry names its source. A charger may match several; what they say adds up.
"""

from dataclasses import dataclass, fields, replace

from onetime.services.chargers.live import LiveCharger

REGISTER = "Energy.Active.Import.Register"


@dataclass(frozen=True, slots=True)
class Quirks:
    """What a charger needs to be told differently."""

    only_hex_tags: bool = False  # a remote start takes hexadecimal tags of at most 16 characters
    only_stack_level_0: bool = False
    only_relative: bool = False  # a schedule counts from the begin of charging, whatever its kind says
    only_watts: bool = False
    ignores_charger_limit: bool = False  # a ChargePointMaxProfile is accepted and has no effect
    only_session_limits: bool = False  # of the purposes only TxProfile is taken
    measurands: str = ""  # the only list it survives in MeterValuesSampledData; it must not be tried with others


@dataclass(frozen=True, slots=True)
class VendorProfile:
    """Whom quirks belong to: both texts are looked for in what the charger calls itself, whatever their case."""

    vendor: str
    quirks: Quirks
    source: str
    model: str = ""


PROFILES: tuple[VendorProfile, ...] = (
    VendorProfile("Alfen", Quirks(only_hex_tags=True), "lbbrhzn #514"),
    VendorProfile("ABB", Quirks(only_stack_level_0=True), "lbbrhzn #1737"),
    VendorProfile("ABB", Quirks(measurands=REGISTER), "lbbrhzn #1275: firmware up to 1.8.21 boots for ever", "Terra"),
    VendorProfile("Wall Box", Quirks(only_stack_level_0=True, only_relative=True), "evcc templates; lbbrhzn #2052"),
    VendorProfile("Wallbox", Quirks(only_stack_level_0=True, only_relative=True), "evcc templates; lbbrhzn #2052"),
    VendorProfile("Huawei", Quirks(only_watts=True), "evcc templates"),
    VendorProfile("United Chargers", Quirks(ignores_charger_limit=True), "lbbrhzn #2084"),
    VendorProfile("Grizzl", Quirks(ignores_charger_limit=True), "lbbrhzn #2084"),
)


def quirks_of(charger: LiveCharger) -> Quirks:
    """Return what is known of a charger's make."""
    vendor, model = (charger.vendor or "").casefold(), (charger.model or "").casefold()
    quirks = Quirks()
    for profile in PROFILES:
        if profile.vendor.casefold() in vendor and profile.model.casefold() in model:
            said = {f.name: v for f in fields(Quirks) if (v := getattr(profile.quirks, f.name))}
            quirks = replace(quirks, **said)
    return quirks
