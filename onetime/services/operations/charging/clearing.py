"""Take limits away again: one made here, those that match, or everything a charger holds."""

from typing import Any, Literal

from pydantic import Field

from onetime.bounds import Integer, Whole
from onetime.models import StoredProfile
from onetime.services.chargers.commands import CommandFailedError
from onetime.services.charging.forms import is_ours
from onetime.services.charging.profiles import stored_profiles
from onetime.services.ocpp_actions.smart_charging import ChargingProfilePurpose, ClearChargingProfile
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run
from onetime.services.operations.charging.abilities import composite_unit
from onetime.services.operations.charging.applied import applied_now
from onetime.services.operations.places import LARGEST, ConnectorOrAll
from onetime.services.people.permissions import Permission
from onetime.texts import _

CLEARED = ("Accepted", "Unknown")  # Unknown: nothing fits, so nothing is left (section 7.21)


class ClearLimitParameters(OperationParameters):
    """Take the limit of a connector, or with 0 of the whole charger, away again."""

    connector: ConnectorOrAll = 0


class ClearProfilesParameters(OperationParameters):
    """Clear the charging profiles that match all that is given; without anything given, every one.

    Those an earlier system has left in the charger are cleared too. An id alone counts, whatever else is given.
    """

    profile_id: Integer | None = Field(default=None, description="One profile, by its chargingProfileId.")
    connector: int | None = Field(default=None, ge=0, le=LARGEST, description="Of a connector; 0: set for all of it.")
    purpose: Literal["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"] | None = None
    stack_level: Whole | None = None


async def clear_limit(run: Run, wanted: ClearLimitParameters) -> dict[str, Any]:
    """Send ClearChargingProfile for each limit made here; for all of the place where that is refused (section 5.5)."""
    stored = await run.database.read(lambda s: stored_profiles(s, run.charger.id))
    unit = await composite_unit(run) if stored else None
    ours = [row for row in stored if row.connector_number == wanted.connector and is_ours(row.profile_id)]
    by_place = _all_of(wanted.connector)
    answers = [await _clear(run, ClearChargingProfile(id=row.profile_id)) for row in ours]
    if not ours or any(status not in CLEARED for status in answers):
        answers += [await _clear(run, request) for request in by_place]
        _expect(run, answers[-len(by_place) :])
    applied = await applied_now(run, wanted.connector, unit or await composite_unit(run))
    return {"connector": wanted.connector, "cleared": answers.count("Accepted"), **applied.shown}


async def clear_profiles(run: Run, wanted: ClearProfilesParameters) -> dict[str, Any]:
    """Send ClearChargingProfile with the criteria (section 5.5, case 067); by their ids where those are refused."""
    purpose = ChargingProfilePurpose(wanted.purpose) if wanted.purpose else None
    request = ClearChargingProfile(
        id=wanted.profile_id,
        connector_id=wanted.connector,
        charging_profile_purpose=purpose,
        stack_level=wanted.stack_level,
    )
    before = await _held_ids(run)
    status = await _clear(run, request)
    if status not in CLEARED and wanted.profile_id is None:
        run.step(_("{identity} refuses this; each profile is cleared by its number.", identity=run.charger.identity))
        stored = await run.database.read(lambda s: stored_profiles(s, run.charger.id))
        numbers = [row.profile_id for row in stored if _matches(row, wanted)]
        answers = [await _clear(run, ClearChargingProfile(id=number)) for number in numbers] or [status]
        _expect(run, answers)
        status = "Accepted" if "Accepted" in answers else "Unknown"
    _expect(run, [status])
    after = await _held_ids(run)
    return {"status": status, "cleared": sorted(before - after), "left": sorted(after)}


async def _clear(run: Run, request: ClearChargingProfile) -> str:
    """Send one request and return the charger's word for what came of it; a CALLERROR is one too."""
    try:
        status = str((await run.send(request)).get("status", ""))
    except CommandFailedError as error:
        status = error.code
    run.step(_("Cleared {what}: {status}", what=_what(request), status=status or "–"))
    return status


def _what(request: ClearChargingProfile) -> str:
    named = ", ".join(f"{name}={value}" for name, value in request.wire().items())
    return named or _("everything")


def _expect(run: Run, answers: list[str]) -> None:
    refused = next((status for status in answers if status not in CLEARED), None)
    if refused is not None:
        msg = _("{identity} answered “{status}”.", identity=run.charger.identity, status=refused or "nothing")
        raise OperationFailedError(msg, "rejected")


async def _held_ids(run: Run) -> set[int]:
    return await run.database.read(lambda s: {row.profile_id for row in stored_profiles(s, run.charger.id)})


def _matches(row: StoredProfile, wanted: ClearProfilesParameters) -> bool:
    return (
        wanted.connector in (None, row.connector_number)
        and wanted.purpose in (None, row.purpose)
        and wanted.stack_level in (None, row.stack_level)
    )


def _all_of(connector: int) -> list[ClearChargingProfile]:
    if connector == 0:
        purposes = [ChargingProfilePurpose.CHARGE_POINT_MAX, ChargingProfilePurpose.TX_DEFAULT]
    else:
        purposes = [ChargingProfilePurpose.TX_DEFAULT, ChargingProfilePurpose.TX]
    return [ClearChargingProfile(connector_id=connector, charging_profile_purpose=purpose) for purpose in purposes]


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "clear_current_limit",
        ClearLimitParameters,
        Permission.CONTROL_CHARGING,
        clear_limit,
        lambda wanted: f"limit {wanted.connector}",
    ),
    Operation("clear_charging_profiles", ClearProfilesParameters, Permission.CONTROL_CHARGING, clear_profiles),
)
