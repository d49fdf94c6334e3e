"""Operations are listed in the reader's words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onetime.models import ConnectorStatus, OperationRecord, OperationState, Registration
from onetime.services.chargers.live import LiveCharger, LiveConnector
from onetime.services.operations.table import OPERATIONS
from onetime.services.operations.words import pack
from onetime.texts import _
from onetime.web.chargers.frame.operation_lines import UNKNOWN_PROGRESS, operation_line
from onetime.web.chargers.frame.words import ADVICE, WORDS
from onetime.web.frame.times import Clockwork

START = datetime(2026, 10, 3, 12, 0, tzinfo=UTC)
ENGLISH = Clockwork("en", "Europe/Zurich")


def charger() -> LiveCharger:
    made = LiveCharger(1, "KEBA-07", Registration.ACCEPTED, "Keba", "P30", None, {}, online=True)
    made.connectors[1] = LiveConnector(1, made, 1, "A12", 22_000, ConnectorStatus.AVAILABLE)
    return made


def record(**changes: Any) -> OperationRecord:
    values: dict[str, Any] = {
        "id": 7,
        "charger_id": 1,
        "name": "start",
        "parameters": {"connector": 1, "id_tag": "04A1"},
        "actor": "anna",
        "started_at": START,
    }
    return OperationRecord(**(values | changes))


def test_every_operation_has_words() -> None:
    assert set(OPERATIONS) <= set(WORDS) | {"change_availability"}


def test_a_title_names_the_spot_and_the_card() -> None:
    assert operation_line(record(), charger(), ENGLISH).title == "Start A12 for the card 04A1"


def test_the_charger_is_named_where_no_connector_is() -> None:
    assert operation_line(record(name="reset", parameters={}), charger(), ENGLISH).title == "Restart KEBA-07"


@pytest.mark.parametrize(("available", "begins"), [(True, "Put KEBA-07 back"), (False, "Take KEBA-07 out")])
def test_both_ways_of_service_are_told_apart(available: bool, begins: str) -> None:
    asked = record(name="change_availability", parameters={"connector": 0, "available": available})
    assert operation_line(asked, charger(), ENGLISH).title.startswith(begins)


def test_while_it_runs_the_last_step_is_what_happens_now() -> None:
    steps = [
        {"at": (START + timedelta(seconds=second)).isoformat(), **pack(_("{label} will start.", label=label))}
        for second, label in ((1, "A11"), (2, "A12"))
    ]
    line = operation_line(record(steps=steps), charger(), ENGLISH)
    assert (line.state, line.now, line.progress) == ("running", "A12 will start.", UNKNOWN_PROGRESS)
    assert [step.at for step in line.steps] == ["14:00:01", "14:00:02"]


def test_a_failure_says_why_and_what_to_do_now() -> None:
    failed = record(
        state=OperationState.FAILED,
        code="charger-offline",
        problem=pack(_("{identity} is not connected.", identity="KEBA-07")),
        ended_at=START + timedelta(seconds=3),
    )
    line = operation_line(failed, charger(), ENGLISH)
    assert line.outcome == "KEBA-07 is not connected."
    assert line.advice == ADVICE["charger-offline"]
    assert line.took == "3.0\u202fs"


def test_a_result_is_told_in_words() -> None:
    written = record(
        name="write_settings", parameters={}, state=OperationState.DONE, result={"reboot_needed": True}, ended_at=START
    )
    assert operation_line(written, charger(), ENGLISH).outcome.endswith("It holds once the charger has restarted.")


def test_an_operation_of_a_later_version_is_still_listed() -> None:
    assert operation_line(record(name="levitate"), charger(), ENGLISH).title == "Operation levitate"
