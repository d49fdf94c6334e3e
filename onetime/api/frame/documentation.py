"""What the OpenAPI document says of errors: every one is a problem (RFC 9457), and what it can be."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field

PROBLEM_JSON = "application/problem+json"
_FASTAPIS_OWN = ("HTTPValidationError", "ValidationError")
_ALWAYS = {
    "401": "The token is missing or no longer valid.",
    "403": "The token's role may not do this.",
    "422": "The request is not understood; the sentence says which part of it.",
    "503": "Onetime is starting or stopping, or its database cannot be reached. Try again.",
}


class Problem(BaseModel):
    """What went wrong, for a program and a person."""

    title: str
    status: int
    detail: str = Field(description="What happened, in one sentence.")


def document(app: FastAPI) -> None:
    """Make the app describe its errors as it sends them; FastAPI would describe its own form of them."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI documents this way


def _described(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = document["components"]["schemas"]
    for name in _FASTAPIS_OWN:
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    for name, path in document["paths"].items():
        for operation in path.values():
            responses = operation["responses"]
            if "requestBody" in operation:
                responses["400"] = {"description": "The body is not JSON."}
            if "{" in name:
                responses.setdefault("404", {"description": "There is nothing under this address."})
            _describe_errors(responses)
    return document


def _describe_errors(responses: dict[str, Any]) -> None:
    for status, description in _ALWAYS.items():
        responses[status] = {"description": description}
    for status, response in responses.items():
        if status >= "400":
            content = response.get("content", {})
            own = content.get(PROBLEM_JSON, {"schema": {"$ref": "#/components/schemas/Problem"}})
            response["content"] = {PROBLEM_JSON: own}
