"""Every text of the code is in every catalogue, translated, with its placeholders."""

import pytest

from onetime.texts import _, say
from onetime.web.frame.texts import catalogues


@pytest.fixture(scope="module")
def texts() -> dict[str, list[tuple[str, int]]]:
    return catalogues.extracted()


def test_texts_of_pages_services_and_workbook_are_found(texts: dict[str, list[tuple[str, int]]]) -> None:
    assert {"Overview", "Charging", "This name and password do not fit together."} <= texts.keys()


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_a_catalogue_is_complete(language: str, texts: dict[str, list[tuple[str, int]]]) -> None:
    assert list(catalogues.problems(language, texts)) == []


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_a_gap_is_found(language: str) -> None:
    found = list(catalogues.problems(language, {"A text nobody has translated": []}))
    assert f"{language}: “A text nobody has translated” is missing." in found
    assert f"{language}: “Overview” is not used any more." in found


def test_german_is_written_as_in_switzerland() -> None:
    assert not [message.id for message in catalogues.read("de") if "ß" in str(message.string)]


def test_a_sentence_is_said_in_the_language_asked_for() -> None:
    sentence = _("{identity} is not connected.", identity="KEBA-07")
    assert sentence == "KEBA-07 is not connected."
    assert say(sentence, "de") == "KEBA-07 ist nicht verbunden."
