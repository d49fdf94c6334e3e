"""What a charger says it can do with limits, as far as it says anything."""

from sqlmodel import Session

from onetime.clock import utc_now
from onetime.services.chargers.commands import CommandError
from onetime.services.chargers.settings import Reading, read_keys
from onetime.services.chargers.vendors import quirks_of
from onetime.services.charging.composing import HeldProfile
from onetime.services.charging.forms import (
    ABILITY_KEYS,
    INSTALLED,
    PHASE_SWITCH,
    UNITS,
    knows_smart_charging,
    listed_unit,
)
from onetime.services.charging.profiles import held_profiles, stored_profiles
from onetime.services.charging.restoring import unit_of
from onetime.services.ocpp_actions.smart_charging import ChargingProfile, ChargingRateUnit
from onetime.services.operations.run import Run
from onetime.texts import _


async def read_abilities(run: Run) -> Reading:
    """Return what the charger says, and nothing where it does not answer: it is tried all the same (lbbrhzn, B7)."""
    try:
        reading = await read_keys(run.send, ABILITY_KEYS)
    except CommandError:
        return Reading()
    if not knows_smart_charging(reading):
        run.step(_("{identity} does not list smart charging; it is tried all the same.", identity=run.charger.identity))
    return reading


async def composite_unit(run: Run) -> ChargingRateUnit:
    """Return the unit to ask a charger in: that of the profiles it took, else the one it lists."""
    rows = await run.database.read(lambda s: stored_profiles(s, run.charger.id))
    if rows:
        return unit_of(ChargingProfile.model_validate(row.content) for row in rows)
    try:
        reading = await read_keys(run.send, [UNITS])
    except CommandError:
        reading = Reading()
    return listed_unit(reading, quirks_of(run.charger))


def phases_to_name(run: Run, reading: Reading, wanted: int | None) -> int | None:
    """Return the phases to name: three are the default, and one only where the charger can switch."""
    if wanted == 1 and reading.flag(PHASE_SWITCH) is False:
        run.step(_("{identity} cannot switch phases; the limit is for each.", identity=run.charger.identity))
        return None
    return 1 if wanted == 1 else None


async def held_now(run: Run) -> list[HeldProfile]:
    """Return the profiles that mean something now."""

    def work(session: Session) -> list[HeldProfile]:
        return held_profiles(session, run.charger.id, utc_now())

    return await run.database.read(work)


def warn_if_full(run: Run, reading: Reading, held: list[HeldProfile]) -> None:
    """Tell when the charger holds as many profiles as it can: the next may be refused for that."""
    room = reading.number(INSTALLED)
    if room is not None and 0 < room <= len(held):
        run.step(_("It holds {count} profiles already, as many as it can.", count=len(held)))
