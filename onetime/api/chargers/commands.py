"""Commands to a charger: one route for each action of OCPP 1.6, under the action's own name."""

import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, HTTPException, Response, status
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError

from onetime.api.chargers.command_problems import RESPONSES, from_command_error
from onetime.api.frame.access import RunningServices, needs
from onetime.api.frame.known import known_charger
from onetime.api.frame.pagination import Instant, Page
from onetime.api.frame.parameters import ChargerId
from onetime.services.chargers.commands import CommandError
from onetime.services.chargers.secrets import shown_answer
from onetime.services.ocpp_actions.base import Payload
from onetime.services.ocpp_actions.table import ACTIONS, Action
from onetime.services.people.permissions import Permission
from onetime.services.people.tokens import TokenHolder
from onetime.services.runtime import Services

logger = logging.getLogger(__name__)

ANSWER = "The charger's answer as it came, its keys and passwords masked. A refusal such as Rejected is an answer too."
Sender = Annotated[TokenHolder, Depends(needs(Permission.USE_CONSOLE))]

router = APIRouter(
    prefix="/chargers/{charger_id}/commands",
    tags=["commands"],
    dependencies=[Depends(needs(Permission.USE_CONSOLE))],  # what is sent by hand can undo what pages protect
)


class OutstandingItem(BaseModel):
    """A command the charger has not answered yet."""

    action: str
    state: Literal["sent", "queued"] = Field(description="A charger is sent one command at a time; others are queued.")
    asked_by: str
    asked_at: Instant
    sent_at: Instant | None


@router.get("", summary="List commands without an answer")
async def list_outstanding(charger_id: ChargerId, services: RunningServices) -> Page[OutstandingItem]:
    """Return what the charger has been sent and not answered yet, and what waits behind it."""
    charger = known_charger(services, charger_id)
    items = [
        OutstandingItem(
            action=command.action,
            state="sent" if command.sent_at else "queued",
            asked_by=command.asked_by,
            asked_at=command.asked_at,
            sent_at=command.sent_at,
        )
        for command in services.chargers.commands.outstanding(charger.id)
    ]
    return Page(items=items)


async def _send(action: Action, charger_id: str, payload: Payload, services: Services, sender: TokenHolder) -> Response:
    """Send a command and wait for the answer of the charger, which is passed on as it came but for its secrets."""
    charger = known_charger(services, charger_id)
    try:
        answer = await services.chargers.commands.send(charger.id, payload, sender.actor)
    except CommandError as error:
        return from_command_error(error, charger.identity, action.name)
    try:
        action.response.model_validate(answer)
    except ValidationError as error:
        places = ", ".join(".".join(map(str, mistake["loc"])) for mistake in error.errors()[:5])
        logger.warning("%s answered %s with what OCPP does not allow: %s", charger.identity, action.name, places)
    return JSONResponse(shown_answer(action.name, payload.wire(), answer))


def _route(action: Action) -> Callable[..., Awaitable[Response]]:
    """Return the function of one action's route; its signature is what the documentation shows."""

    async def send(charger_id: str, payload: Any, services: Services, sender: TokenHolder) -> Response:
        return await _send(action, charger_id, payload, services, sender)

    needs_body = any(field.is_required() for field in action.request.model_fields.values())
    body = Annotated[action.request, Body()]  # type: ignore[name-defined]
    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("charger_id", kind, annotation=ChargerId),
        inspect.Parameter(
            "payload", kind, annotation=body, default=inspect.Parameter.empty if needs_body else action.request()
        ),
        inspect.Parameter("services", kind, annotation=RunningServices),
        inspect.Parameter("sender", kind, annotation=Sender),
    ]
    send.__signature__ = inspect.Signature(parameters, return_annotation=Response)  # type: ignore[attr-defined]
    return send


def _add_routes() -> None:
    for action in ACTIONS.values():
        router.add_api_route(
            f"/{action.name}",
            _route(action),
            methods=["POST"],
            name=action.name,
            operation_id=action.name,
            summary=action.name,
            description=f"{inspect.getdoc(action.request)}\n\nFeature profile: {action.profile}.",
            response_model=action.response,
            response_description=ANSWER,
            responses=RESPONSES,
        )


async def unknown_action(charger_id: ChargerId, action: str, services: RunningServices) -> None:
    """Say that there is no such action."""
    known_charger(services, charger_id)
    close = [name for name in ACTIONS if name.casefold() == action.casefold()]
    hint = f"It is spelt {close[0]}." if close else f"There are {', '.join(ACTIONS)}."
    raise HTTPException(status.HTTP_404_NOT_FOUND, f"OCPP 1.6 has no command called {action[:50]}. {hint}")


_add_routes()
router.add_api_route("/{action}", unknown_action, methods=["POST"], include_in_schema=False)
