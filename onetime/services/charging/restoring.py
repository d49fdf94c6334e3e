"""Give a charger back the profiles it lost over a reset, or that the one before it had in its place.

They should survive a boot (errata 3.37), but not every charger keeps them. What it holds shows in its composite
schedule; where it will not tell, it is given them again.
"""

import logging
import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from onetime.clock import utc_now
from onetime.services.chargers.commands import CommandError, CommandFailedError, CommandService
from onetime.services.chargers.live import LiveCharger
from onetime.services.charging.composing import PHASES, HeldProfile, compose, convert
from onetime.services.charging.profiles import held_profiles
from onetime.services.ocpp_actions.smart_charging import (
    ChargingProfile,
    ChargingProfilePurpose,
    ChargingRateUnit,
    GetCompositeSchedule,
    SetChargingProfile,
)
from onetime.store.database import Database

logger = logging.getLogger(__name__)

LOOKED_AHEAD_S = 3600
TOLERANCE_A = 0.5  # chargers round, some to whole amperes
AMPERE = ChargingRateUnit.AMPERE
UNLIMITED = math.inf  # what a negative limit means in a composite schedule (MicroOcpp answers -1)


async def restore_profiles(database: Database, commands: CommandService, charger: LiveCharger, asked_by: str) -> int:
    """Send what a booted charger has lost, and return how many profiles that were. Never raises ``CommandError``."""
    now = utc_now()
    held = await database.read(lambda s: held_profiles(s, charger.id, now))
    if not held:
        return 0
    try:
        if await _has_them(commands, charger, held, now, asked_by):
            return 0
        return await _send(commands, charger, held, asked_by)
    except CommandError as error:
        logger.info("The charging profiles of %s are not restored: %s", charger.identity, error)
        return 0


async def _has_them(
    commands: CommandService, charger: LiveCharger, held: list[HeldProfile], now: datetime, asked_by: str
) -> bool:
    """Say whether the charger allows no more than its profiles do, on any connector they are about."""
    places = {each.connector for each in held}
    numbers = {number for number in charger.connectors if number > 0 and (0 in places or number in places)}
    unit = unit_of([each.profile for each in held])
    for number in sorted(numbers or places):
        session = charger.connectors[number].session if number in charger.connectors else None
        wanted = compose(held, number, now, LOOKED_AHEAD_S, AMPERE, session.started_at if session else None)
        try:
            request = GetCompositeSchedule(connector_id=number, duration=LOOKED_AHEAD_S, charging_rate_unit=unit)
            allowed = first_limit_a(await commands.send(charger.id, request, asked_by))
        except CommandError:
            return False
        if wanted[0].limit is not None and (allowed is None or allowed > wanted[0].limit + TOLERANCE_A):
            return False
    return True


async def _send(commands: CommandService, charger: LiveCharger, held: list[HeldProfile], asked_by: str) -> int:
    sent = 0
    for each in sorted(held, key=lambda each: _ORDER[each.profile.charging_profile_purpose]):
        request = SetChargingProfile(connector_id=each.connector, cs_charging_profiles=each.profile)
        try:
            status = (await commands.send(charger.id, request, asked_by)).get("status")
        except CommandFailedError as error:  # one it refuses says nothing of the others
            status = error.code
        if status == "Accepted":
            sent += 1
        else:
            logger.warning("%s does not take its profile %d back.", charger.identity, each.profile.charging_profile_id)
    return sent


def unit_of(profiles: Iterable[ChargingProfile]) -> ChargingRateUnit:
    """Return the unit to ask a charger in: that of its profiles, which is one it takes; A where they differ."""
    units = {profile.charging_schedule.charging_rate_unit for profile in profiles}
    return units.pop() if len(units) == 1 else AMPERE


def first_limit_a(answer: dict[str, Any]) -> float | None:
    """Return what a composite schedule allows now, in A per phase: ``UNLIMITED``, or None where it does not say."""
    if answer.get("status") != "Accepted":
        return None
    try:
        schedule = answer["chargingSchedule"]
        period = schedule["chargingSchedulePeriod"][0]
        limit, phases = float(period["limit"]), int(period.get("numberPhases") or PHASES)
        is_watt = str(schedule.get("chargingRateUnit", "A")).strip().upper().startswith("W")
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return None
    if limit < 0:
        return UNLIMITED
    return round(convert(limit, ChargingRateUnit.WATT if is_watt else AMPERE, AMPERE, phases), 1)


# The widest first: a session's own limit must not be replaced by what comes after it.
_ORDER = {
    ChargingProfilePurpose.CHARGE_POINT_MAX: 0,
    ChargingProfilePurpose.TX_DEFAULT: 1,
    ChargingProfilePurpose.TX: 2,
}
