"""Readings between sessions shape the house's energy and tell of lost sessions; main meters check the sum."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from onetime.billing.frozen import freeze, thaw_between
from onetime.billing.month_report import build_month_report
from onetime.billing.registers.readings import Reading
from onetime.billing.registers_between import first_and_last
from onetime.billing.report import ChargingSession, Connector, MonthReport
from tests.unit.billing.factories import DAY, MORNING, charging, reading, session
from tests.unit.billing.workbook.written import Written, write

SPOT = Connector("CP-1", 1, "A1")
FIRST = charging(7, session((0, 10_000), (60, 15_000), max_power_w=11_000))


def of(sessions: list[ChargingSession], *between: tuple[float, int], main: list[Reading] | None = None) -> MonthReport:
    readings = [reading(*each) for each in between]
    meters = {"CP-1": main} if main else {}
    return build_month_report(
        "Sonnenhof", DAY, [(SPOT, sessions)], made_at=MORNING, between=lambda _connector: readings, main_meters=meters
    )


def house(report: MonthReport) -> dict[str, int]:
    quarters = ((DAY.start + n * timedelta(minutes=15), wh) for n, wh in enumerate(report.house_wh))
    return {f"{at:%H:%M}": wh for at, wh in quarters if wh}


def verdict_of_connector(report: MonthReport, tmp_path: Path) -> object:
    return write(report, tmp_path).table("Checks", 24)[0]["Result"]


def found(sheet: Written, check: str) -> object:
    return next(row["Found"] for row in sheet.table("Checks", 4) if row["Check"] == check)


def test_energy_between_sessions_lies_where_the_readings_saw_it() -> None:
    second = charging(8, session((240, 15_300), (300, 18_300), max_power_w=11_000))
    spread = of([FIRST, second])
    seen = of([FIRST, second], (75, 15_000), (90, 15_200), (105, 15_300), (225, 15_300))
    assert len(house(spread)) == 12
    assert house(seen) == {"07:15": 200, "07:30": 100}
    assert seen.total_wh == spread.total_wh == 8_300


def test_what_was_read_before_the_first_and_after_the_last_session_is_the_houses() -> None:
    report = of([FIRST], (-60, 9_700), (-30, 9_900), (90, 15_400), (120, 15_400), (135, 15_400))
    assert sum(report.house_wh) == 700
    assert report.connectors[0].first == reading(-60, 9_700)


def test_a_spike_after_the_last_session_is_no_energy() -> None:
    assert sum(of([FIRST], (90, 15_000), (120, 15_000), (600, 40_000)).house_wh) == 0


def test_a_lost_session_is_told_by_the_register_with_place_and_time(tmp_path: Path) -> None:
    second = charging(8, session((600, 23_000), (660, 26_000), max_power_w=11_000))
    between = [(75, 15_000), (285, 15_000), *((300 + 15 * n, 15_000 + 2_000 * n) for n in range(5)), (375, 23_000)]
    report = of([FIRST, second], *between)
    [lost] = report.lost
    assert (lost.begin, lost.end, lost.energy_wh) == (reading(300, 15_000), reading(360, 23_000), 8_000)
    sheet = write(report, tmp_path)
    assert found(sheet, "Energy that flowed without a session, times") == 1


def test_a_standby_is_no_lost_session() -> None:
    second = charging(8, session((600, 15_040), (660, 18_000), max_power_w=11_000))
    assert of([FIRST, second]).lost == []


def test_sessions_that_overlap_fail_the_check_of_their_register(tmp_path: Path) -> None:
    """The check could not fail while every step of the register was taken out of it."""
    inside = charging(8, session((15, 11_000), (45, 14_000), max_power_w=11_000))
    report = of([FIRST, inside])
    assert verdict_of_connector(report, tmp_path) == "CHECK"
    [jump] = report.connectors[0].jumps
    assert (jump.before, jump.after, jump.is_explained) == (reading(60, 15_000), reading(15, 11_000), False)


def test_a_register_that_begins_again_at_zero_is_listed_and_passes(tmp_path: Path) -> None:
    report = of([FIRST, charging(8, session((120, 0), (180, 3_000), max_power_w=11_000))])
    assert verdict_of_connector(report, tmp_path) == "OK"
    [jump] = report.connectors[0].jumps
    assert jump.is_explained


def test_a_main_meter_that_agrees_passes_and_one_that_does_not_fails(tmp_path: Path) -> None:
    agreeing = of([FIRST], main=[reading(-30, 500_000), reading(120, 505_050)])
    assert agreeing.main_meters[0].agrees
    assert agreeing.main_meters[0].connectors_wh == 5_000
    lost = of([FIRST], main=[reading(-30, 500_000), reading(120, 512_000)])
    assert not lost.main_meters[0].agrees
    back = of([FIRST], main=[reading(-30, 500_000), reading(120, 3)])
    assert not back.main_meters[0].agrees
    sheet = write(lost, tmp_path)
    assert found(sheet, "Main meters that do not agree with their connectors") == 1


def test_one_reading_of_a_main_meter_checks_nothing() -> None:
    assert of([FIRST], main=[reading(0, 500_000)]).main_meters == []


def test_readings_between_are_frozen_to_the_wh() -> None:
    readings = [reading(70, 15_000), reading(85, 15_004)]
    assert thaw_between(freeze(SPOT, [FIRST], readings)) == readings
    assert thaw_between(freeze(SPOT, [FIRST])) is None


many = st.lists(st.tuples(st.integers(-300, 900), st.integers(0, 40_000)), max_size=30)


@given(many, st.booleans())
def test_every_wh_of_the_register_is_somebodys_whatever_was_read_between(
    between: list[tuple[int, int]], has_second: bool
) -> None:
    second = charging(8, session((240, 16_000), (300, 18_300), max_power_w=11_000))
    report = of([FIRST, second] if has_second else [FIRST], *between)
    month = report.connectors[0]
    assert month.first is not None
    assert month.last is not None
    assert month.session_wh + month.house_wh == month.last.register_wh - month.first.register_wh + month.jumps_wh
    assert month.house_wh == sum(report.house_wh)
    assert all(wh >= 0 for wh in report.house_wh)


@given(many)
def test_thinning_twice_keeps_what_thinning_once_has_kept(between: list[tuple[int, int]]) -> None:
    once = first_and_last(reading(*each) for each in between)
    assert first_and_last(once) == once


def test_a_held_session_between_readings_is_trusted_by_none() -> None:
    held = replace(charging(8, session((120, 15_000), (180, 3), max_power_w=11_000)))
    report = of([FIRST, held], (90, 15_000), (150, 99_000), (200, 15_100), (215, 15_150), (230, 15_150))
    assert sum(report.house_wh) == 50
