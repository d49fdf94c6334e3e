"""Clear the cache of cards a charger has seen accepted: what it let charge before is asked about again."""

from typing import Any

from onetime.services.ocpp_actions.core import ClearCache
from onetime.services.operations.base import Operation, OperationParameters, Run
from onetime.services.people.permissions import Permission
from onetime.texts import _


class ClearCacheParameters(OperationParameters):
    """Clear the charger's cache of cards, such as after one was lost. Its list of cards stays."""


async def clear_cache(run: Run, _wanted: ClearCacheParameters) -> dict[str, Any]:
    """Send ClearCache (section 5.4, case 061)."""
    await run.expect_accepted(ClearCache())
    run.step(_("The cache of {identity} is empty.", identity=run.charger.identity), 100)
    return {"status": "Accepted"}


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation("clear_cache", ClearCacheParameters, Permission.PUSH_CARDS, clear_cache),
)
