"""Sessions as lists show them."""

from datetime import UTC, datetime, timedelta

from onetime.models import ReviewState, TransactionState
from onetime.services.sessions.history import SessionRow
from onetime.web.frame.times import Clockwork
from onetime.web.sessions.lines import session_line

START = datetime(2026, 10, 3, 12, 0, tzinfo=UTC)


def row(**changes: object) -> SessionRow:
    values: dict[str, object] = {
        "id": 1,
        "charger_id": 1,
        "identity": "KEBA-07",
        "connector_id": 1,
        "connector_number": 2,
        "spot": None,
        "id_tag": "CARD0001",
        "card_label": None,
        "tenant": None,
        "started_at": START,
        "stopped_at": START + timedelta(hours=1),
        "meter_start_wh": 0,
        "meter_stop_wh": 7_350,
        "energy_wh": 7_350,
        "stop_reason": None,
        "stop_estimated": False,
        "state": TransactionState.ENDED,
    }
    return SessionRow(**(values | changes))  # type: ignore[arg-type]  # the values above have the right types


def test_a_session_without_a_spot_is_named_by_charger_and_connector() -> None:
    assert session_line(row(), Clockwork("en", "Europe/Zurich")).spot == "KEBA-07 · 2"
    assert session_line(row(spot="A12"), Clockwork("en", "Europe/Zurich")).spot == "A12"


def test_why_a_session_ended_is_said_in_words() -> None:
    german = Clockwork("de", "Europe/Zurich")
    assert session_line(row(stop_reason="EVDisconnected"), german).reason == "Auto ausgesteckt"
    assert session_line(row(stop_reason="VendorSpecial"), german).reason == "VendorSpecial"
    assert session_line(row(stop_reason=None), german).reason == "An der Ladestation beendet"
    assert session_line(row(stop_estimated=True), german).reason == "Ende nach der letzten Ablesung geschätzt"


def test_a_running_session_has_no_reason_yet() -> None:
    line = session_line(
        row(state=TransactionState.OPEN, stopped_at=None, meter_stop_wh=None), Clockwork("en", "Europe/Zurich")
    )
    assert (line.running, line.reason, line.stopped) == (True, "", "")


def test_a_corrected_time_and_an_open_doubt_are_said_beside_the_end() -> None:
    english = Clockwork("en", "Europe/Zurich")
    line = session_line(row(time_corrected=True, open_doubts=("implausible_reading",)), english)
    assert line.remarks == "Time corrected: the charger’s clock was wrong · In the review inbox"
    assert line.estimated
    assert session_line(row(), english).remarks == ""


def test_a_held_session_says_once_that_it_waits() -> None:
    held = row(review_state=ReviewState.HELD, open_doubts=("register_went_back",), energy_wh=None)
    line = session_line(held, Clockwork("en", "Europe/Zurich"))
    assert (line.reason, line.remarks) == ("Waits for a decision", "")
    assert held.billed_wh is None
