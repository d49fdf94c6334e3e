"""What a charger's profiles allow together: asked of the charger, beside what they should come to."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from onetime.clock import utc_now
from onetime.services.charging.composing import PHASES, ComposedPeriod, compose
from onetime.services.charging.profiles import held_profiles
from onetime.services.ocpp_actions.smart_charging import ChargingRateUnit, GetCompositeSchedule
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run
from onetime.services.operations.charging.abilities import composite_unit
from onetime.services.operations.places import ConnectorOrAll
from onetime.services.people.permissions import Permission
from onetime.texts import _

TOLERANCE = {ChargingRateUnit.AMPERE: 0.5, ChargingRateUnit.WATT: 350.0}  # some round to whole amperes on three phases


class CompositeParameters(OperationParameters):
    """Ask what a connector, or with 0 the whole charger, may draw over the next time, and compare it."""

    connector: ConnectorOrAll = 0
    duration_s: int = Field(default=86_400, ge=1, le=7 * 86_400, description="Seconds from now.")
    unit: Literal["A", "W"] | None = Field(
        default=None, description="A per phase, or W in total; without it the one the charger counts in."
    )


async def composite(run: Run, wanted: CompositeParameters) -> dict[str, Any]:
    """Send GetCompositeSchedule (section 5.7), and work out the same from the stored profiles."""
    unit = ChargingRateUnit(wanted.unit) if wanted.unit else await composite_unit(run)
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
    """Return what a charger tells: when it starts, its periods and their unit. It may have no limit to tell of.

    A negative limit is none (a widespread library answers -1), and more decimals than one are read as well.
    """
    try:
        schedule = answer.get("chargingSchedule") or {}
        told_at = answer.get("scheduleStart") or schedule.get("startSchedule")
        start = _instant(told_at) if told_at else now
        periods = [
            ComposedPeriod(
                int(each.get("startPeriod") or 0),
                None if float(each["limit"]) < 0 else float(each["limit"]),
                int(each.get("numberPhases") or PHASES),
            )
            for each in schedule.get("chargingSchedulePeriod") or []
        ]
        told_unit = str(schedule.get("chargingRateUnit") or unit.value).strip().upper()[:1]
        return start, periods, ChargingRateUnit(told_unit)
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise OperationFailedError(_("The schedule it tells cannot be read."), "unreadable") from error


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


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
    Operation("composite_schedule", CompositeParameters, Permission.CONTROL_CHARGING, composite),
)
