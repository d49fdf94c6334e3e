"""A charger's clock in words."""

from datetime import UTC, datetime

import pytest

from onetime.events import EventBus
from onetime.models import Registration
from onetime.services.chargers.live import LiveBoard, LiveCharger, LiveConnector
from onetime.web.chargers.overview.metering_state import clock_sentence, power_line
from onetime.web.frame.times import THIN_SPACE, Clockwork

CLOCKWORK = Clockwork("en", "Europe/Zurich")


@pytest.mark.parametrize(
    ("offset_s", "words"),
    [
        (7_200, "2 h ahead; its times are corrected."),
        (7_198, "2 h ahead; its times are corrected."),
        (-5_040, "1 h 24 min behind; its times are corrected."),
        (-20 * 86_400, "20 d behind; its times are corrected."),
        (120, "2 min ahead: too little to matter."),
    ],
)
def test_a_clock_that_is_off_is_said_in_words(offset_s: int, words: str) -> None:
    """M11: the drift is shown, and since when."""
    sentence = clock_sentence(offset_s, datetime(2026, 3, 1, 8, 0, tzinfo=UTC), CLOCKWORK).replace(THIN_SPACE, " ")
    assert words in sentence
    assert sentence.endswith("09:00.")


@pytest.mark.parametrize("offset_s", [None, 0, 30, -59])
def test_a_clock_that_is_right_is_not_spoken_of(offset_s: int | None) -> None:
    assert clock_sentence(offset_s, None, CLOCKWORK) == ""


@pytest.mark.parametrize(
    ("watts", "amperes", "phases", "kilowatts"),
    [(11_040, "16", "3", ""), (7_360, "32", "1", ""), (11_000, "", "3", "11")],
)
def test_power_is_shown_as_it_was_entered(watts: int, amperes: str, phases: str, kilowatts: str) -> None:
    board = LiveBoard(EventBus())
    charger = LiveCharger(1, "KEBA-07", Registration.ACCEPTED, None, None, None, {})
    board.put_charger(charger)
    line = power_line(LiveConnector(1, charger, 1, "A12", watts, power_is_known=True), CLOCKWORK)
    assert (line.amperes, line.phases, line.kilowatts) == (amperes, phases, kilowatts)
