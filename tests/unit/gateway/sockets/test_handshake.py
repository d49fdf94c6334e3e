"""Identity and version, read from the opening request."""

import pytest

from onetime.gateway.sockets.handshake import identity_of


@pytest.mark.parametrize(
    ("path", "identity"),
    [
        ("/KEBA-07", "KEBA-07"),
        ("/ocpp/KEBA-07/", "KEBA-07"),
        ("//KEBA-07", "KEBA-07"),
        ("/RDAM%20123", "RDAM 123"),
        ("/KEBA-07?token=x", "KEBA-07"),
        ("/?station=GRS-1", "GRS-1"),
        ("/ocpp?station=GRS%202", "GRS 2"),
        ("/ocpp?token=x&ChargePointId=GRS-3", "GRS-3"),
        ("/KEBA-07?station=", "KEBA-07"),
        ("/?token=x", None),
        ("/", None),
        ("", None),
        ("/%00", None),
        ("/" + "X" * 49, None),
    ],
)
def test_the_identity_is_the_last_part_of_the_path(path: str, identity: str | None) -> None:
    """OCPP-J 1.6, section 3.1.1."""
    assert identity_of(path) == identity
