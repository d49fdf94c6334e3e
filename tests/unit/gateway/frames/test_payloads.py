"""Payloads: strict first, repaired where chargers are known to be wrong, refused only without facts."""

import pytest

from onetime.gateway.frames import messages as m
from onetime.gateway.frames.payloads import PayloadError, decode


def test_a_clean_payload_needs_no_repair() -> None:
    request, problem = decode(b'{"idTag":"04A1"}', m.Authorize)
    assert (request.id_tag, problem) == ("04A1", None)


def test_unknown_fields_are_passed_over() -> None:
    """Hager sends a connectorId with Authorize (evcc #14579)."""
    request, problem = decode(b'{"idTag":"04A1","connectorId":1}', m.Authorize)
    assert (request.id_tag, problem) == ("04A1", "unknown field 'connectorId' was passed over")


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
        (b"[1]", "TypeConstraintViolation"),
        (b'{"connectorId":1,', "FormationViolation"),
    ],
)
def test_what_lacks_its_facts_is_refused_with_the_codes_of_ocpp_16(payload: bytes, code: str) -> None:
    with pytest.raises(PayloadError) as refused:
        decode(payload, m.StartTransaction)
    assert refused.value.code == code


@pytest.mark.parametrize("junk", ['"x"', "null", '""', "[]", "{}", "true", "1.5", '"12 34"', "1e400"])
@pytest.mark.parametrize(
    ("kind", "facts"), [(m.MeterValues, '"connectorId":1'), (m.StopTransaction, '"meterStop":5'),
                        (m.StartTransaction, '"connectorId":1,"idTag":"A","meterStart":5')],
)  # fmt: skip
def test_a_transaction_id_that_is_none_is_the_same_as_left_out(kind: type[m.Message], facts: str, junk: str) -> None:
    """T3, T5, T6: a message about energy is never refused for an id (SteVe #1415, mobilityhouse #478)."""
    name = "reservationId" if kind is m.StartTransaction else "transactionId"
    request, _problem = decode(f'{{{facts},"{name}":{junk}}}'.encode(), kind)
    field = "reservation_id" if kind is m.StartTransaction else "transaction_id"
    assert getattr(request, field) in (None, -1)


@pytest.mark.parametrize("text", ["7", "7.0", " 7 "])
def test_a_transaction_id_written_as_text_is_read(text: str) -> None:
    request, _problem = decode(f'{{"meterStop":5,"transactionId":"{text}"}}'.encode(), m.StopTransaction)
    assert request.transaction_id == 7


def test_the_largest_transaction_id_is_read() -> None:
    """T5: Alfen sends 2^63-1 for none (ocpp-go #188)."""
    request, _problem = decode(b'{"connectorId":1,"transactionId":9223372036854775807}', m.MeterValues)
    assert request.transaction_id == 2**63 - 1


def test_a_card_read_as_a_number_is_a_text() -> None:
    request, problem = decode(b'{"idTag":12345678}', m.Authorize)
    assert request.id_tag == "12345678"
    assert problem


def test_texts_without_end_are_cut() -> None:
    """P1: real chargers exceed the limits by half; nobody needs a megabyte."""
    payload = f'{{"connectorId":1,"status":"Available","info":"{"i" * 100_000}"}}'
    request, problem = decode(payload.encode(), m.StatusNotification)
    assert (request.info, bool(problem)) == ("i" * m.TEXT_LIMIT, True)


@pytest.mark.parametrize("number", [-1, 1_000, 2**70])
def test_no_charger_has_such_a_connector(number: int) -> None:
    with pytest.raises(PayloadError) as refused:
        decode(f'{{"connectorId":{number},"status":"Available"}}'.encode(), m.StatusNotification)
    assert refused.value.code == "PropertyConstraintViolation"


@pytest.mark.parametrize(
    "sample",
    ['{"value":""}', "{}", '{"value":null}', '{"value":5}', '{"value":5.5}', '{"value":"5","unit":"Hz"}', "null"],
)
def test_no_sample_makes_a_reading_unreadable(sample: str) -> None:
    """P3 (OpenEVSE, lbbrhzn #210, SteVe #249)."""
    payload = f'{{"connectorId":1,"meterValue":[{{"timestamp":"","sampledValue":[{sample},{{"value":"7"}}]}}]}}'
    request, _problem = decode(payload.encode(), m.MeterValues)
    assert request.meter_value[0].sampled_value[-1].value == "7"


