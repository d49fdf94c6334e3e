"""What can keep a charger from answering a command, as problem details (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from onetime.api.frame.errors import problem
from onetime.services.chargers.commands import (
    ChargerNotAcceptedError,
    ChargerOfflineError,
    CommandError,
    CommandFailedError,
    CommandQueueFullError,
    CommandRefusedError,
    CommandTimedOutError,
    ConnectionLostError,
)

# 409: the state of the charger forbids it now. 502 and 504: the charger, behind this gateway, failed or kept silent.
_STATUSES: dict[type[CommandError], tuple[HTTPStatus, str]] = {
    ChargerOfflineError: (HTTPStatus.CONFLICT, "charger-offline"),
    ChargerNotAcceptedError: (HTTPStatus.CONFLICT, "charger-not-accepted"),
    ConnectionLostError: (HTTPStatus.GATEWAY_TIMEOUT, "connection-lost"),
    CommandRefusedError: (HTTPStatus.CONFLICT, "refused-here"),
    CommandQueueFullError: (HTTPStatus.TOO_MANY_REQUESTS, "queue-full"),
    CommandFailedError: (HTTPStatus.BAD_GATEWAY, "call-error"),
    CommandTimedOutError: (HTTPStatus.GATEWAY_TIMEOUT, "timed-out"),
}


class CommandProblem(BaseModel):
    """Why there is no answer of the charger."""

    type: str = Field(description="urn:onetime:charger-offline, …:charger-not-accepted, …:call-error and so on.")
    title: str
    status: int
    detail: str = Field(description="What happened, in one sentence.")
    charger_id: str
    action: str
    error_code: str | None = Field(default=None, description="OCPP's code, where the charger answered with CALLERROR.")
    error_description: str | None = None
    error_details: dict[str, Any] | None = None


def _documented(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/CommandProblem"}}},
        "model": CommandProblem,
    }


RESPONSES: dict[int | str, dict[str, Any]] = {
    404: {"description": "There is no such charger."},
    409: _documented(
        "The charger is not connected, nobody has accepted it yet, or it would lower its security. Nothing was sent."
    ),
    429: _documented("Too many commands wait for this charger already. Nothing was sent."),
    502: _documented("The charger answered with an error (CALLERROR)."),
    504: _documented(
        "The charger did not answer in time, or hung up instead; it may have done what was asked all the same."
    ),
}


def from_command_error(error: CommandError, identity: str, action: str) -> JSONResponse:
    """Return the problem that tells a program and a person what became of a command."""
    status, kind = _STATUSES.get(type(error), (HTTPStatus.BAD_GATEWAY, "command-failed"))
    members: dict[str, Any] = {"type": f"urn:onetime:{kind}", "charger_id": identity, "action": action}
    if isinstance(error, CommandFailedError):
        members |= {
            "error_code": error.code,
            "error_description": error.description,
            "error_details": error.details,
        }
    return problem(status, str(error), **members)
