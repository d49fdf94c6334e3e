"""The limit of one session that is started from here: sent with the start, or right after it."""

from dataclasses import dataclass
from typing import Any

from onetime.clock import utc_now
from onetime.services.chargers.live import LiveConnector
from onetime.services.chargers.vendors import quirks_of
from onetime.services.charging.forms import Form, Limit, profile, session_forms
from onetime.services.ocpp_actions.smart_charging import RemoteStartProfile
from onetime.services.operations.base import OperationFailedError, Run
from onetime.services.operations.charging.abilities import read_abilities
from onetime.services.operations.charging.applied import applied_soon
from onetime.services.operations.charging.current_limit import set_form, tell_excess
from onetime.texts import _


@dataclass(frozen=True, slots=True)
class SessionLimit:
    """A limit in A per phase, the forms a charger may take it in, and the likeliest as it goes with a start."""

    limit: Limit
    forms: list[Form]
    profile: RemoteStartProfile


async def session_limit(run: Run, connector: int, limit_a: float | None) -> SessionLimit | None:
    """Return a session's limit, with its profile without a transaction (section 5.11); None where none is wanted."""
    if limit_a is None:
        return None
    forms, limit = session_forms(await read_abilities(run), quirks_of(run.charger)), Limit(limit_a, None, None)
    content = profile(forms[0], limit, connector, utc_now(), None)
    return SessionLimit(limit, forms, RemoteStartProfile.model_validate(content.model_dump()))


async def limit_session(run: Run, connector: LiveConnector, wanted: SessionLimit, *, is_sent: bool) -> dict[str, Any]:
    """Have the session that has begun keep to its limit; ``is_sent``: the first form came with the start.

    Raises ``OperationFailedError`` where the charger takes it in no form, or does not keep to it: the session runs on.
    """
    outcome = "rejected"
    for form in wanted.forms:
        if not is_sent and not await set_form(run, form, wanted.limit, connector.number):
            continue
        is_sent = False
        applied = await applied_soon(run, connector.number, form.unit, wanted.limit.amperes)
        if not applied.exceeds(wanted.limit.amperes):
            return {"limit_a": wanted.limit.amperes, **applied.shown}
        tell_excess(run, applied)
        outcome = "not-applied"
    session = connector.session
    msg = _("The session of {label} has begun, but the charger does not keep to its limit.", label=connector.label)
    begun = {"connector": connector.number, "transaction_id": session.transaction_id if session else None}
    raise OperationFailedError(msg, outcome, begun)
