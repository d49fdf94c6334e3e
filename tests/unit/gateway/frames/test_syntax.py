"""Frames: what is clear is read, what is certain is repaired, what has an id is answered."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.gateway.frames.syntax import Call, CallError, CallResult, Unreadable, encode_error, encode_result, parse

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_a_plain_call_is_read_without_repair() -> None:
    assert parse('[2,"1","Heartbeat",{}]') == Call("1", "Heartbeat", b"{}", None)


def test_answers_and_refusals_are_told_apart() -> None:
    assert parse('[3,"7",{"status":"Accepted"}]') == CallResult("7", {"status": "Accepted"})
    assert parse('[4,"7","NotSupported","no",{}]') == CallError("7", "NotSupported", "no", {})


@pytest.mark.parametrize(
    ("frame", "payload"),
    [
        ('[2,"1","Heartbeat"]', b"{}"),
        ('[2,"1","Heartbeat",{},{}]', b"{}"),
        ('[2,"1","StopTransaction",{"transactionId":,"meterStop":5}]', b'{"transactionId":null,"meterStop":5}'),
        ('[2,"1","Heartbeat",{},]', b"{}"),
        ('\ufeff [2,"1","Heartbeat",{}]\r\n', b"{}"),
        ('["2",1,"Heartbeat",null]', b"null"),
    ],
)
def test_what_is_certain_is_repaired(frame: str, payload: bytes) -> None:
    parsed = parse(frame)
    assert isinstance(parsed, Call)
    assert parsed.payload == payload
    assert parsed.message_id == "1"


@pytest.mark.parametrize(
    ("frame", "message_id"),
    [
        ('[2,"abc","StartTransaction",{"idTag":"x', "abc"),
        ('[2,"abc",["list"],{}]', "abc"),
        ('[2,"abc"]', "abc"),
        ("not json", None),
        ("{}", None),
        ("[]", None),
        ('[5,"abc",{}]', None),
    ],
)
def test_what_cannot_be_read_keeps_its_id_when_it_wants_an_answer(frame: str, message_id: str | None) -> None:
    parsed = parse(frame)
    assert isinstance(parsed, Unreadable)
    assert parsed.message_id == message_id


def test_deep_nesting_does_no_harm() -> None:
    frame = '[2,"1","DataTransfer",' + "[" * 200_000 + "]" * 200_000 + "]"
    assert isinstance(parse(frame), Call | Unreadable)


@given(st.text() | st.binary())
def test_nothing_a_charger_sends_raises(frame: str | bytes) -> None:
    parse(frame)


@given(st.integers(0, 9) | st.text(max_size=2), json_values, json_values, json_values)
def test_no_call_with_an_id_is_lost(kind: object, message_id: object, action: object, payload: object) -> None:
    parsed = parse(json.dumps([kind, message_id, action, payload]))
    if kind == 2 and isinstance(message_id, str):
        assert isinstance(parsed, Call | Unreadable)
        assert parsed.message_id == message_id


@given(st.text(max_size=36), st.text(max_size=400))
def test_what_is_sent_is_json_of_the_right_shape(message_id: str, description: str) -> None:
    assert json.loads(encode_result(message_id, {"a": 1})) == [3, message_id, {"a": 1}]
    refusal = json.loads(encode_error(message_id, "GenericError", description))
    assert refusal == [4, message_id, "GenericError", description[:255], {}]


def test_a_line_break_inside_a_text_is_read() -> None:
    """P3 (mobilityhouse #353)."""
    parsed = parse('[2,"1","Authorize",{"idTag\n":"04A1"}]')
    assert isinstance(parsed, Call)
    assert json.loads(parsed.payload) == {"idTag ": "04A1"}


@pytest.mark.parametrize("size", [300_000])
def test_repairing_takes_no_longer_than_reading(size: int) -> None:
    """A frame made to be slow must not hold up the other chargers."""
    for filling in (": ", ":,", ", ", "[", '"', "\\", "{"):
        parse('[2,"1","Heartbeat",' + filling * (size // len(filling)))


@pytest.mark.parametrize(
    ("written", "meant"), [('a\\"b', 'a"b'), ("a\\u0041", "aA"), ("a\nb", "a\nb"), ("x" * 200, "x" * 200)]
)
def test_the_id_of_a_frame_that_breaks_off_is_found_however_it_is_written(written: str, meant: str) -> None:
    assert parse(f'[2,"{written}","Heartb') == Unreadable("not a JSON array", meant)
