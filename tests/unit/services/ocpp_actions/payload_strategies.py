"""Payloads of every shape a model allows, made from the model's own JSON schema."""

import string
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel

INSTANTS = st.datetimes(timezones=st.just(None) | st.timezones()).map(lambda at: at.isoformat()[:19] + "Z")


def payloads(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    """JSON objects of the model's shape. The rules between fields are not looked at."""
    schema = model.model_json_schema(by_alias=True)
    return _values(schema, schema.get("$defs", {}))


def resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, and take the null out of what may be left out."""
    if "anyOf" in schema:
        [kind] = [each for each in schema["anyOf"] if each.get("type") != "null"]
        return resolved(kind, definitions)
    if "allOf" in schema:
        return resolved(schema["allOf"][0], definitions)
    if "$ref" in schema:
        return resolved(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return schema


def _values(schema: dict[str, Any], definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    schema = resolved(schema, definitions)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    makers = {"object": _objects, "array": _arrays, "string": _strings, "number": _numbers, "integer": _integers}
    maker = makers.get(schema["type"])
    return maker(schema, definitions) if maker else st.booleans()


def _objects(schema: dict[str, Any], definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    fields = {name: _values(each, definitions) for name, each in schema.get("properties", {}).items()}
    required = {name: fields.pop(name) for name in schema.get("required", [])}
    return st.fixed_dictionaries(required, optional=fields)


def _arrays(schema: dict[str, Any], definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.lists(_values(schema["items"], definitions), min_size=schema.get("minItems", 0), max_size=3)


def _strings(schema: dict[str, Any], _definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    if schema.get("format") == "date-time":
        return INSTANTS
    if schema.get("format") == "uri":
        return st.text(string.ascii_letters, max_size=20).map("ftp://10.0.0.1/{}".format)
    return st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 60), 600))


def _numbers(schema: dict[str, Any], _definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.integers(int(schema.get("minimum", -1_000)) * 10, 1_000_000).map(lambda tenths: tenths / 10)


def _integers(schema: dict[str, Any], _definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.integers(schema.get("minimum", -(2**31)), schema.get("maximum", 2**31 - 1))
