"""Months as people and scripts name them."""

import pytest

from onetime.services.billing.months import Month, MonthError
from onetime.texts import _, say


def test_a_sentence_names_a_month_in_the_readers_language_and_scripts_get_its_number() -> None:
    sentence = _("{month} is closed already.", month=Month(2026, 9))
    assert say(sentence, "de") == "September 2026 ist schon abgeschlossen."
    assert say(sentence, "fr") == "septembre 2026 est déjà clôturé."
    assert say(sentence, "en") == "September 2026 is closed already."
    assert sentence == "2026-09 is closed already."


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-1", "October 2026"])
def test_what_is_no_month_is_refused_with_how_one_is_written(text: str) -> None:
    with pytest.raises(MonthError, match="2026-10"):
        Month.parse(text)
