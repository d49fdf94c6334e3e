"""A charger's limits as its page shows them: what it holds, what was asked and what applies, and the next hours."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from onetime.models import OperationRecord, OperationState, StoredProfile
from onetime.services.chargers.live import LiveCharger
from onetime.services.ocpp_actions.smart_charging import ChargingProfile
from onetime.texts import Text, _, say
from onetime.web.chargers.limits.words import KINDS, PURPOSES
from onetime.web.frame.times import THIN_SPACE, Clockwork

LIMITING = ("set_current_limit", "clear_current_limit", "clear_charging_profiles")
UNITS = {"A": "A", "W": "W"}


@dataclasses.dataclass(frozen=True, slots=True)
class PlaceLine:
    """A connector, or with number 0 the charger: the limit that was asked for last, and what came of it."""

    number: int
    label: str
    asked: str
    applied: str
    exceeded: bool
    until: str


@dataclasses.dataclass(frozen=True, slots=True)
class ProfileLine:
    """One charging profile the charger holds."""

    id: int
    place: str
    purpose: str
    limit: str
    kind: str
    level: int
    accepted: str


@dataclasses.dataclass(frozen=True, slots=True)
class Schedule:
    """What a connector may draw over the next time: [seconds since 1970, limit], as told and as worked out here.

    -1 stands for no limit.
    """

    place: str = ""
    unit: str = "A"
    asked: str = ""
    end: int = 0
    told: list[list[float]] = dataclasses.field(default_factory=list)
    expected: list[list[float]] = dataclasses.field(default_factory=list)
    keeps_to_it: bool = True


def places(charger: LiveCharger, records: Sequence[OperationRecord], clockwork: Clockwork) -> list[PlaceLine]:
    """Return the charger and its connectors with what was asked last; ``records`` come with the newest first."""
    numbers = [0, *sorted(number for number in charger.connectors if number > 0)]
    return [_place(charger, number, _last_limit(records, number), clockwork) for number in numbers]


def profile_line(row: StoredProfile, charger: LiveCharger, clockwork: Clockwork) -> ProfileLine:
    """Return a profile in words."""
    language = clockwork.language
    profile = ChargingProfile.model_validate(row.content)
    kind = profile.charging_profile_kind.value
    return ProfileLine(
        id=row.profile_id,
        place=_label(charger, row.connector_number, language),
        purpose=say(PURPOSES.get(row.purpose, Text(row.purpose, {})), language),
        limit=_limits(profile, clockwork),
        kind=say(KINDS[kind], language),
        level=row.stack_level,
        accepted=clockwork.moment(row.accepted_at),
    )


def last_schedule(charger: LiveCharger, records: Sequence[OperationRecord], clockwork: Clockwork) -> Schedule:
    """Return the newest schedule the charger has told; an empty one where it never was asked."""
    for record in records:
        if record.name == "composite_schedule" and record.state is OperationState.DONE and record.result:
            return _schedule(record.result, charger, record.ended_at or record.started_at, clockwork)
    return Schedule()


def _place(charger: LiveCharger, number: int, result: dict[str, Any] | None, clockwork: Clockwork) -> PlaceLine:
    label = _label(charger, number, clockwork.language)
    connector = charger.connectors.get(number)
    running = connector.session.transaction_id if connector and connector.session else None
    if result is None or result.get("transaction_id", running) != running:  # one of a session ends with it
        return PlaceLine(number, label, "", "", exceeded=False, until="")
    asked, applied = result.get("asked_a"), result.get("applied_a")
    until = result.get("until")
    return PlaceLine(
        number=number,
        label=label,
        asked="" if asked is None else _amount(asked, "A", clockwork),
        applied="" if applied is None else _amount(applied, "A", clockwork),
        exceeded=asked is not None and applied is not None and applied > asked + 0.5,
        until=clockwork.moment(datetime.fromisoformat(until)) if until else "",
    )


def _last_limit(records: Sequence[OperationRecord], number: int) -> dict[str, Any] | None:
    """Return what the last limit of a place came to; None where there is none, or where it was removed since."""
    for record in records:
        if record.name not in LIMITING or record.state is not OperationState.DONE:
            continue
        if record.name == "clear_charging_profiles" and record.parameters.get("connector", number) != number:
            continue
        if record.name == "clear_charging_profiles" or record.parameters.get("connector", 0) == number:
            return record.result if record.name == "set_current_limit" else None
    return None


def _limits(profile: ChargingProfile, clockwork: Clockwork) -> str:
    schedule = profile.charging_schedule
    unit = schedule.charging_rate_unit.value
    amounts = [_amount(period.limit, unit, clockwork) for period in schedule.charging_schedule_period]
    return " → ".join(amounts[:4]) + (" …" if len(amounts) > 4 else "")


def _schedule(result: dict[str, Any], charger: LiveCharger, asked: datetime, clockwork: Clockwork) -> Schedule:
    start = int(datetime.fromisoformat(result["start"]).timestamp())
    return Schedule(
        place=_label(charger, result["connector"], clockwork.language),
        unit=result["unit"],
        asked=clockwork.moment(asked),
        end=start + int(result["duration_s"]),
        told=[_point(start, period) for period in result["periods"]],
        expected=[_point(start, period) for period in result["expected"]],
        keeps_to_it=bool(result.get("keeps_to_it", True)),
    )


def _point(start: int, period: dict[str, Any]) -> list[float]:
    limit = period["limit"]
    return [start + period["start_s"], -1 if limit is None else limit]


def _amount(value: float, unit: str, clockwork: Clockwork) -> str:
    places_shown = 0 if float(value).is_integer() else 1
    return f"{clockwork.number(value, places_shown)}{THIN_SPACE}{UNITS[unit]}"


def _label(charger: LiveCharger, number: int, language: str) -> str:
    connector = charger.connectors.get(number) if number else None
    return connector.label if connector else say(_("The whole charger"), language)
