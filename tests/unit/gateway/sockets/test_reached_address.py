"""Which address a charger is told for its files: the one it has reached us by."""

from types import SimpleNamespace
from typing import Any

import pytest
from websockets.datastructures import Headers

from onetime.gateway.sockets.reached_address import reached_by


def socket(host: str | None, local: str = "192.168.1.5", peer: str = "192.168.1.77", tls: bool = False) -> Any:
    headers = Headers() if host is None else Headers({"Host": host})
    return SimpleNamespace(
        request=SimpleNamespace(headers=headers),
        local_address=(local, 9000),
        remote_address=(peer, 40000),
        transport=SimpleNamespace(get_extra_info=lambda _name: object() if tls else None),
    )


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("onetime.local:9000", "onetime.local"),
        ("192.168.1.6:9000", "192.168.1.6"),
        ("[fd00::5]:9000", "fd00::5"),
        (None, "192.168.1.5"),
        ("", "192.168.1.5"),
        ("localhost:9000", "192.168.1.5"),
        ("127.0.0.1", "192.168.1.5"),
        ("0.0.0.0:9000", "192.168.1.5"),
        ("999.999.1.1", "192.168.1.5"),
        ("evil host@x/y", "192.168.1.5"),
        ("[::1", "192.168.1.5"),
    ],
)
def test_the_name_in_the_request_counts_where_it_can_be_one(header: str | None, host: str) -> None:
    reached = reached_by(socket(header))
    assert reached is not None
    assert reached.host == host


def test_a_charger_on_this_machine_is_told_the_loopback() -> None:
    reached = reached_by(socket("localhost:9000", local="127.0.0.1", peer="127.0.0.1"))
    assert reached is not None
    assert reached.host == "localhost"


def test_an_address_of_both_families_is_shown_in_its_own_form() -> None:
    reached = reached_by(socket(None, local="::ffff:192.168.1.5"))
    assert reached is not None
    assert (reached.host, reached.by_tls) == ("192.168.1.5", False)


def test_tls_is_noticed() -> None:
    reached = reached_by(socket("onetime.local", tls=True))
    assert reached is not None
    assert reached.by_tls
