"""Payloads: strict first, repaired where chargers are known to be wrong, refused only without facts."""

import pytest

from onetime.gateway import messages as m
from onetime.gateway.payloads import PayloadError, decode


def test_a_clean_payload_needs_no_repair() -> None:
    request, problem = decode(b'{"idTag":"04A1"}', m.Authorize)
    assert (request.id_tag, problem) == ("04A1", None)


def test_unknown_fields_are_passed_over() -> None:
    """Hager sends a connectorId with Authorize (evcc #14579)."""
    request, problem = decode(b'{"idTag":"04A1","connectorId":1}', m.Authorize)
    assert (request.id_tag, problem) == ("04A1", None)


def test_over_long_texts_are_kept() -> None:
    """Schneider serial numbers have 33 characters (mobilityhouse #122)."""
    serial = "S" * 33
    payload = f'{{"chargePointVendor":"V","chargePointModel":"M","chargePointSerialNumber":"{serial}"}}'
    request, problem = decode(payload.encode(), m.BootNotification)
    assert (request.charge_point_serial_number, problem) == (serial, None)


def test_numbers_as_strings_and_integral_floats_are_read() -> None:
    request, problem = decode(b'{"connectorId":"1","idTag":"X","meterStart":"1500.4"}', m.StartTransaction)
    assert (request.connector_id, request.meter_start) == (1, 1500.4)
    assert problem


def test_an_object_where_a_list_belongs_is_wrapped() -> None:
    """Huawei sends meterValue as an object (lbbrhzn #1144)."""
    payload = b'{"connectorId":1,"meterValue":{"timestamp":"2026-10-05T18:00:00Z","sampledValue":{"value":"5"}}}'
    request, _problem = decode(payload, m.MeterValues)
    assert request.meter_value[0].sampled_value[0].value == "5"


def test_a_stray_newline_in_a_key_is_removed() -> None:
    """mobilityhouse #353."""
    request, _problem = decode(b'{"idTag\\n":" 04A1 "}', m.Authorize)
    assert request.id_tag == "04A1"


@pytest.mark.parametrize("payload", [b"null", b"{}"])
def test_null_stands_for_an_empty_payload(payload: bytes) -> None:
    """SteVe #1109."""
    request, _problem = decode(payload, m.Heartbeat)
    assert isinstance(request, m.Heartbeat)


def test_null_in_an_optional_field_is_the_same_as_left_out() -> None:
    payload = b'{"meterStop":5,"transactionId":null,"reason":"","idTag":null}'
    request, _problem = decode(payload, m.StopTransaction)
    assert (request.transaction_id, request.reason, request.id_tag) == (-1, "Local", None)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"{}", "OccurenceConstraintViolation"),
        (b'{"connectorId":"one","idTag":"X","meterStart":0}', "TypeConstraintViolation"),
        (b"[1]", "TypeConstraintViolation"),
        (b'{"connectorId":1,', "FormationViolation"),
    ],
)
def test_what_lacks_its_facts_is_refused_with_the_codes_of_ocpp_16(payload: bytes, code: str) -> None:
    with pytest.raises(PayloadError) as refused:
        decode(payload, m.StartTransaction)
    assert refused.value.code == code
