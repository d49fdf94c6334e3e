"""The form of a correction: what was not touched stays exact, what was is read as people write it."""

from datetime import UTC, datetime

import pytest

from onetime.services.reviews.ends import CorrectedEnds
from onetime.services.reviews.suggestions import Suggestion
from onetime.services.reviews.undo import ReviewError
from onetime.texts import _
from onetime.web.frame.times import Clockwork
from onetime.web.reviews.item.form import form_of, read_form

CLOCKWORK = Clockwork("de", "Europe/Zurich")
# The hour that happens twice, the second time, and with microseconds: neither can be typed.
EXACT = CorrectedEnds(
    datetime(2026, 10, 25, 1, 30, 0, 250_000, tzinfo=UTC), 15_000, datetime(2026, 10, 25, 2, 0, tzinfo=UTC), 22_345
)
SUGGESTION = Suggestion(EXACT, _("As the charger said it."))


def typed(**changed: str) -> CorrectedEnds:
    form = form_of(SUGGESTION, CLOCKWORK)
    names = ("started", "stopped", "meter_start", "meter_stop")
    return read_form({name: getattr(form, name) for name in names} | changed, SUGGESTION, CLOCKWORK)


def test_what_was_not_touched_stays_exact() -> None:
    assert typed() == EXACT


def test_a_browser_may_leave_seconds_of_nought_away() -> None:
    assert typed(stopped="2026-10-25T03:00") == EXACT


def test_a_time_is_the_houses() -> None:
    assert typed(stopped="2026-10-25T04:15:30").stopped_at == datetime(2026, 10, 25, 3, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "watt_hours"),
    [("22.5", 22_500), ("22,345", 22_345), ("1’022", 1_022_000), ("0", 0), ("15 000.5", 15_000_500)],
)
def test_a_register_is_read_as_people_write_it(written: str, watt_hours: int) -> None:
    assert typed(meter_stop=written).meter_stop_wh == watt_hours


@pytest.mark.parametrize("written", ["", "-1", "1e9", "12.3456", "zwölf", "١٢", "9" * 30])
def test_what_is_no_register_is_refused_in_words(written: str) -> None:
    with pytest.raises(ReviewError, match="kWh"):
        typed(meter_stop=written)


def test_what_is_no_time_is_refused_in_words() -> None:
    with pytest.raises(ReviewError, match="date and time"):
        typed(started="yesterday")


def test_without_a_suggestion_the_form_is_empty() -> None:
    assert form_of(None, CLOCKWORK).started == ""
