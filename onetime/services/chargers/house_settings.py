"""The settings the house itself writes to chargers, for the bill, and what somebody has chosen in their place."""

from sqlmodel import Session, select

from onetime.models import ChosenSetting
from onetime.services.ocpp_actions.configuration import ChangeConfiguration

# Sampled each minute so that an offline session arrives complete; on the quarter-hour for exact intervals.
WANTED_SETTINGS: dict[str, tuple[str, ...]] = {
    # Whoever starts a session from here has been checked here; some chargers refuse it otherwise (ConnectorIO #332).
    "AuthorizeRemoteTxRequests": ("false",),
    "MeterValueSampleInterval": ("60",),
    "ClockAlignedDataInterval": ("900",),
    "MeterValuesSampledData": (
        "Energy.Active.Import.Register,Power.Active.Import,Current.Import,SoC",
        "Energy.Active.Import.Register,Power.Active.Import",
        "Energy.Active.Import.Register",
    ),
    "MeterValuesAlignedData": ("Energy.Active.Import.Register",),
    "StopTxnAlignedData": ("Energy.Active.Import.Register",),
}


def wishes_for(key: str) -> tuple[str, ...]:
    """Return the values the house would write for a key, in any case; nothing for a key that is none of its own."""
    return next((wishes for known, wishes in WANTED_SETTINGS.items() if known.casefold() == key.strip().casefold()), ())


def chosen_settings(session: Session, charger_id: int) -> dict[str, ChosenSetting]:
    """Return what somebody has written to a charger in the place of the house's own, by key in lower case."""
    rows = session.exec(select(ChosenSetting).where(ChosenSetting.charger_id == charger_id)).all()
    return {row.key: row for row in rows}


def keep_choice(
    session: Session, charger_id: int, request: ChangeConfiguration, answer: dict[str, object], actor: str
) -> None:
    """Remember a setting of the house's own that was written otherwise; the house's value ends the choice."""
    wishes, key = wishes_for(request.key), request.key.strip().casefold()
    if not wishes or answer.get("status") not in ("Accepted", "RebootRequired"):
        return
    known = session.get(ChosenSetting, (charger_id, key))
    if request.value in wishes:
        if known is not None:
            session.delete(known)
        return
    row = known or ChosenSetting(charger_id=charger_id, key=key, value="", chosen_by=actor)
    row.value, row.chosen_by = request.value, actor
    session.add(row)
