"""Which events of a browser are taken."""

from typing import Any

import pytest
from socketio.packet import DISCONNECT

from onetime.budgets import EVENT_NAME_CHARACTERS, EVENT_PAGE_CHARACTERS, PAGE_TOKEN_CHARACTERS
from onetime.web.frame.bounded_events import TextPacket, is_bounded, is_page_token

PAGE = {"pathname": "/chargers/KEBA-07", "query": {"identity": "KEBA-07"}, "asPath": "/chargers/KEBA-07"}


@pytest.mark.parametrize("event", [{"name": "state.open"}, {"name": "a", "payload": {"b": 1}, "router_data": PAGE}])
def test_what_pages_send_is_taken(event: dict[str, Any]) -> None:
    assert is_bounded(event)


@pytest.mark.parametrize(
    "event",
    [
        None,
        "state.open",
        [],
        {},
        {"name": 1},
        {"name": ""},
        {"name": "x" * (EVENT_NAME_CHARACTERS + 1)},
        {"name": "a", "payload": []},
        {"name": "a", "router_data": "/"},
        {"name": "a", "router_data": {"pathname": "x" * EVENT_PAGE_CHARACTERS}},
        {"name": "a", "router_data": {"query": {str(number): "" for number in range(2_000)}}},
        {"name": "a", "router_data": {"x" * EVENT_PAGE_CHARACTERS: ""}},
    ],
)
def test_what_they_do_not_send_is_not(event: Any) -> None:
    assert not is_bounded(event)


@pytest.mark.parametrize(
    ("token", "is_one"),
    [
        ("0b1e5f0a-7a53-4b7e-9c86-3f7c4f3a8c11", True),
        ("", False),
        ("a" * (PAGE_TOKEN_CHARACTERS + 1), False),
        ("a b", False),
        ("ä", False),
        ("../x", False),
    ],
)
def test_pages_are_called_as_they_call_themselves(token: str, is_one: bool) -> None:
    assert is_page_token(token) is is_one


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        "",
        b"\x00",
        '51-/_event,["event",{"_placeholder":true,"num":0}]',
        "61-/_event,1[]",
        "21-/_event,[]",
        "4/_event,{}",
        "9",
        "x",
        "2/_event,{",
        "2/_event,5",
        "2/_event,[]",
        "2/_event,[{}]",
        "2/_event," + "[" * 20_000,
        "2/_event," + "9" * 20_000,
        "2" + "7" * 200,
        "2/_event",
        "0/_event,{",
    ],
)
def test_what_pages_do_not_send_is_a_goodbye(packet: Any) -> None:
    read = TextPacket(encoded_packet=packet)
    assert (read.packet_type, read.namespace, read.data, read.attachment_count) == (DISCONNECT, "/_event", None, 0)


def test_a_packet_of_text_is_read() -> None:
    packet = TextPacket(encoded_packet='2/_event,["event",{"name":"a"}]')
    assert (packet.namespace, packet.data) == ("/_event", ["event", {"name": "a"}])
