"""Payloads of OCPP's actions, filled in as an example: valid, and made from the actions' own models."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from onetime.services.ocpp_actions.base import wire_time
from onetime.services.ocpp_actions.table import ACTIONS

AN_HOUR = timedelta(hours=1)

# What says more than an empty value of the right type. By the field's name on the wire.
_KNOWN: Mapping[str, Any] = {
    "connectorId": 1,
    "idTag": "04A1B2C3D4E5F6",
    "key": ["HeartbeatInterval"],
    "vendorId": "example.com",
    "messageId": "hello",
    "data": "…",
    "duration": 3600,
    "limit": 16.0,
    "location": "ftp://192.168.1.10/",
    "startPeriod": 0,
    "value": "300",
    "listVersion": 1,
    "transactionId": 1,
    "reservationId": 1,
    "requestId": 1,
    "certificateChain": "-----BEGIN CERTIFICATE-----\n…",
    "certificate": "-----BEGIN CERTIFICATE-----\n…",
    "remoteLocation": "ftp://192.168.1.10/",
}
# Where an action needs something else than its neighbours, or an example says more with an optional field.
_OF_ACTION: Mapping[str, dict[str, Any]] = {
    "ChangeConfiguration": {"key": "HeartbeatInterval", "value": "300"},
    "ClearChargingProfile": {"connectorId": 1},
    "GetCompositeSchedule": {"connectorId": 1, "duration": 3600},
    "GetConfiguration": {"key": ["HeartbeatInterval"]},
    "RemoteStartTransaction": {"connectorId": 1},
    "TriggerMessage": {"requestedMessage": "StatusNotification", "connectorId": 1},
    "ExtendedTriggerMessage": {"requestedMessage": "StatusNotification", "connectorId": 1},
    "Reset": {"type": "Soft"},
    "SetChargingProfile": {
        "csChargingProfiles": {
            "chargingProfileId": 1,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": {
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}],
            },
        }
    },
}


def example(action: str, now: datetime) -> dict[str, Any]:
    """Return an example of an action's payload: what it requires, and what makes it clearer. Times lie ahead of now."""
    schema = ACTIONS[action].request.model_json_schema(by_alias=True)
    made: dict[str, Any] = _object(schema, schema.get("$defs", {}), now)
    return made | _OF_ACTION.get(action, {})


def _object(schema: dict[str, Any], definitions: dict[str, Any], now: datetime) -> dict[str, Any]:
    properties: dict[str, Any] = schema.get("properties", {})
    return {name: _value(name, properties[name], definitions, now) for name in schema.get("required", [])}


def _value(name: str, schema: dict[str, Any], definitions: dict[str, Any], now: datetime) -> Any:
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[-1]] | {k: v for k, v in schema.items() if k != "$ref"}
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "date-time":
        return wire_time(now + AN_HOUR)
    if schema.get("type") == "object":
        return _object(schema, definitions, now)
    if name in _KNOWN:
        return _KNOWN[name]
    if schema.get("type") == "array":
        return [_value(name, schema["items"], definitions, now)]
    if schema.get("type") in ("integer", "number"):
        return schema.get("minimum", 1)
    return "example"
