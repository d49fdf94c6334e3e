"""In which form a charger takes a limit: purpose, unit, stack level and kind, the most likely first. Pure.

What it says of itself decides, then what is known of its make; the rest is tried (lbbrhzn #1737, #2052, #2084).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

from onetime.services.chargers.settings import Reading
from onetime.services.chargers.vendors import Quirks
from onetime.services.charging.composing import PHASES, convert
from onetime.services.ocpp_actions.smart_charging import (
    ChargingProfile,
    ChargingProfileKind,
    ChargingProfilePurpose,
    ChargingRateUnit,
    ChargingSchedule,
    ChargingSchedulePeriod,
)

UNITS, STACK_LEVEL = "ChargingScheduleAllowedChargingRateUnit", "ChargeProfileMaxStackLevel"
PHASE_SWITCH, INSTALLED = "ConnectorSwitch3to1PhaseSupported", "MaxChargingProfilesInstalled"
FEATURES = "SupportedFeatureProfiles"
ABILITY_KEYS = (UNITS, STACK_LEVEL, PHASE_SWITCH, FEATURES, INSTALLED)

LONGEST_SESSION = timedelta(days=30)  # until when a session's own profile is valid, which ends with it anyhow
FORMS_TRIED = 8  # each is a message to the charger, and a person waits
EARLIER = timedelta(minutes=5)  # the schedule begins in the past, or a clock that is behind would leave a gap
FIRST_PROFILE_ID = 1_000_000  # of those made here; lower ones are left to raw commands
LARGEST_PROFILE_ID = FIRST_PROFILE_ID + 4_000  # three purposes on each of up to 999 connectors

_PURPOSES = tuple(ChargingProfilePurpose)
_UNIT_WORDS = {ChargingRateUnit.AMPERE: {"current", "a"}, ChargingRateUnit.WATT: {"power", "w"}}


@dataclass(frozen=True, slots=True)
class Form:
    """One way to say a limit."""

    purpose: ChargingProfilePurpose
    unit: ChargingRateUnit
    stack_level: int
    kind: ChargingProfileKind


@dataclass(frozen=True, slots=True)
class Limit:
    """What is asked: A per phase, on so many phases (None: as many as there are), until a time or for good."""

    amperes: float
    phases: int | None
    until: datetime | None


def forms(reading: Reading, quirks: Quirks, *, connector: int, charging: bool) -> list[Form]:
    """Return the forms to try on a connector, or on the whole charger (0)."""
    return _forms(reading, quirks, _purposes(quirks, connector, charging))


def session_forms(reading: Reading, quirks: Quirks) -> list[Form]:
    """Return the forms of a limit for one session, the likeliest first."""
    return _forms(reading, quirks, [ChargingProfilePurpose.TX])


def _forms(reading: Reading, quirks: Quirks, purposes: list[ChargingProfilePurpose]) -> list[Form]:
    found = []
    for purpose in purposes:
        choices = product(_units(reading, quirks), _stack_levels(reading, quirks), _kinds(quirks))
        ranked = sorted(choices, key=lambda choice: sum(rank for rank, _ in choice))
        found += [Form(purpose, unit, level, kind) for (_, unit), (_, level), (_, kind) in ranked]
    return _spread(found)


def profile(form: Form, limit: Limit, connector: int, now: datetime, transaction_id: int | None) -> ChargingProfile:
    """Return the limit as a charging profile of this form.

    A session's own schedule says when it begins and ends, or counts from the begin of charging (cases 057 and 059).
    """
    amperes = convert(limit.amperes, ChargingRateUnit.AMPERE, form.unit, limit.phases or PHASES)
    is_absolute = form.kind is ChargingProfileKind.ABSOLUTE
    start = (now - EARLIER).replace(microsecond=0)
    until = limit.until
    if until is None and is_absolute and form.purpose is ChargingProfilePurpose.TX:
        until = start + LONGEST_SESSION
    ends_in = round((until - start).total_seconds()) if until and is_absolute else None
    return ChargingProfile(
        charging_profile_id=profile_id(connector, form.purpose),
        transaction_id=transaction_id if form.purpose is ChargingProfilePurpose.TX else None,
        stack_level=form.stack_level,
        charging_profile_purpose=form.purpose,
        charging_profile_kind=form.kind,
        valid_from=start if until else None,
        valid_to=until,
        charging_schedule=ChargingSchedule(
            duration=ends_in,
            start_schedule=start if is_absolute else None,
            charging_rate_unit=form.unit,
            charging_schedule_period=[
                ChargingSchedulePeriod(start_period=0, limit=round(amperes, 1), number_phases=limit.phases)
            ],
        ),
    )


def profile_id(connector: int, purpose: ChargingProfilePurpose) -> int:
    """Return the id of the profile made here for a place and a purpose: setting it again replaces it."""
    return FIRST_PROFILE_ID + connector * len(_PURPOSES) + _PURPOSES.index(purpose)


def is_ours(found: int) -> bool:
    """Say whether a profile was made here."""
    return FIRST_PROFILE_ID <= found < LARGEST_PROFILE_ID


def knows_smart_charging(reading: Reading) -> bool:
    """Say whether the charger may know profiles; one that lists no features at all may (lbbrhzn, B7)."""
    features = {word.replace(" ", "") for word in reading.words(FEATURES)}
    return not features or "smartcharging" in features or reading.text(STACK_LEVEL) is not None


def _purposes(quirks: Quirks, connector: int, charging: bool) -> list[ChargingProfilePurpose]:
    if connector == 0:
        whole = [] if quirks.ignores_charger_limit else [ChargingProfilePurpose.CHARGE_POINT_MAX]
        return [*whole, ChargingProfilePurpose.TX_DEFAULT]
    default = [] if quirks.only_session_limits else [ChargingProfilePurpose.TX_DEFAULT]
    return [*default, ChargingProfilePurpose.TX] if charging else default


def listed_unit(reading: Reading, quirks: Quirks) -> ChargingRateUnit:
    """Return the unit the charger counts in: the first it lists, else A."""
    return _units(reading, quirks)[0][1]


def _units(reading: Reading, quirks: Quirks) -> list[tuple[int, ChargingRateUnit]]:
    if quirks.only_watts:
        return [(0, ChargingRateUnit.WATT)]
    said = set(reading.words(UNITS))
    allowed = [unit for unit in ChargingRateUnit if said & _UNIT_WORDS[unit]]
    return list(enumerate(allowed or list(ChargingRateUnit)))


def _stack_levels(reading: Reading, quirks: Quirks) -> list[tuple[int, int]]:
    highest = reading.number(STACK_LEVEL)
    if quirks.only_stack_level_0 or not highest or highest < 0:
        return [(0, 0)]
    return [(0, highest), (1, 0)]


def _kinds(quirks: Quirks) -> list[tuple[int, ChargingProfileKind]]:
    if quirks.only_relative:
        return [(0, ChargingProfileKind.RELATIVE)]
    return [(0, ChargingProfileKind.ABSOLUTE), (1, ChargingProfileKind.RELATIVE)]


def _spread(found: list[Form]) -> list[Form]:
    """Keep the first forms of every purpose, so that the last purpose gets its turn."""
    purposes = list(dict.fromkeys(form.purpose for form in found))
    share = FORMS_TRIED // max(1, len(purposes))
    kept: list[Form] = []
    for purpose in purposes:
        kept += [form for form in found if form.purpose is purpose][:share]
    return kept
