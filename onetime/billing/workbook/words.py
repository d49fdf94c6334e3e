"""Words for what the report holds as codes, in the language of the workbook."""

from collections.abc import Mapping

from onetime.billing.intervals import Quality
from onetime.billing.registers.readings import ReviewReason
from onetime.billing.report import Tenant
from onetime.billing.workbook.book import Page, Translate

LONGEST_SHEET_NAME = 31


def sheet_names(translate: Translate) -> Mapping[Page, str]:
    """Return the sheets' names as Excel takes them: short, different, without its reserved characters."""
    _ = translate
    wanted = {
        Page.OVERVIEW: _("Overview"),
        Page.TENANTS: _("Tenants"),
        Page.SESSIONS: _("Sessions"),
        Page.CORRECTIONS: _("Corrections"),
        Page.LOAD_PROFILE: _("Load profile"),
        Page.CHECKS: _("Checks"),
        Page.EXPLANATION: _("Explanation"),
    }
    allowed = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
    names: dict[Page, str] = {}
    for page, name in wanted.items():
        short = name.translate(allowed)[:LONGEST_SHEET_NAME].strip("' ")
        taken = {other.casefold() for other in names.values()}
        names[page] = short if short and short.casefold() not in taken else f"{short[:28]} {page.value}".strip()
    return names


def quality_names(translate: Translate) -> Mapping[Quality, str]:
    """Return the word for each quality of an interval."""
    _ = translate
    return {
        Quality.MEASURED: _("measured"),
        Quality.INTERPOLATED: _("interpolated"),
        Quality.ESTIMATED: _("estimated"),
        Quality.PROVISIONAL: _("provisional"),
        Quality.CORRECTED: _("corrected"),
    }


def stop_reasons(translate: Translate) -> Mapping[str, str]:
    """Return words for why a session ended (Reason, OCPP 1.6 section 7.36)."""
    _ = translate
    return {
        "DeAuthorized": _("card refused"),
        "EmergencyStop": _("emergency stop"),
        "EVDisconnected": _("car unplugged"),
        "HardReset": _("charger restarted"),
        "Local": _("ended at the charger"),
        "Other": _("other reason"),
        "PowerLoss": _("power failure"),
        "Reboot": _("charger restarted"),
        "Remote": _("ended from Onetime"),
        "SoftReset": _("charger restarted"),
        "UnlockCommand": _("cable unlocked"),
    }


def review_reasons(translate: Translate) -> Mapping[ReviewReason, str]:
    """Return a sentence for why a session is under review."""
    _ = translate
    return {
        ReviewReason.METER_WENT_BACK: _("The meter showed less at the end than at the start."),
        ReviewReason.CLOCK_WENT_BACK: _("By the charger's clock the session ended before it started."),
        ReviewReason.HELD: _("It waits in the review inbox for a decision."),
        ReviewReason.DISCARDED: _("It was discarded in the review inbox."),
    }


def tenant_name(tenant: Tenant | None, translate: Translate) -> str:
    """Return the tenant's name, or that nobody is assigned."""
    _ = translate
    return _("Not assigned") if tenant is None else tenant.name
