"""What the addresses of pages mean."""

import pytest

from onetime.web.frame import routes


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/chargers/KEBA-07", "KEBA-07"),
        ("/chargers/KEBA-07/settings/", "KEBA-07"),
        ("/chargers/a%2Fb%20c/log", "a/b c"),
    ],
)
def test_the_address_names_the_charger(path: str, name: str) -> None:
    assert routes.charger_of(path) == name
