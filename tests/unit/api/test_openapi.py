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


BOUNDS = {
    "string": ({"maxLength", "enum", "const", "pattern"},),
    "integer": ({"minimum", "exclusiveMinimum", "enum"}, {"maximum", "exclusiveMaximum", "enum"}),
    "number": ({"minimum", "exclusiveMinimum"}, {"maximum", "exclusiveMaximum", "le"}),
    "array": ({"maxItems"},),
}
BOUNDED_FORMATS = {"date-time", "binary"}  # a time is held against its own bounds, a file against the setting


@pytest.mark.parametrize("operation", OPERATIONS)
def test_whatever_comes_in_has_bounds(operation: dict[str, Any]) -> None:
    schemas = [parameter["schema"] for parameter in operation.get("parameters", [])]
    schemas += [content["schema"] for content in operation.get("requestBody", {}).get("content", {}).values()]
    assert [place for schema in schemas for place in _unbounded(schema, "")] == []


def _unbounded(schema: dict[str, Any], place: str) -> list[str]:
    """Return where a schema lets in values of any size."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _unbounded(DOCUMENT["components"]["schemas"][name], f"{place}/{name}")
    if "anyOf" in schema:
        rest = {key: value for key, value in schema.items() if key != "anyOf"}
        return [found for each in schema["anyOf"] for found in _unbounded({**rest, **each}, place)]
    kind = schema.get("type", "")
    found = [place] if schema.get("format") not in BOUNDED_FORMATS and any(
        not any_of & schema.keys() for any_of in BOUNDS.get(kind, ())
    ) else []  # fmt: skip
    for name, each in schema.get("properties", {}).items():
        found += _unbounded(each, f"{place}/{name}")
    if isinstance(schema.get("additionalProperties"), dict):
        found += [] if "maxProperties" in schema else [place]
        found += _unbounded(schema["additionalProperties"], f"{place}/*")
    return found + (_unbounded(schema["items"], f"{place}[]") if "items" in schema else [])
