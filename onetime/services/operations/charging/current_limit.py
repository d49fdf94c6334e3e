"""Set a current limit in amperes, in whatever form the charger takes it, until it really holds."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import Field, model_validator

from onetime.bounds import Instant
from onetime.clock import utc_now
from onetime.models import StoredProfile
from onetime.services.chargers.commands import CommandFailedError
from onetime.services.chargers.vendors import quirks_of
from onetime.services.charging.composing import HeldProfile
from onetime.services.charging.forms import Form, Limit, forms, profile, session_forms
from onetime.services.charging.profiles import stored_profiles
from onetime.services.charging.restoring import UNLIMITED
from onetime.services.ocpp_actions.smart_charging import (
    ChargingProfilePurpose,
    SetChargingProfile,
)
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run
from onetime.services.operations.charging.abilities import held_now, phases_to_name, read_abilities, warn_if_full
from onetime.services.operations.charging.applied import Applied, applied_now
from onetime.services.operations.places import Amperes, ConnectorOrAll, named_connector, plugs
from onetime.services.people.permissions import Permission
from onetime.texts import _

LONGEST_S = 366 * 86_400  # a limit for longer than a year is one for good
CHARGER_LIMIT_EVERY_S = 60.0  # each ChargePointMaxProfile is written to flash (lbbrhzn, Charge_automation.md)


class LimitParameters(OperationParameters):
    """Limit the current of a connector, or with 0 of the whole charger, and check that it holds.

    It holds until it is cleared, or until the time given; over restarts too. With `only_session` it ends with the
    session that runs. Where the charger refuses one form of the limit, the next is tried.
    """

    connector: ConnectorOrAll = 0
    limit_a: Amperes
    phases: Literal[1, 3] | None = Field(
        default=None, description="On so many phases; without it as many as there are."
    )
    until: Instant | None = Field(default=None, description="When it ends: RFC 3339 with a zone.")
    duration_s: int | None = Field(default=None, gt=0, le=LONGEST_S, description="Seconds from now, in place of until.")

    only_session: bool = Field(default=False, description="Only for the session that runs at the connector now.")

    @model_validator(mode="after")
    def _of_a_session(self) -> "LimitParameters":
        if self.only_session and self.connector == 0:
            raise ValueError("name the connector of the session")
        return self

    @model_validator(mode="after")
    def _ends(self) -> "LimitParameters":
        if self.until is not None and self.duration_s is not None:
            raise ValueError("say either until or duration_s")
        if self.until is not None and self.until <= utc_now():
            raise ValueError("until has passed")
        return self

    def end(self, now: datetime) -> datetime | None:
        """Return when the limit ends, or None for one that stays."""
        return now + timedelta(seconds=self.duration_s) if self.duration_s else self.until


async def set_limit(run: Run, wanted: LimitParameters) -> dict[str, Any]:
    """Send SetChargingProfile until a form is accepted and holds (sections 3.13 and 5.16)."""
    if wanted.connector:
        await named_connector(run, wanted.connector)
    reading, held = await read_abilities(run), await held_now(run)
    warn_if_full(run, reading, held)
    limit = Limit(wanted.limit_a, phases_to_name(run, reading, wanted.phases), wanted.end(utc_now()))
    live = run.connector(wanted.connector)
    session = live.session if live else None
    if wanted.only_session and session is None:
        msg = _("Nothing is charging at {label}.", label=live.label if live else run.charger.identity)
        raise OperationFailedError(msg, "nothing-charging")
    outcome, quirks = "rejected", quirks_of(run.charger)
    if wanted.only_session:
        choices = session_forms(reading, quirks)
    else:
        choices = forms(reading, quirks, connector=wanted.connector, charging=session is not None)
    for form in choices:
        if not await set_form(run, form, limit, wanted.connector):
            continue
        if form.purpose is ChargingProfilePurpose.TX_DEFAULT and _has_own_limit(held, wanted.connector):
            await set_form(run, replace(form, purpose=ChargingProfilePurpose.TX), limit, wanted.connector)
        applied = await applied_now(run, wanted.connector, form.unit)
        # Without a session the charger need not count the limits of sessions.
        if not applied.exceeds(limit.amperes) or not (session is not None or wanted.connector == 0):
            of_session = session.transaction_id if session and wanted.only_session else None
            return _result(wanted, form, limit, applied) | ({"transaction_id": of_session} if of_session else {})
        tell_excess(run, applied)
        outcome = "not-applied"
    if outcome == "not-applied":
        msg = _("{identity} accepts the limit, and does not keep to it.", identity=run.charger.identity)
    elif not choices:
        msg = _("{identity} only takes a limit while it charges.", identity=run.charger.identity)
    else:
        msg = _("{identity} refuses the limit in every form.", identity=run.charger.identity)
    raise OperationFailedError(msg, outcome)


def tell_excess(run: Run, applied: Applied) -> None:
    """Say that a limit which was accepted does not hold."""
    if applied.amperes == UNLIMITED:
        run.step(_("It accepted the limit, but tells of none."))
    else:
        run.step(_("It accepted the limit, but still gives {applied} A.", applied=applied.amperes))


async def set_form(run: Run, form: Form, limit: Limit, connector: int) -> bool:
    """Send one form, and say whether it was accepted. A CALLERROR refuses one form, not the limit (lbbrhzn #677)."""
    live = run.connector(connector)
    session = live.session if live else None
    if form.purpose is ChargingProfilePurpose.TX and session is None:
        return False
    if form.purpose is ChargingProfilePurpose.CHARGE_POINT_MAX:
        await _spare_flash(run)
    if form.purpose is ChargingProfilePurpose.TX_DEFAULT and connector == 0 and len(plugs(run)) > 1:
        share = int(limit.amperes * 10 / len(plugs(run))) / 10
        run.step(_("Each of the {count} connectors gets {share} A of it.", count=len(plugs(run)), share=share))
        limit = Limit(share, limit.phases, limit.until)
    content = profile(form, limit, connector, utc_now(), session.transaction_id if session else None)
    try:
        answer = await run.send(SetChargingProfile(connector_id=connector, cs_charging_profiles=content))
        status = str(answer.get("status", ""))
    except CommandFailedError as error:
        status = error.code
    run.step(_("{purpose} in {unit}: {status}", purpose=form.purpose.value, unit=form.unit.value, status=status))
    return status == "Accepted"


async def _spare_flash(run: Run) -> None:
    """Wait until the last limit of the whole charger is old enough."""
    stored = await run.database.read(lambda s: stored_profiles(s, run.charger.id))
    written = [row.accepted_at for row in stored if _is_charger_limit(row)]
    wait = max(((at - utc_now()).total_seconds() for at in written), default=-1e9) + CHARGER_LIMIT_EVERY_S
    if wait > 0:
        run.step(_("The last limit is only just written; {seconds} s to wait.", seconds=round(wait)))
        await asyncio.sleep(wait)


def _has_own_limit(held: list[HeldProfile], connector: int) -> bool:
    """Say whether the running session has a limit of its own, which would count before the one for all sessions."""
    return any(
        each.connector == connector and each.profile.charging_profile_purpose is ChargingProfilePurpose.TX
        for each in held
    )


def _is_charger_limit(row: StoredProfile) -> bool:
    return row.purpose == ChargingProfilePurpose.CHARGE_POINT_MAX.value


def _result(wanted: LimitParameters, form: Form, limit: Limit, applied: Applied) -> dict[str, Any]:
    return {
        "connector": wanted.connector,
        "asked_a": wanted.limit_a,
        **applied.shown,
        "until": limit.until.isoformat() if limit.until else None,
        "purpose": form.purpose.value,
        "unit": form.unit.value,
        "stack_level": form.stack_level,
        "kind": form.kind.value,
    }


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "set_current_limit",
        LimitParameters,
        Permission.CONTROL_CHARGING,
        set_limit,
        lambda wanted: f"limit {wanted.connector}",
    ),
)
