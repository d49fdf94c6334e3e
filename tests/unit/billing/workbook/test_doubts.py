"""What a bill rests on besides the charger's word is in the session's row, and counted in the checks."""

from dataclasses import replace
from pathlib import Path

import pytest

from onetime.billing.intervals import Quality
from onetime.billing.report import ChargingSession
from tests.unit.billing.factories import charging, report, session, session_intervals
from tests.unit.billing.workbook.written import Written, write

SAMPLES = [(minute, 5_000 + 100 * minute) for minute in range(1, 30)]
MEASURED = session((0, 5_000), (30, 8_000), SAMPLES)
HONEST = charging(7, MEASURED)


def written(tmp_path: Path, *sessions: ChargingSession) -> Written:
    listed = replace(report(list(sessions)), doubt_names={"stop_never_came": "End never reported"})
    return write(listed, tmp_path)


def checks(sheet: Written) -> dict[str, object]:
    return {str(row["Check"]): row["Found"] for row in sheet.table("Checks", 4) if row.get("Check")}


def row_of(sheet: Written) -> dict[str, object]:
    return sheet.table("Sessions", 4)[0]


def test_an_honest_session_has_nothing_to_look_at(tmp_path: Path) -> None:
    sheet = written(tmp_path, HONEST)
    assert row_of(sheet)["Note"] is None
    assert row_of(sheet)["Lowest quality"] == "measured"
    assert [label for label, found in checks(sheet).items() if label.startswith("Sessions ") and found == 1] == []


def test_an_estimated_end_is_said_and_counted_and_not_called_measured(tmp_path: Path) -> None:
    """31 estimated sessions once read "measured, 100 %"."""
    estimated = replace(MEASURED, is_estimated=True)
    doubtful = replace(HONEST, metered=estimated, is_end_estimated=True, open_doubts=("stop_never_came",))
    sheet = written(tmp_path, doubtful)
    assert row_of(sheet)["Lowest quality"] == "estimated"
    assert row_of(sheet)["Note"] == (
        "end estimated from the last reading, waits in the review inbox (End never reported)"
    )
    found = checks(sheet)
    assert found["Sessions whose end was estimated and not accepted"] == 1
    assert found["Sessions in the sums that wait in the review inbox"] == 1


def test_an_estimated_end_that_a_person_accepted_is_said_and_no_longer_counted(tmp_path: Path) -> None:
    sheet = written(tmp_path, replace(HONEST, is_end_estimated=True, note="The car was full."))
    assert row_of(sheet)["Note"] == "end estimated from the last reading, accepted, “The car was full.”"
    assert row_of(sheet)["Lowest quality"] == "measured"
    assert checks(sheet)["Sessions whose end was estimated and not accepted"] == 0


def test_a_corrected_clock_is_said_and_counted(tmp_path: Path) -> None:
    sheet = written(tmp_path, replace(HONEST, is_time_corrected=True))
    assert row_of(sheet)["Note"] == "times corrected: the charger's clock was wrong"
    assert checks(sheet)["Sessions whose charger had a wrong clock"] == 1


@pytest.mark.parametrize("samples", [[], SAMPLES])
def test_only_the_last_quarter_hour_of_an_estimated_end_is_an_estimate(samples: list[tuple[float, int]]) -> None:
    known = session_intervals(session((0, 5_000), (30, 8_000), samples))
    guessed = session_intervals(replace(session((0, 5_000), (30, 8_000), samples), is_estimated=True))
    assert [each.energy_wh for each in guessed] == [each.energy_wh for each in known]
    assert [each.quality for each in guessed[:-1]] == [each.quality for each in known[:-1]]
    assert guessed[-1].quality is Quality.ESTIMATED