@pytest.mark.parametrize("form", ['[{{"timestamp":"x","values":[{0}]}}]', '{{"values":{0}}}', '[{{"values":{0}}}]'])
def test_readings_under_their_older_name_are_found(form: str) -> None:
    """P3 (SteVe #249: OCPP 1.5 said values)."""
    payload = '{"connectorId":1,"meterValue":' + form.format('{"value":"7"}') + "}"
    request, problem = decode(payload.encode(), m.MeterValues)
    assert request.meter_value[0].sampled_value[0].value == "7"
    assert problem


def test_a_meter_value_that_says_nothing_is_no_reason_to_refuse() -> None:
    request, _problem = decode(b'{"connectorId":1,"meterValue":[{}]}', m.MeterValues)
    assert (request.meter_value[0].timestamp, request.meter_value[0].sampled_value) == (None, [])


@pytest.mark.parametrize(
    ("told", "kept"), [('"A\\u0000B"', "AB"), ('"\\\\u0000"', "\\u0000"), ('"\\\\\\u0000x"', "\\x")]
)
def test_a_null_character_is_left_out_of_a_text(told: str, kept: str) -> None:
    """No text of PostgreSQL holds one."""
    request, problem = decode(f'{{"idTag":{told}}}'.encode(), m.Authorize)
    assert (request.id_tag, problem is None) == (kept, "u0000" in kept)


@pytest.mark.parametrize("number", ["-1", "1000", "1180591620717411303424", '"one"', "1.5", "true", "[1]", "null"])
def test_a_start_of_a_connector_that_cannot_be_is_a_start_all_the_same(number: str) -> None:
    """It would be forgotten with its energy (section 3.7.1); which plug it was is asked later."""
    request, problem = decode(f'{{"connectorId":{number},"idTag":"A","meterStart":5}}'.encode(), m.StartTransaction)
    assert (request.connector_id, request.id_tag, request.meter_start) == (0, "A", 5)
    assert problem


JUNK = ['"12.5 kWh"', "true", "[]", "[5]", '{"value":5}', '"3000,4"']


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize(
    ("kind", "name", "facts"),
    [
        (m.StartTransaction, "meterStart", '"connectorId":1,"idTag":"A"'),
        (m.StopTransaction, "meterStop", '"transactionId":7,"timestamp":"2026-10-05T06:00:00Z"'),
    ],
)
def test_a_register_that_is_none_is_the_same_as_left_out(
    kind: type[m.Message], name: str, facts: str, junk: str
) -> None:
    request, problem = decode(f'{{{facts},"{name}":{junk}}}'.encode(), kind)
    assert getattr(request, "meter_start" if kind is m.StartTransaction else "meter_stop") is None
    assert problem


@pytest.mark.parametrize("junk", ['{"a":1}', "[1]", "true"])
def test_a_stop_is_read_without_the_fields_that_cannot_be(junk: str) -> None:
    payload = f'{{"transactionId":7,"meterStop":9,"idTag":{junk},"connectorId":{junk},"transactionData":{junk}}}'
    request, _problem = decode(payload.encode(), m.StopTransaction)
    assert (request.transaction_id, request.meter_stop) == (7, 9)


def test_one_reading_that_cannot_be_read_costs_no_other() -> None:
    samples = '[{"value":"1"},{"value":{"a":1}},5,{"value":"2","context":{}},{"value":"3"}]'
    data = f'[7,{{"timestamp":"x","sampledValue":{samples}}},"y",{{"timestamp":"z","sampledValue":[{{"value":"4"}}]}}]'
    for kind, name, facts in (
        (m.StopTransaction, "transactionData", '"meterStop":9'),
        (m.MeterValues, "meterValue", '"connectorId":1'),
    ):
        request, _problem = decode(f'{{{facts},"{name}":{data}}}'.encode(), kind)
        values = request.transaction_data if isinstance(request, m.StopTransaction) else request.meter_value
        assert [[each.value for each in value.sampled_value] for value in values] == [["1", "3"], ["4"]]


def test_readings_of_which_nearly_none_can_be_read_are_given_up_at_once() -> None:
    data = "[" + ",".join(["1"] * 100_000) + "]"
    request, _problem = decode(f'{{"meterStop":9,"transactionData":{data}}}'.encode(), m.StopTransaction)
    assert (request.meter_stop, request.transaction_data) == (9, [])


def test_readings_of_no_connector_are_refused() -> None:
    with pytest.raises(PayloadError) as refused:
        decode(b'{"connectorId":"x","meterValue":[]}', m.MeterValues)
    assert refused.value.code == "OccurenceConstraintViolation"
