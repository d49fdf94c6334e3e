"""Messages to chargers: each model is what the official JSON schema says, no more and no less."""

import json
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from pydantic import BaseModel, ValidationError

from onetime.bounds import LONGEST_TEXT
from onetime.services.ocpp_actions.local_list import SendLocalList
from onetime.services.ocpp_actions.smart_charging import ChargingSchedulePeriod, SetChargingProfile
from onetime.services.ocpp_actions.table import ACTIONS, Action
from tests.unit.services.ocpp_actions.payload_strategies import payloads, resolved

FROM_THE_CHARGER = {
    "Authorize", "BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification", "Heartbeat",
    "LogStatusNotification", "MeterValues", "SecurityEventNotification", "SignCertificate",
    "SignedFirmwareStatusNotification", "StartTransaction", "StatusNotification", "StopTransaction",
}  # fmt: skip
SCHEMAS = resources.files("ocpp.v16.schemas")
MODELS = [
    pytest.param(model, name, id=name)
    for action in ACTIONS.values()
    for model, name in ((action.request, action.name), (action.response, f"{action.name}Response"))
]
PERIOD = {"startPeriod": 0, "limit": 6.0}
SCHEDULE = {"chargingRateUnit": "A", "chargingSchedulePeriod": [PERIOD]}
ALLOWED = {"status": "Accepted"}
PROFILE = {
    "chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute", "chargingSchedule": SCHEDULE,
}  # fmt: skip


def official(name: str) -> dict[str, Any]:
    text = (SCHEMAS / f"{name}.json").read_text(encoding="utf-8-sig")
    schema: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return schema


def facts(schema: dict[str, Any], definitions: dict[str, Any]) -> Any:
    """Reduce a schema to what it demands: fields, which are required, types, lengths and values."""
    schema = resolved(schema, definitions)
    if schema["type"] == "object":
        fields = {name: facts(each, definitions) for name, each in schema.get("properties", {}).items()}
        return {"fields": fields, "required": set(schema.get("required", [])), "more": schema["additionalProperties"]}
    if schema["type"] == "array":
        return [facts(schema["items"], definitions)]
    multiple = schema.get("multipleOf")
    limit = schema.get("maxLength")
    return (
        schema["type"], limit if limit != LONGEST_TEXT else None, frozenset(schema.get("enum", ())),
        schema.get("format"), None if multiple is None else Decimal(str(multiple)),
    )  # fmt: skip


def read(model: type[BaseModel], content: dict[str, Any]) -> tuple[BaseModel | None, set[str]]:
    """Return the model, or None and what kind of rule refused the content."""
    try:
        return model.model_validate(content), set()
    except ValidationError as error:
        return None, {each["type"] for each in error.errors()}


def test_every_action_of_a_central_system_is_in_the_table() -> None:
    names = {path.name.removesuffix(".json") for path in SCHEMAS.iterdir() if path.name.endswith(".json")}
    requests = {name for name in names if not name.endswith("Response")}
    assert set(ACTIONS) == requests - FROM_THE_CHARGER


@pytest.mark.parametrize(("model", "name"), MODELS)
def test_a_model_is_what_the_official_schema_says(model: type[BaseModel], name: str) -> None:
    ours, theirs = model.model_json_schema(by_alias=True), official(name)
    assert facts(ours, ours.get("$defs", {})) == facts(theirs, theirs.get("definitions", {}))


@pytest.mark.parametrize(("model", "name"), MODELS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_sent_is_valid_by_the_official_schema(model: type[BaseModel], name: str, data: st.DataObject) -> None:
    content = data.draw(payloads(model))
    sent, refused_by = read(model, content)
    assert refused_by <= {"value_error"}, "only a rule between fields may refuse"
    if sent is None:
        return
    on_the_wire = json.loads(sent.model_dump_json(by_alias=True, exclude_none=True), parse_float=Decimal)
    Draft4Validator(official(name)).validate(on_the_wire)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=list(ACTIONS))
