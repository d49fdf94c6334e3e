"""What several charging profiles allow together: the composite schedule (OCPP 1.6 edition 2, section 3.13). Pure.

Of each purpose the profile of the highest stack level counts that says something at that instant; one for the
connector counts before one for all. A TxProfile takes the place of a TxDefaultProfile, and the ChargePointMaxProfile
bounds both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from onetime.services.ocpp_actions.smart_charging import (
    ChargingProfile,
    ChargingProfileKind,
    ChargingProfilePurpose,
    ChargingRateUnit,
    RecurrencyKind,
)

VOLTAGE = 230  # V between a phase and neutral, wherever this house may stand
PHASES = 3  # where a period does not say (section 7.14)

_EVERY = {RecurrencyKind.DAILY: timedelta(days=1), RecurrencyKind.WEEKLY: timedelta(weeks=1)}


@dataclass(frozen=True, slots=True)
class HeldProfile:
    """A profile on the connector it was set for; 0 stands for the charger, or for all connectors."""

    connector: int
    profile: ChargingProfile


@dataclass(frozen=True, slots=True)
class ComposedPeriod:
    """What is allowed from ``start_s`` seconds on, in the unit asked for; None where nothing limits."""

    start_s: int
    limit: float | None
    phases: int = PHASES


@dataclass(frozen=True, slots=True)
class _Limit:
    value: float
    unit: ChargingRateUnit
    phases: int

    def in_unit(self, unit: ChargingRateUnit) -> float:
        return convert(self.value, self.unit, unit, self.phases)


def convert(value: float, unit: ChargingRateUnit, to: ChargingRateUnit, phases: int) -> float:
    """Return a limit in another unit: A counts per phase, W in total."""
    if unit is to:
        return value
    return value * VOLTAGE * phases if to is ChargingRateUnit.WATT else value / (VOLTAGE * phases)


def compose(
    profiles: Sequence[HeldProfile],
    connector: int,
    start: datetime,
    duration_s: int,
    unit: ChargingRateUnit,
    session_began: datetime | None,
) -> list[ComposedPeriod]:
    """Return what a connector may draw from ``start`` on, neighbours of the same limit joined.

    ``session_began`` is when the running session did; relative profiles and TxProfiles say nothing without one.
    """
    relevant = [held for held in profiles if held.connector in (0, connector)]
    end = start + timedelta(seconds=duration_s)
    instants = {start}
    for held in relevant:
        instants.update(at for at in _changes(held.profile, start, end, session_began) if start < at < end)
    composed: list[ComposedPeriod] = []
    for at in sorted(instants):
        limit, phases = allowed_at(relevant, connector, at, unit, session_began)
        if not composed or (composed[-1].limit, composed[-1].phases) != (limit, phases):
            composed.append(ComposedPeriod(int((at - start).total_seconds()), limit, phases))
    return composed


def allowed_at(
    profiles: Sequence[HeldProfile],
    connector: int,
    at: datetime,
    unit: ChargingRateUnit,
    session_began: datetime | None,
) -> tuple[float | None, int]:
    """Return the limit of one instant and its phases; a limit of None where nothing limits."""

    def leading(purpose: ChargingProfilePurpose, places: tuple[int, ...]) -> _Limit | None:
        candidates = [
            held for held in profiles if held.profile.charging_profile_purpose is purpose and held.connector in places
        ]
        candidates.sort(key=lambda held: (held.profile.stack_level, held.connector), reverse=True)
        return next((limit for held in candidates if (limit := _limit_at(held.profile, at, session_began))), None)

    own = leading(ChargingProfilePurpose.TX, (connector,)) if session_began and connector else None
    own = own or leading(ChargingProfilePurpose.TX_DEFAULT, (connector, 0) if connector else ())
    limits = [each for each in (leading(ChargingProfilePurpose.CHARGE_POINT_MAX, (0,)), own) if each]
    if not limits:
        return None, PHASES
    return round(min(each.in_unit(unit) for each in limits), 1), min(each.phases for each in limits)


def _limit_at(profile: ChargingProfile, at: datetime, session_began: datetime | None) -> _Limit | None:
    """Return what one profile says at an instant, None while it says nothing."""
    schedule, origin = profile.charging_schedule, _origin(profile, at, session_began)
    if (
        origin is None
        or (profile.valid_from and at < profile.valid_from)
        or (profile.valid_to and at >= profile.valid_to)
    ):
        return None
    offset = (at - origin).total_seconds()
    if schedule.duration is not None and offset >= schedule.duration:
        return None
    period = [each for each in schedule.charging_schedule_period if each.start_period <= offset][-1]
    return _Limit(period.limit, schedule.charging_rate_unit, period.number_phases or PHASES)


def _origin(profile: ChargingProfile, at: datetime, session_began: datetime | None) -> datetime | None:
    """Return the instant the periods count from; without a start of its own that is the begin of charging."""
    is_relative = profile.charging_profile_kind is ChargingProfileKind.RELATIVE
    start = session_began if is_relative else profile.charging_schedule.start_schedule or session_began
    if start is None or at < start:
        return None
    every = _EVERY[profile.recurrency_kind] if profile.recurrency_kind else None
    return start + (at - start) // every * every if every else start


def _changes(
    profile: ChargingProfile, start: datetime, end: datetime, session_began: datetime | None
) -> Iterator[datetime]:
    """Yield the instants at which what a profile says may change, and some before and after."""
    yield from (at for at in (profile.valid_from, profile.valid_to) if at)
    first = profile.charging_schedule.start_schedule or session_began
    if profile.charging_profile_kind is ChargingProfileKind.RELATIVE:
        first = session_began
    if first is None:
        return
    every = _EVERY[profile.recurrency_kind] if profile.recurrency_kind else None
    origin = _origin(profile, start, session_began) or first
    schedule = profile.charging_schedule
    while origin <= end:
        yield from (origin + timedelta(seconds=period.start_period) for period in schedule.charging_schedule_period)
        if schedule.duration is not None:
            yield origin + timedelta(seconds=schedule.duration)
        if every is None:
            return
        origin += every
