"""Operations on a charger, in an operator's words: each follows through until the charger has really done it."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, HTTPException, Query, Request, Response, status
from pydantic import ValidationError

from onetime.api.frame.access import RunningServices, needs
from onetime.api.frame.errors import problem
from onetime.api.frame.known import known_charger
from onetime.api.frame.pagination import Page, next_page
from onetime.api.frame.parameters import ChargerId, RowCursor, RowId
from onetime.api.operations.answers import RESPONSES, OperationItem, item, respond
from onetime.services.operations.base import Operation, OperationParameters
from onetime.services.operations.service import OperationConflictError, UnknownOperationError, find_operation
from onetime.services.operations.table import OPERATIONS
from onetime.services.people.permissions import Permission, PermissionDeniedError, require
from onetime.services.people.tokens import TokenHolder
from onetime.services.runtime import Services

router = APIRouter(
    prefix="/chargers/{charger_id}/operations",
    tags=["operations"],
    dependencies=[Depends(needs(Permission.SEE_CHARGER))],
)

Wait = Annotated[
    float, Query(ge=0, le=600, allow_inf_nan=False, description="Seconds to wait for the end of the operation.")
]


@router.get("", summary="List operations")
async def list_operations(
    request: Request,
    charger_id: ChargerId,
    services: RunningServices,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: RowCursor = None,
) -> Page[OperationItem]:
    """Return what was asked of a charger, the newest first."""
    charger = known_charger(services, charger_id)
    records = await services.operations.recent(charger.id, limit + 1, cursor)
    items = [item(record, charger.identity) for record in records[:limit]]
    return Page(items=items, next=next_page(request, str(items[-1].id)) if len(records) > limit else None)


@router.get("/{operation_id}", summary="Read one operation")
async def read_operation(charger_id: ChargerId, operation_id: RowId, services: RunningServices) -> OperationItem:
    """Return one operation, with the steps it has taken."""
    charger = known_charger(services, charger_id)
    record = await services.operations.find(charger.id, operation_id)
    if record is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"{charger.identity} has no operation {operation_id}.")
    return item(record, charger.identity)


@router.delete("/{operation_id}", summary="Cancel an operation")
async def cancel_operation(
    charger_id: ChargerId,
    operation_id: RowId,
    services: RunningServices,
    caller: Annotated[TokenHolder, Depends(needs(Permission.SEE_CHARGER))],
) -> OperationItem:
    """End an operation that still waits. What the charger was told already stays told.

    It takes what the operation itself takes. 409 when the operation has ended already.
    """
    charger = known_charger(services, charger_id)
    record = await services.operations.find(charger.id, operation_id)
    if record is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"{charger.identity} has no operation {operation_id}.")
    try:
        require(caller.role, find_operation(record.name).permission)
        return item(await services.operations.cancel(charger.id, operation_id, caller.actor), charger.identity)
    except PermissionDeniedError as error:
        raise HTTPException(status.HTTP_403_FORBIDDEN, str(error)) from error
    except UnknownOperationError as error:
        raise HTTPException(status.HTTP_409_CONFLICT, str(error)) from error


async def _begin(
    operation: Operation[Any],
    charger_id: str,
    parameters: OperationParameters,
    wait: float,
    services: Services,
    caller: TokenHolder,
) -> Response:
    charger = known_charger(services, charger_id)
    try:
        record = await services.operations.begin(charger.id, operation.name, parameters, caller.actor)
    except OperationConflictError as error:
        kind = "urn:onetime:operation-running"
        return problem(
            status.HTTP_409_CONFLICT, str(error), type=kind, charger_id=charger.identity, name=operation.name
        )
    await services.operations.wait(record.id or 0, wait)
    return respond(record, charger.identity)


def _route(operation: Operation[Any]) -> Callable[..., Awaitable[Response]]:
    """Return the function of one operation's route; its signature is what the documentation shows."""

    async def begin(charger_id: str, parameters: Any, wait: float, services: Services, caller: TokenHolder) -> Response:
        return await _begin(operation, charger_id, parameters, wait, services, caller)

    kind = inspect.Parameter.KEYWORD_ONLY
    caller = Annotated[TokenHolder, Depends(needs(operation.permission))]
    parameters = [
        inspect.Parameter("charger_id", kind, annotation=ChargerId),
        inspect.Parameter(
            "parameters", kind, annotation=Annotated[operation.parameters, Body()], default=_default(operation)
        ),
        inspect.Parameter("wait", kind, annotation=Wait, default=30.0),
        inspect.Parameter("services", kind, annotation=RunningServices),
        inspect.Parameter("caller", kind, annotation=caller),
    ]
    begin.__signature__ = inspect.Signature(parameters, return_annotation=Response)  # type: ignore[attr-defined]
    return begin


def _default(operation: Operation[Any]) -> Any:
    """Return the parameters of a request without a body, where the operation can do without."""
    try:
        return operation.parameters()
    except ValidationError:
        return inspect.Parameter.empty


def _add_routes() -> None:
    for operation in OPERATIONS.values():
        router.add_api_route(
            f"/{operation.name}",
            _route(operation),
            methods=["POST"],
            name=operation.name,
            operation_id=f"operation_{operation.name}",
            summary=operation.name,
            description=inspect.getdoc(operation.parameters),
            response_model=OperationItem,
            responses=RESPONSES,
        )


async def unknown_operation(charger_id: ChargerId, name: str, services: RunningServices) -> None:
    """Say that there is no such operation."""
    known_charger(services, charger_id)
    try:
        find_operation(name)
    except UnknownOperationError as error:
        raise HTTPException(status.HTTP_404_NOT_FOUND, str(error)) from error


_add_routes()
router.add_api_route("/{name}", unknown_operation, methods=["POST"], include_in_schema=False)
