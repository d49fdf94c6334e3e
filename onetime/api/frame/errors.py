"""Errors as problem details (RFC 9457): what happened, in one sentence, in one form."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from onetime.store.group_commit import DatabaseError
from onetime.validation_words import sentences


def install(app: FastAPI) -> None:
    """Make every error of the API a problem."""
    app.add_exception_handler(HTTPException, _from_http)
    app.add_exception_handler(RequestValidationError, _from_validation)
    app.add_exception_handler(DatabaseError, _from_database)
    app.add_exception_handler(Exception, _unexpected)


def problem(status: int, detail: str, headers: dict[str, str] | None = None, **members: Any) -> JSONResponse:
    """Return a problem; ``members`` say more of it to a program."""
    readable = detail.encode(errors="replace").decode()  # it may repeat half a character of what was sent
    content: dict[str, Any] = {"title": HTTPStatus(status).phrase, "status": status, "detail": readable, **members}
    return JSONResponse(content, status, headers, media_type="application/problem+json")


async def _from_http(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, str(error.detail), headers)


async def _from_validation(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    found = [each | {"loc": each["loc"][1:]} for each in error.errors()]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(sentences(found)))


async def _from_database(_request: Request, error: Exception) -> JSONResponse:
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))


async def _unexpected(_request: Request, _error: Exception) -> JSONResponse:
    """Answer what nobody expected; the error goes on to the log."""
    detail = "This could not be answered, for a reason nobody expected. The log of this system says more."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
