"""What a charger's profiles allow together: asked of the charger, beside what they should come to."""

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from onetime.clock import utc_now
from onetime.services.charging.composing import ComposedPeriod, compose
from onetime.services.charging.profiles import held_profiles
from onetime.services.ocpp_actions.smart_charging import (
    ChargingRateUnit,
    GetCompositeSchedule,
    GetCompositeScheduleResponse,
)
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run
from onetime.services.operations.places import ConnectorOrAll
from onetime.services.people.permissions import Permission
from onetime.texts import _

TOLERANCE = {ChargingRateUnit.AMPERE: 0.5, ChargingRateUnit.WATT: 350.0}  # some round to whole amperes on three phases


class CompositeParameters(OperationParameters):
    """Ask what a connector, or with 0 the whole charger, may draw over the next time, and compare it."""

    connector: ConnectorOrAll = 0
    duration_s: int = Field(default=86_400, ge=1, le=7 * 86_400, description="Seconds from now.")
    unit: Literal["A", "W"] = Field(default="A", description="A per phase, or W in total.")


async def composite(run: Run, wanted: CompositeParameters) -> dict[str, Any]:
    """Send GetCompositeSchedule (section 5.7), and work out the same from the stored profiles."""
    unit = ChargingRateUnit(wanted.unit)
    request = GetCompositeSchedule(connector_id=wanted.connector, duration=wanted.duration_s, charging_rate_unit=unit)
    answer = await run.send(request)
    if answer.get("status") != "Accepted":
        msg = _("{identity} does not tell its schedule.", identity=run.charger.identity)
        raise OperationFailedError(msg, "rejected")
    now = utc_now()
    start, told, told_unit = _read(answer, now, unit)
    held = await run.database.read(lambda s: held_profiles(s, run.charger.id, now))
    live = run.connector(wanted.connector)
    began = live.session.started_at if live and live.session else None
    expected = compose(held, wanted.connector, start, wanted.duration_s, told_unit, began)
    return {
        "connector": wanted.connector,
        "start": start.isoformat(),
        "duration_s": wanted.duration_s,
        "unit": told_unit.value,
        "periods": [_described(start, each) for each in told],
        "expected": [_described(start, each) for each in expected],
        "keeps_to_it": _keeps_to(told, expected, TOLERANCE[told_unit]),
    }


def _read(
    answer: dict[str, Any], now: datetime, unit: ChargingRateUnit
) -> tuple[datetime, list[ComposedPeriod], ChargingRateUnit]:
    """Return what a charger tells: when it starts, its periods and their unit. It may have no limit to tell of."""
    try:
        told = GetCompositeScheduleResponse.model_validate(answer)
    except ValueError as error:
        raise OperationFailedError(_("The schedule it tells cannot be read."), "unreadable") from error
    schedule = told.charging_schedule
    if schedule is None:
        return told.schedule_start or now, [], unit
    periods = [
        ComposedPeriod(period.start_period, period.limit, period.number_phases or 3)
        for period in schedule.charging_schedule_period
    ]
    return told.schedule_start or schedule.start_schedule or now, periods, schedule.charging_rate_unit


def _described(start: datetime, period: ComposedPeriod) -> dict[str, Any]:
    at = start + timedelta(seconds=period.start_s)
    return {"start_s": period.start_s, "at": at.isoformat(), "limit": period.limit, "phases": period.phases}


def _keeps_to(told: list[ComposedPeriod], expected: list[ComposedPeriod], tolerance: float) -> bool:
    """Say whether the charger nowhere allows more than the profiles do."""
    for start in sorted({each.start_s for each in (*told, *expected)}):
        wanted, allowed = _at(expected, start), _at(told, start)
        if wanted is not None and (allowed is None or allowed > wanted + tolerance):
            return False
    return True


def _at(periods: list[ComposedPeriod], start_s: int) -> float | None:
    return next((each.limit for each in reversed(periods) if each.start_s <= start_s), None)


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation("composite_schedule", CompositeParameters, Permission.SEE_CHARGER, composite),
)
