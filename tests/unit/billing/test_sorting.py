"""Names and spots in the order people expect."""

from onetime.billing.sorting import reading_order


def test_numbers_come_by_value() -> None:
    assert sorted(["A10", "A2", "B1", "A1"], key=reading_order) == ["A1", "A2", "A10", "B1"]


def test_accents_and_case_do_not_matter() -> None:
    assert sorted(["Zürcher", "Šimić", "rossi", "Ähnlich"], key=reading_order) == [
        "Ähnlich",
        "rossi",
        "Šimić",
        "Zürcher",
    ]
