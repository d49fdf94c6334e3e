"""Months as people and scripts name them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.services.billing.months import Month, MonthError
from onetime.texts import _, say


def test_a_sentence_names_a_month_in_the_readers_language_and_scripts_get_its_number() -> None:
    sentence = _("{month} is closed already.", month=Month(2026, 9))
    assert say(sentence, "de") == "September 2026 ist schon abgeschlossen."
    assert say(sentence, "fr") == "septembre 2026 est déjà clôturé."
    assert say(sentence, "en") == "September 2026 is closed already."
    assert sentence == "2026-09 is closed already."


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "2026-1", "26-10", "0000-01", "9999-12", "2026-10-01", "October 2026"]
)
def test_what_is_no_month_is_refused_with_how_one_is_written(text: str) -> None:
    with pytest.raises(MonthError, match="2026-10"):
        Month.parse(text)


@given(st.integers(1970, 2199), st.integers(1, 12))
def test_a_month_is_read_as_it_is_written(year: int, number: int) -> None:
    assert Month.parse(str(Month(year, number))) == Month(year, number)


def test_a_month_begins_on_the_houses_clock() -> None:
    late_in_september_utc = datetime(2026, 9, 30, 22, 30, tzinfo=UTC)
    assert Month.of(late_in_september_utc, ZoneInfo("Europe/Zurich")) == Month(2026, 10)


def test_december_comes_before_january() -> None:
    assert Month(2026, 1).before() == Month(2025, 12)
