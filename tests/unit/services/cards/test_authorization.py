"""A card is the same in every spelling chargers know."""

import pytest

from onetime.services.cards.authorization import card_tag, id_tag_key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("04a1b2c3", "04A1B2C3"),
        (" 04:A1:B2:C3 ", "04A1B2C3"),
        ("04-a1-b2-c3-d4-e5-f6", "04A1B2C3D4E5F6"),
        ("DE-ABC-C12345-6", "DE-ABC-C12345-6"),
        ("ANNA MÜLLER", "ANNA MÜLLER"),
        ("04:A1", "04:A1"),
    ],
)
def test_a_card_is_the_same_with_and_without_separators(written: str, key: str) -> None:
    """M1: only bytes have separators; other names keep what is in them."""
    assert id_tag_key(written) == key


@pytest.mark.parametrize(
    ("sent", "vendor", "serial_number", "tag"),
    [
        ("12345678_dummy1", "Keba AG", None, "12345678"),
        ("04A1B2C3D4E5F6_17619300", "Keba AG", "17600001", "04A1B2C3D4E5F6"),
        ("ANNA_17600001", "Wallbox", "17600001", "ANNA"),
        ("ANNA_1", "Keba AG", "17600001", "ANNA_1"),
        ("12345678_dummy1", "Wallbox", None, "12345678_dummy1"),
        ("_17600001", "Keba AG", "17600001", "_17600001"),
    ],
)
def test_only_an_appended_serial_number_is_cut_off_a_card(
    sent: str, vendor: str, serial_number: str | None, tag: str
) -> None:
    assert card_tag(sent, vendor, serial_number) == tag
