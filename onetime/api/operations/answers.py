"""An operation as the REST API shows it, and as a problem (RFC 9457) where it failed."""

from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from onetime.api.frame.errors import problem
from onetime.api.frame.pagination import Instant
from onetime.models import OperationRecord, OperationState
from onetime.services.operations.words import unpack

# 409: the state of the charger forbids it now. 502 and 504: the charger, behind this gateway, failed or kept silent.
_STATUSES: dict[str, HTTPStatus] = {
    "queue-full": HTTPStatus.TOO_MANY_REQUESTS,
    "call-error": HTTPStatus.BAD_GATEWAY,
    "connection-lost": HTTPStatus.GATEWAY_TIMEOUT,
    "timed-out": HTTPStatus.GATEWAY_TIMEOUT,
    "restarted": HTTPStatus.SERVICE_UNAVAILABLE,
    "database": HTTPStatus.SERVICE_UNAVAILABLE,
    "unexpected": HTTPStatus.INTERNAL_SERVER_ERROR,
}


class StepItem(BaseModel):
    """Something that happened while an operation ran."""

    at: Instant
    text: str
    times: int = Field(default=1, description="How often it happened in a row.")
    last_at: Instant | None = Field(default=None, description="When it happened last, where it did so again.")


class OperationItem(BaseModel):
    """An operation: what was asked, how far it has come, and how it ended."""

    id: int
    charger_id: str
    name: str
    parameters: dict[str, Any]
    actor: str = Field(description="A login name, or api:NAME for a token.")
    state: Literal["running", "done", "failed"]
    started_at: Instant
    ended_at: Instant | None
    progress: int | None = Field(description="Percent, where it is known.")
    steps: list[StepItem]
    result: dict[str, Any] | None = Field(description="What came of it, once it is done.")
    problem: str | None = Field(description="Why it failed, in one sentence.")
    code: str | None = Field(description="What kind of problem, such as charger-offline, timed-out or rejected.")
    error_code: str | None = Field(description="OCPP's code, where the charger answered with CALLERROR.")


class OperationProblem(OperationItem):
    """An operation that failed: a problem detail (RFC 9457), with the operation among its members."""

    type: str = Field(description="urn:onetime: and the code.")
    title: str
    status: int
    detail: str = Field(description="What happened, in one sentence.")


def _documented(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/OperationProblem"}}},
        "model": OperationProblem,
    }


RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"model": OperationItem, "description": "It is done."},
    202: {
        "model": OperationItem,
        "description": "It still runs.",
        "headers": {"Location": {"description": "Where to read how it goes on.", "schema": {"type": "string"}}},
    },
    404: {"description": "There is no such charger."},
    409: _documented("The charger is away, refused, or another operation is in the way; `code` says which."),
    429: _documented("Too many commands wait for this charger already."),
    502: _documented("The charger answered with an error (CALLERROR), its code in `error_code`."),
    504: _documented("The charger did not answer, or did not do it, in time."),
}


def item(record: OperationRecord, identity: str) -> OperationItem:
    """Return an operation as the API shows it."""
    return OperationItem(
        id=record.id or 0,
        charger_id=identity,
        name=record.name,
        parameters=record.parameters,
        actor=record.actor,
        state=record.state.value,
        started_at=record.started_at,
        ended_at=record.ended_at,
        progress=record.progress,
        steps=[_step(step) for step in record.steps],
        result=record.result,
        problem=unpack(record.problem) if record.problem else None,
        code=record.code,
        error_code=record.error_code,
    )


def _step(step: dict[str, Any]) -> StepItem:
    return StepItem(at=step["at"], text=unpack(step), times=step.get("times", 1), last_at=step.get("last_at"))


def respond(record: OperationRecord, identity: str) -> Response:
    """Answer 200 for an operation that is done, 202 for one that runs, and a problem for one that failed."""
    shown = item(record, identity)
    content = shown.model_dump(mode="json")
    if record.state is OperationState.FAILED:
        status = _STATUSES.get(record.code or "", HTTPStatus.CONFLICT)
        return problem(status, shown.problem or "", type=f"urn:onetime:{record.code}", **content)
    if record.state is OperationState.DONE:
        return JSONResponse(content)
    location = f"/api/v1/chargers/{quote(identity, safe='')}/operations/{record.id}"
    return JSONResponse(content, HTTPStatus.ACCEPTED, {"Location": location})
