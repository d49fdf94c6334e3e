"""The OpenAPI document says what the routes do."""

from typing import Any

import pytest

from onetime.api.app import create_api

DOCUMENT: dict[str, Any] = create_api().openapi()
OPERATIONS = [
    pytest.param(operation, id=f"{method} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_error_is_described_as_the_problem_it_is_sent_as(operation: dict[str, Any]) -> None:
    errors = {status: response["content"] for status, response in operation["responses"].items() if status >= "400"}
    assert {"401", "403", "422"} <= errors.keys()
    assert all(list(content) == ["application/problem+json"] for content in errors.values())


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_route_has_a_summary_and_a_description(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"]


def test_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    names = {reference.rpartition("/")[2] for reference in _references(DOCUMENT)}
    assert names <= schemas.keys()
    assert "HTTPValidationError" not in schemas


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [v for k, v in node.items() if k == "$ref"] + [r for v in node.values() for r in _references(v)]
    return [r for v in node for r in _references(v)] if isinstance(node, list) else []
