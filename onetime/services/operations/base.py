"""What an operation is, and what it works with while it runs.

An operation is what a person thinks in: “start A12 for this card”. It sends what OCPP needs, follows through until the
charger has really done it (Accepted only means “will try”, errata 3.32), and says on the way what happens::

    async def run(run: Run, wanted: StartParameters) -> dict[str, Any]:
        await run.expect_accepted(RemoteStartTransaction(...))
        started = await run.wait_for(ChargerReported, is_start, wanted.timeout_s, otherwise=_("No car was plugged in."))
        return {"transaction_id": started.answer["transactionId"]}

An operation ends by returning its result (a JSON object), or by raising ``OperationFailedError`` or ``CommandError``.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from onetime.events import ChargerChanged, ChargerReported, ConnectorChanged, TransactionChanged
from onetime.services.operations.run import OperationFailedError, Run
from onetime.services.people.permissions import Permission

__all__ = ["HEARD", "Operation", "OperationFailedError", "OperationParameters", "Run"]

# What every run hears from its beginning. ``Operation.hears`` adds to it.
HEARD: tuple[type, ...] = (ChargerReported, ChargerChanged, ConnectorChanged, TransactionChanged)


class OperationParameters(BaseModel):
    """The parameters of an operation: snake_case, with the unit in the name, nothing beyond them."""

    model_config = ConfigDict(frozen=True, extra="forbid")


P = TypeVar("P", bound=OperationParameters)


@dataclass(frozen=True)
class Operation(Generic[P]):
    """One operation. Its documentation is the docstring of its parameters; the first line is its summary.

    ``exclusive`` names what only one running operation per charger may touch, such as ``firmware``; None where two do
    not collide. ``hears`` adds types of events it waits for beyond ``HEARD``. ``replaces`` says whether a new one (its
    parameters come first) takes the place of one that still runs, which then ends.
    """

    name: str
    parameters: type[P]
    permission: Permission
    run: Callable[[Run, P], Awaitable[dict[str, Any]]]
    exclusive: Callable[[P], str] | None = None
    hears: tuple[type, ...] = ()
    replaces: Callable[[P, P], bool] | None = None


def always(group: str) -> Callable[[Any], str]:
    """Return the ``exclusive`` of an operation that collides whatever its parameters are."""
    return lambda _parameters: group
