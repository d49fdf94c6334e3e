"""A charger's limits in words and numbers."""

from datetime import UTC, datetime
from typing import Any

from onetime.models import OperationRecord, OperationState, Registration, StoredProfile
from onetime.services.chargers.live import LiveCharger, LiveConnector
from onetime.web.chargers.limits.view import last_schedule, places, profile_line
from onetime.web.frame.times import Clockwork

AT = datetime(2026, 10, 3, 12, 0, tzinfo=UTC)
ENGLISH = Clockwork("en", "Europe/Zurich")


def charger() -> LiveCharger:
    made = LiveCharger(1, "KEBA-07", Registration.ACCEPTED, "Keba", "P30", None, {}, online=True)
    made.connectors[0] = LiveConnector(1, made, 0, None, 22_000)
    made.connectors[1] = LiveConnector(2, made, 1, "A12", 22_000)
    return made


def done(name: str, result: dict[str, Any], **parameters: Any) -> OperationRecord:
    return OperationRecord(
        charger_id=1,
        name=name,
        parameters=parameters,
        actor="anna",
        state=OperationState.DONE,
        result=result,
        ended_at=AT,
    )


def limited(asked: float, applied: float | None, connector: int = 1) -> OperationRecord:
    return done("set_current_limit", {"asked_a": asked, "applied_a": applied, "until": None}, connector=connector)


def test_the_charger_and_its_connectors_are_places() -> None:
    assert [(line.number, line.label) for line in places(charger(), [], ENGLISH)] == [
        (0, "The whole charger"),
        (1, "A12"),
    ]


def test_asked_and_applied_stand_side_by_side() -> None:
    line = places(charger(), [limited(10, 13.5)], ENGLISH)[1]
    assert (line.asked, line.applied, line.exceeded) == ("10\u202fA", "13.5\u202fA", True)


def test_what_a_charger_does_not_tell_is_left_empty() -> None:
    line = places(charger(), [limited(10, None)], ENGLISH)[1]
    assert (line.applied, line.exceeded) == ("", False)


def test_a_removed_limit_is_gone() -> None:
    cleared = done("clear_current_limit", {"cleared": 1}, connector=1)
    assert places(charger(), [cleared, limited(10, 10)], ENGLISH)[1].asked == ""
    assert places(charger(), [limited(8, 8), cleared], ENGLISH)[1].asked == "8\u202fA"


def test_a_profile_is_told_in_words() -> None:
    content = {
        "chargingProfileId": 7,
        "stackLevel": 1,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": {
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}, {"startPeriod": 3600, "limit": 6.5}],
        },
    }
    row = StoredProfile(
        charger_id=1,
        connector_number=1,
        profile_id=7,
        purpose="TxDefaultProfile",
        stack_level=1,
        content=content,
        accepted_at=AT,
    )
    line = profile_line(row, charger(), ENGLISH)
    assert (line.place, line.purpose, line.kind) == ("A12", "Every session", "from the start of charging")
    assert line.limit == "16\u202fA → 6.5\u202fA"


def test_the_newest_schedule_becomes_steps() -> None:
    start = int(AT.timestamp())
    told = done(
        "composite_schedule",
        {
            "connector": 1,
            "start": AT.isoformat(),
            "duration_s": 7200,
            "unit": "A",
            "periods": [{"start_s": 0, "limit": 10.0}, {"start_s": 3600, "limit": None}],
            "expected": [{"start_s": 0, "limit": 8.0}],
            "keeps_to_it": False,
        },
    )
    schedule = last_schedule(charger(), [told], ENGLISH)
    assert schedule.told == [[start, 10.0], [start + 3600, -1]]
    assert (schedule.end, schedule.place, schedule.keeps_to_it) == (start + 7200, "A12", False)


def test_a_charger_never_asked_has_no_schedule() -> None:
    assert last_schedule(charger(), [limited(10, 10)], ENGLISH).asked == ""
