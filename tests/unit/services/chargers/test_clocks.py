"""Which time stamps are believed, and what the others mean."""

from datetime import UTC, datetime, timedelta

import pytest

from onetime.services.chargers.clocks import ChargerClock

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def observe_steadily(clock: ChargerClock, lag: timedelta) -> None:
    for number in range(4):
        received_at = NOW + number * MINUTE
        clock.observe(received_at - lag, received_at)


def test_an_honest_old_stamp_stays_as_it_is() -> None:
    assert ChargerClock().corrected(NOW - 50 * HOUR, NOW) == NOW - 50 * HOUR


@pytest.mark.parametrize("stamp", [datetime(1970, 1, 1, 0, 3, tzinfo=UTC), NOW + 6 * MINUTE, NOW + 900 * HOUR])
def test_a_stamp_that_cannot_be_right_becomes_the_time_of_its_arrival(stamp: datetime) -> None:
    assert ChargerClock().corrected(stamp, NOW) == NOW


def test_a_stamp_a_little_ahead_is_believed() -> None:
    assert ChargerClock().corrected(NOW + 4 * MINUTE, NOW) == NOW + 4 * MINUTE


def test_stamps_of_one_message_keep_their_distance() -> None:
    newest = datetime(1970, 1, 1, 2, tzinfo=UTC)
    assert ChargerClock().corrected(newest - HOUR, NOW, newest) == NOW - HOUR


def test_a_clock_on_local_time_is_measured_and_corrects_what_comes_late() -> None:
    clock = ChargerClock()
    assert clock.observe(NOW + 2 * HOUR, NOW)
    assert clock.offset_s == 7_200
    offline_session = NOW - HOUR  # it really was three hours ago
    assert clock.corrected(offline_session, NOW) == NOW - 3 * HOUR


def test_a_clock_that_is_behind_is_recognised_by_messages_that_are_equally_late() -> None:
    clock = ChargerClock()
    observe_steadily(clock, 40 * MINUTE)
    assert clock.offset_s == -2_400
    assert clock.corrected(NOW - 40 * MINUTE, NOW) == NOW


def test_a_replay_does_not_look_like_a_clock_that_is_behind() -> None:
    clock = ChargerClock()
    for number in range(200):
        clock.observe(NOW - 10 * HOUR + number * MINUTE, NOW + number * SECOND)
    assert clock.offset_s is None


def test_a_clock_that_stands_still_does_not_look_like_one_that_is_behind() -> None:
    clock = ChargerClock()
    for number in range(200):
        clock.observe(NOW - HOUR, NOW + number * SECOND)
    assert clock.offset_s is None


def test_a_clock_that_was_set_right_is_believed_at_once() -> None:
    clock = ChargerClock()
    clock.observe(NOW + 2 * HOUR, NOW)
    assert clock.corrected(NOW + HOUR, NOW + HOUR) == NOW + HOUR
    assert clock.observe(NOW + HOUR, NOW + HOUR)
    assert clock.offset_s == 0


def test_a_small_drift_is_shown_and_corrects_nothing() -> None:
    clock = ChargerClock()
    observe_steadily(clock, 90 * SECOND)
    assert clock.offset_s == -90
    assert clock.corrected(NOW - 90 * SECOND, NOW) == NOW - 90 * SECOND


def test_a_right_clock_costs_one_write() -> None:
    clock = ChargerClock()
    stores = [clock.observe(NOW + n * MINUTE - n % 5 * SECOND, NOW + n * MINUTE) for n in range(100)]
    assert stores.count(True) == 1


def test_nothing_is_corrected_or_measured_by_a_system_clock_that_is_wrong_itself() -> None:
    clock, now = ChargerClock(), datetime(1970, 1, 1, tzinfo=UTC)
    assert not clock.observe(NOW, now)
    assert clock.corrected(NOW, now) == NOW


def quarter_hours(clock: ChargerClock, lag: timedelta) -> None:
    for number in range(3):
        received_at = NOW + number * 15 * MINUTE + 2 * SECOND
        clock.observe_aligned(received_at - lag, received_at)


def test_stamps_of_the_intervals_start_are_recognised() -> None:
    clock = ChargerClock()
    quarter_hours(clock, 15 * MINUTE + 2 * SECOND)
    assert clock.stamps_interval_start


def test_stamps_of_the_sampling_moment_are_not_mistaken_for_it() -> None:
    clock = ChargerClock()
    quarter_hours(clock, 2 * SECOND)
    assert not clock.stamps_interval_start


def test_several_connectors_of_one_quarter_hour_prove_nothing() -> None:
    clock = ChargerClock()
    for number in range(10):
        received_at = NOW + number * SECOND
        clock.observe_aligned(NOW - 15 * MINUTE, received_at)
    assert not clock.stamps_interval_start


def test_a_changed_habit_is_noticed() -> None:
    clock = ChargerClock(stamps_interval_start=True)
    assert clock.observe_aligned(NOW, NOW + SECOND)
    assert not clock.stamps_interval_start
