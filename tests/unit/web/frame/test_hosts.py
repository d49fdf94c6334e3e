"""The names a house answers to: those nobody outside can make lead to it, its own, and those a setting names."""

import socket

import pytest

from onetime.settings import Settings
from onetime.web.frame.hosts import Hosts, is_foreign

HOSTS = Hosts(Settings(hosts="Charging.Example.com, b.example", tls_hosts="c.example", files_url="https://d.example/f"))


@pytest.mark.parametrize(
    "host",
    [
        "192.168.1.20:8000", "127.0.0.1", "[::1]:8443", "[fe80::1]", "localhost:8000", "onetime.local:8000", "garage",
        "garage:8443", "charging.example.com", "CHARGING.example.COM:8000", "b.example.", "c.example", "d.example",
        f"{socket.gethostname()}:8000",
    ],
)  # fmt: skip
def test_a_name_nobody_outside_can_have_is_answered(host: str) -> None:
    assert HOSTS.answers_to(host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8000", "192.168.1.20.evil.example", "onetime.local.evil.example", "", ":8000",
        "charging.example.com.evil.example", "evil.example#onetime.local", "[::1", "a@evil.example", "x y.example",
    ],
)  # fmt: skip
def test_any_other_name_is_not(host: str) -> None:
    assert not HOSTS.answers_to(host)


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({"host": "house:8000", "origin": "http://house:8000"}, False),
        ({"host": "house:8000", "origin": "http://house:9999"}, True),
        ({"host": "house:8000", "origin": "http://evil.example"}, True),
        ({"host": "house:8000", "origin": "null"}, True),
        ({"host": "10.0.0.5", "x-forwarded-host": "a.example", "origin": "https://a.example"}, False),
        ({"host": "house", "sec-fetch-site": "same-site"}, True),
        ({"host": "house", "sec-fetch-site": "cross-site"}, True),
        ({"host": "house", "sec-fetch-site": "same-origin"}, False),
        ({"host": "house", "sec-fetch-site": "none"}, False),
        ({"host": "house"}, False),
    ],
)
def test_a_page_of_another_address_is_foreign(headers: dict[str, str], foreign: bool) -> None:
    assert is_foreign(headers) is foreign
