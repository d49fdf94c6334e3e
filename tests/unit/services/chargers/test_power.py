"""What a connector delivers, as a person enters it."""

import pytest

from onetime.services.chargers.power import PowerError, read_power


@pytest.mark.parametrize(
    ("kilowatts", "amperes", "phases", "watts"),
    [
        ("11", "", "3", 11_000),
        ("3,7", "", "3", 3_700),
        ("", "16", "3", 11_040),
        ("", "32", "1", 7_360),
        ("22", "16", "3", 22_000),
        (" ", " ", "3", None),
    ],
)
def test_power_is_entered_in_kilowatts_or_in_amperes(
    kilowatts: str, amperes: str, phases: str, watts: int | None
) -> None:
    assert read_power(kilowatts, amperes, phases) == watts


@pytest.mark.parametrize(
    ("kilowatts", "amperes", "phases", "reason"),
    [
        ("viel", "", "3", "not a number"),
        ("-5", "", "3", "not a number"),
        ("", "2", "3", "6 to 630"),
        ("", "16", "2", "one phase or three"),
        ("1e5", "", "3", "not a number"),
    ],
)
def test_what_is_no_power_is_refused_in_words(kilowatts: str, amperes: str, phases: str, reason: str) -> None:
    with pytest.raises(PowerError, match=reason):
        read_power(kilowatts, amperes, phases)
