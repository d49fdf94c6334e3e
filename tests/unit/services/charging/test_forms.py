"""In which form a limit is said to a charger (B7, B8, M8)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onetime.models import Registration
from onetime.services.chargers.live import LiveCharger
from onetime.services.chargers.settings import Reading, Setting
from onetime.services.chargers.vendors import Quirks, quirks_of
from onetime.services.charging.forms import Form, Limit, forms, knows_smart_charging, profile

NOW = datetime(2026, 10, 5, 12, 0, 30, tzinfo=UTC)


def reading(**settings: str) -> Reading:
    return Reading({key.casefold(): Setting(key, value, True) for key, value in settings.items()})


def said(found: list[Form]) -> list[tuple[str, str, int, str]]:
    return [(form.purpose.value, form.unit.value, form.stack_level, form.kind.value) for form in found]


def first(read: Reading | None = None, quirks: Quirks | None = None, **more: Any) -> tuple[str, str, int, str]:
    wanted = {"connector": 1, "charging": False} | more
    return said(forms(read or Reading(), quirks or Quirks(), **wanted))[0]


@pytest.mark.parametrize("words", ["Current", "A", " current , power", "a"])
def test_amperes_come_first_where_the_charger_takes_them_in_any_spelling(words: str) -> None:
    """B8."""
    assert first(reading(chargingScheduleAllowedChargingRateUnit=words))[1] == "A"


@pytest.mark.parametrize("words", ["Power", "W", "power"])
def test_watts_are_the_only_choice_where_the_charger_says_so(words: str) -> None:
    """B8; M8."""
    found = forms(reading(ChargingScheduleAllowedChargingRateUnit=words), Quirks(), connector=1, charging=True)
    assert {form.unit.value for form in found} == {"W"}


def test_the_highest_stack_level_is_used_and_then_0() -> None:
    found = said(forms(reading(ChargeProfileMaxStackLevel="8"), Quirks(), connector=1, charging=False))
    assert found[0] == ("TxDefaultProfile", "A", 8, "Absolute")
    assert ("TxDefaultProfile", "A", 0, "Absolute") in found


def test_a_charger_that_says_nothing_is_tried_with_everything() -> None:
    """B7."""
    found = said(forms(Reading(), Quirks(), connector=1, charging=True))
    assert found[0] == ("TxDefaultProfile", "A", 0, "Absolute")
    assert {(purpose, unit) for purpose, unit, _, _ in found} == {
        ("TxDefaultProfile", "A"), ("TxDefaultProfile", "W"), ("TxProfile", "A"), ("TxProfile", "W")
    }  # fmt: skip
    assert len(found) <= 8


@pytest.mark.parametrize(
    ("listed", "known"),
    [("Core, Smart Charging", True), ("core,smartcharging", True), ("", True), ("Core,FirmwareManagement", False)],
)
def test_features_are_read_with_their_blanks(listed: str, known: bool) -> None:
    """B7."""
    assert knows_smart_charging(reading(SupportedFeatureProfiles=listed)) is known


def test_the_whole_charger_has_a_maximum_and_else_a_default_for_all() -> None:
    assert first(connector=0)[0] == "ChargePointMaxProfile"
    assert first(quirks=Quirks(ignores_charger_limit=True), connector=0)[0] == "TxDefaultProfile"


def test_a_charger_that_only_limits_sessions_needs_one() -> None:
    """M8."""
    quirks = Quirks(only_session_limits=True)
    assert forms(Reading(), quirks, connector=1, charging=False) == []
    assert first(quirks=quirks, charging=True)[0] == "TxProfile"


@pytest.mark.parametrize(
    ("vendor", "expected"),
    [
        ("ABB", ("TxDefaultProfile", "A", 0, "Absolute")),
        ("WALL BOX CHARGERS", ("TxDefaultProfile", "A", 0, "Relative")),
        ("Huawei", ("TxDefaultProfile", "W", 8, "Absolute")),
        ("Keba", ("TxDefaultProfile", "A", 8, "Absolute")),
    ],
)
def test_what_is_known_of_a_make_counts_before_what_it_says(vendor: str, expected: tuple[str, str, int, str]) -> None:
    """M8."""
    charger = LiveCharger(1, "C", Registration.ACCEPTED, vendor, "M", None, {})
    assert first(reading(ChargeProfileMaxStackLevel="8"), quirks_of(charger)) == expected


def test_a_limit_that_stays_has_no_end() -> None:
    [form, *_] = forms(Reading(), Quirks(), connector=1, charging=False)
    sent = profile(form, Limit(10.5, None, None), 1, NOW, None).wire()
    assert sent["chargingSchedule"] == {
        "startSchedule": "2026-10-05T11:55:30.000Z",
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.5}],
    }
    assert "validTo" not in sent


def test_a_limit_with_an_end_says_it_in_every_way() -> None:
    """Case 056: validFrom, validTo, startSchedule and duration."""
    [form, *_] = forms(Reading(), Quirks(), connector=1, charging=False)
    sent = profile(form, Limit(6, 1, NOW + timedelta(hours=1)), 1, NOW, None).wire()
    assert (sent["validFrom"], sent["validTo"]) == ("2026-10-05T11:55:30.000Z", "2026-10-05T13:00:30.000Z")
    assert sent["chargingSchedule"]["duration"] == 3900
    assert sent["chargingSchedule"]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 6, "numberPhases": 1}]


def test_watts_are_in_total() -> None:
    found = forms(reading(ChargingScheduleAllowedChargingRateUnit="W"), Quirks(), connector=1, charging=False)
    [period] = profile(found[0], Limit(10, None, None), 1, NOW, None).charging_schedule.charging_schedule_period
    assert period.limit == 6900
