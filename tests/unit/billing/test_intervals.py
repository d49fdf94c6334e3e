"""Quarter-hours of single sessions, case by case."""

from datetime import UTC, datetime, timedelta

import pytest

from onetime.billing.intervals import Interval, Quality, connector_intervals
from onetime.billing.registers.readings import NeedsReviewError
from tests.unit.billing.factories import MORNING, session, session_intervals


def energies(intervals: list[Interval]) -> list[int]:
    return [interval.energy_wh for interval in intervals]


def qualities(intervals: list[Interval]) -> list[Quality]:
    return [interval.quality for interval in intervals]


def test_intervals_are_the_whole_quarter_hours_a_session_touches() -> None:
    intervals = session_intervals(session((10, 0), (20, 100)))

    assert [(interval.start, interval.end) for interval in intervals] == [
        (MORNING, MORNING + timedelta(minutes=15)),
        (MORNING + timedelta(minutes=15), MORNING + timedelta(minutes=30)),
    ]
    assert energies(intervals) == [50, 50]


def test_the_register_at_a_cut_is_rounded_down() -> None:
    assert energies(session_intervals(session((0, 0), (45, 100)))) == [33, 33, 34]


def test_a_session_that_ends_on_a_cut_does_not_touch_the_next_quarter_hour() -> None:
    assert energies(session_intervals(session((0, 0), (15, 100)))) == [100]


def test_a_reading_on_a_cut_is_taken_as_it_is() -> None:
    assert energies(session_intervals(session((0, 0), (30, 1000), [(15, 700)]))) == [700, 300]


def test_a_session_of_no_duration_has_all_its_energy_in_one_quarter_hour() -> None:
    assert energies(session_intervals(session((7, 100), (7, 130)))) == [30]


def test_a_session_of_no_duration_lies_on_one_side_of_a_border_only() -> None:
    moment, hour = session((7, 100), (7, 130)), timedelta(hours=1)
    border = moment.start.at

    assert session_intervals(moment, border - hour, border) == []
    assert energies(session_intervals(moment, border, border + hour)) == [30]


def test_readings_close_to_both_ends_make_an_interval_measured() -> None:
    intervals = session_intervals(session((0, 0), (30, 1000), [(14, 480), (16, 520)]))

    assert qualities(intervals) == [Quality.MEASURED, Quality.MEASURED]


def test_a_reading_more_than_a_minute_away_makes_an_interval_interpolated() -> None:
    intervals = session_intervals(session((0, 0), (30, 1000), [(13.9, 480), (16.1, 520)]))

    assert qualities(intervals) == [Quality.INTERPOLATED, Quality.INTERPOLATED]


def test_energy_out_of_a_gap_of_over_half_an_hour_is_estimated() -> None:
    intervals = session_intervals(session((0, 0), (60, 1000), [(15, 250), (46, 750)]))

    assert qualities(intervals) == [
        Quality.MEASURED,
        Quality.ESTIMATED,
        Quality.ESTIMATED,
        Quality.MEASURED,
    ]


def test_a_gap_of_half_an_hour_is_not_estimated_yet() -> None:
    intervals = session_intervals(session((0, 0), (45, 1000), [(15, 250)]))

    assert qualities(intervals) == [Quality.MEASURED, Quality.INTERPOLATED, Quality.INTERPOLATED]


def test_an_interval_without_energy_is_no_estimate_however_long_the_gap() -> None:
    intervals = session_intervals(session((0, 400), (90, 400)))

    assert qualities(intervals) == [Quality.INTERPOLATED] * 6


def test_an_open_session_is_provisional_up_to_its_last_good_sample() -> None:
    intervals = session_intervals(session((0, 0), None, [(10, 100), (20, 200)]))

    assert energies(intervals) == [150, 50]
    assert qualities(intervals) == [Quality.PROVISIONAL, Quality.PROVISIONAL]


def test_an_open_session_without_samples_has_no_energy_yet() -> None:
    assert energies(session_intervals(session((0, 500), None))) == [0]


def test_a_session_under_review_has_no_intervals() -> None:
    with pytest.raises(NeedsReviewError):
        session_intervals(session((0, 100), (10, 0)))


def test_a_session_is_cut_at_the_end_of_the_month() -> None:
    start = datetime(2026, 10, 31, 22, 50, tzinfo=UTC)
    border = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
    metered = session(((start - MORNING).total_seconds() / 60, 0), ((start - MORNING).total_seconds() / 60 + 20, 200))

    october = session_intervals(metered, border - timedelta(days=31), border)
    november = session_intervals(metered, border, border + timedelta(days=30))

    assert (energies(october), energies(november)) == ([100], [100])


def test_a_period_border_within_a_quarter_hour_cuts_it_too() -> None:
    metered = session((0, 0), (15, 150))
    border = MORNING + timedelta(minutes=5)

    before = session_intervals(metered, MORNING, border)
    after = session_intervals(metered, border, MORNING + timedelta(hours=1))

    assert (energies(before), energies(after)) == ([50], [100])
    assert before[0].start == after[0].start == MORNING


def test_a_session_outside_the_period_has_no_intervals_in_it() -> None:
    assert (
        session_intervals(session((0, 0), (10, 9)), MORNING + timedelta(minutes=10), MORNING + timedelta(hours=1)) == []
    )


def test_sessions_of_a_connector_add_up_by_quarter_hour() -> None:
    intervals = connector_intervals([session((10, 150), (20, 250)), session((0, 0), (5, 100))])

    assert [(interval.start - MORNING, interval.energy_wh) for interval in intervals] == [
        (timedelta(0), 150),
        (timedelta(minutes=15), 50),
    ]


def test_the_worst_quality_of_a_quarter_hour_wins() -> None:
    intervals = connector_intervals([session((0, 0), (5, 100)), session((6, 100), None, [(7, 120)])])

    assert qualities(intervals) == [Quality.PROVISIONAL]


def test_sessions_of_a_connector_can_be_cut_at_a_period() -> None:
    sessions = [session((0, 0), (15, 150)), session((20, 150), (30, 250))]

    intervals = connector_intervals(sessions, MORNING + timedelta(minutes=5), MORNING + timedelta(minutes=25))

    assert energies(intervals) == [100, 50]