def test_every_model_says_where_it_is_defined(action: Action) -> None:
    for model in (action.request, action.response):
        assert model.__doc__ is not None
        assert any(word in model.__doc__ for word in ("Section ", "Use case ", "Security whitepaper"))


def test_times_are_sent_in_utc_with_milliseconds_and_z() -> None:
    """B13: Webasto wants a fraction (evcc #31191), others refuse +00:00 (lbbrhzn #512)."""
    request = ACTIONS["ReserveNow"].request.model_validate(
        {"connectorId": 1, "expiryDate": "2026-10-05T20:00:00+02:00", "idTag": "A", "reservationId": 7}
    )
    assert request.wire()["expiryDate"] == "2026-10-05T18:00:00.000Z"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        ACTIONS["UpdateFirmware"].request.model_validate({"location": "ftp://a/b", "retrieveDate": "2026-10-05T20:00"})


def test_what_is_left_out_is_not_sent_as_null() -> None:
    assert ACTIONS["RemoteStartTransaction"].request.model_validate({"idTag": "A"}).wire() == {"idTag": "A"}


@pytest.mark.parametrize("limit", [6.25, -1.0, float("inf")])
def test_a_limit_has_one_decimal_and_is_not_negative(limit: float) -> None:
    """Checklist 42."""
    with pytest.raises(ValidationError):
        ChargingSchedulePeriod(start_period=0, limit=limit)


@pytest.mark.parametrize(
    ("connector", "change", "sentence"),
    [
        (1, {"chargingProfilePurpose": "ChargePointMaxProfile"}, "connector 0 only"),
        (0, {"chargingProfilePurpose": "TxProfile"}, "not at 0"),
        (1, {"transactionId": 5}, "TxProfile only"),
        (1, {"recurrencyKind": "Daily"}, "kind Recurring"),
        (1, {"chargingProfileKind": "Recurring"}, "kind Recurring"),
        (1, {"validFrom": "2026-10-06T00:00:00Z", "validTo": "2026-10-05T00:00:00Z"}, "later than"),
        (1, {"chargingSchedule": {**SCHEDULE, "chargingSchedulePeriod": [{**PERIOD, "startPeriod": 9}]}}, "at 0"),
        (1, {"chargingSchedule": {**SCHEDULE, "chargingSchedulePeriod": [PERIOD, PERIOD]}}, "in the order"),
    ],
)
def test_a_profile_that_no_charger_may_take_is_told_why(connector: int, change: dict[str, Any], sentence: str) -> None:
    """Checklist 42."""
    content = {"connectorId": connector, "csChargingProfiles": {**PROFILE, **change}}
    with pytest.raises(ValidationError, match=sentence):
        SetChargingProfile.model_validate(content)


@pytest.mark.parametrize("change", [{"chargingProfilePurpose": "TxDefaultProfile"}, {"transactionId": 5}])
def test_a_remote_start_takes_a_profile_for_the_session_to_come(change: dict[str, Any]) -> None:
    """Checklist 42; certification case 059."""
    profile = {**PROFILE, "chargingProfilePurpose": "TxProfile", **change}
    with pytest.raises(ValidationError, match=r"a remote start takes|TxProfile only"):
        ACTIONS["RemoteStartTransaction"].request.model_validate({"idTag": "A", "chargingProfile": profile})


@pytest.mark.parametrize(
    ("cards", "sentence"),
    [
        ([{"idTag": "a", "idTagInfo": ALLOWED}, {"idTag": "A", "idTagInfo": ALLOWED}], "once"),
        ([{"idTag": "a"}], "needs its idTagInfo"),
    ],
)  # fmt: skip
def test_a_list_names_each_card_once_and_says_what_it_may(cards: list[dict[str, Any]], sentence: str) -> None:
    """Checklist 41."""
    with pytest.raises(ValidationError, match=sentence):
        SendLocalList.model_validate({"listVersion": 1, "updateType": "Full", "localAuthorizationList": cards})


@pytest.mark.parametrize("version", [0, -1])
def test_a_list_has_a_version_above_zero(version: int) -> None:
    """Checklist 41."""
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        SendLocalList.model_validate({"listVersion": version, "updateType": "Full"})
