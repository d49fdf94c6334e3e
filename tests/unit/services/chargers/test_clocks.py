"""Which time stamps are believed, and what the others mean."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.services.chargers import own_clock
from onetime.services.chargers.own_clock import CLOCK_ALIGNED, ChargerClock, Sent

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


ZURICH = ZoneInfo("Europe/Zurich")
AUTUMN = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # half an hour before summer time ends


def local_stamp(instant: datetime) -> datetime:
    """What a clock on the wall shows, written as if it were UTC."""
    return instant.astimezone(ZURICH).replace(tzinfo=UTC)


def local_clock(now: datetime) -> ChargerClock:
    clock = ChargerClock(zone=ZURICH)
    assert clock.observe(local_stamp(now), now)
    return clock


@pytest.fixture
def always_plausible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_clock, "is_plausible", lambda _now: True)


@pytest.mark.usefixtures("always_plausible")
def test_a_clock_on_local_time_stays_right_when_summer_time_ends() -> None:
    clock = local_clock(AUTUMN - HOUR)
    after = None
    for quarter in range(16):
        now = AUTUMN + quarter * 15 * MINUTE
        after = clock.corrected(local_stamp(now), now, after=after)
        assert after == now


def test_a_session_of_october_handed_in_by_local_time_in_november_lies_in_its_month() -> None:
    clock, after = local_clock(NOW), None
    begun = datetime(2026, 9, 30, 21, 30, tzinfo=UTC)  # 23:30 in Zurich, by summer time
    for moment in [begun, *(AUTUMN + n * 15 * MINUTE for n in range(8))]:
        after = clock.corrected(local_stamp(moment), NOW, after=after)
        assert after == moment


def test_a_fixed_offset_is_no_local_time() -> None:
    clock = ChargerClock(zone=ZURICH)
    clock.observe(NOW + 2 * HOUR, NOW)
    assert not clock.is_local


@pytest.mark.usefixtures("always_plausible")
def test_local_time_is_recalled_after_a_restart_whatever_the_season() -> None:
    for now, ahead in ((NOW, 3_600), (NOW, 7_200), (NOW + timedelta(days=200), 3_600)):
        clock = ChargerClock(ahead, zone=ZURICH)
        clock.recall(now)
        assert clock.is_local


def test_a_clock_is_relearnt_when_it_jumps_back() -> None:
    """Clock-aligned readings and a stop are all that follows (f26)."""
    clock = ChargerClock(zone=ZURICH)
    clock.observe(NOW + 2 * HOUR, NOW)
    for number in range(4):
        now = NOW + number * 65 * SECOND
        clock.observe(now + HOUR, now, Sent.PERHAPS_LATER)
    assert clock.offset_s == 3_600


def test_an_answer_to_what_was_just_asked_tells_that_a_clock_is_behind() -> None:
    clock = ChargerClock()
    assert clock.observe(NOW - 3 * HOUR, NOW, Sent.IN_ANSWER)
    assert clock.offset_s == -3 * 3_600


def test_the_two_ends_of_one_session_tell_that_a_clock_is_behind() -> None:
    clock = ChargerClock()
    for now in (NOW, NOW + HOUR):
        clock.observe(now - 5 * HOUR, now, Sent.PERHAPS_LATER)
    assert clock.offset_s == -5 * 3_600
    assert clock.is_confirmed


def test_two_outages_of_one_length_do_not_look_like_a_clock_that_is_behind() -> None:
    clock = ChargerClock()
    for day in range(5):
        now = NOW + day * timedelta(days=1)
        clock.observe(now - HOUR, now, Sent.PERHAPS_LATER)
        clock.observe(now, now)
    assert clock.offset_s == 0


@pytest.mark.parametrize("interval", [15 * MINUTE, 30 * MINUTE, HOUR])
def test_clock_aligned_readings_of_an_intervals_start_say_nothing_of_the_clock(interval: timedelta) -> None:
    clock = ChargerClock()
    assert not clock.says_when_sent(NOW - interval, NOW + 2 * SECOND, CLOCK_ALIGNED)
    clock.observe_aligned(NOW, NOW)
    assert clock.says_when_sent(NOW - interval, NOW + 2 * SECOND, CLOCK_ALIGNED)


def test_a_clock_without_a_battery_is_forgotten_at_a_boot() -> None:
    clock = ChargerClock()
    clock.observe(datetime(1970, 1, 11, tzinfo=UTC), NOW)
    clock.began_anew()
    assert clock.corrected(datetime(1970, 1, 1, 0, 5, tzinfo=UTC), NOW) == NOW


@given(
    st.lists(st.tuples(st.integers(0, 40 * 86_400), st.integers(0, 6 * 3_600)), min_size=1, max_size=40),
    st.booleans(),
)
def test_whatever_a_right_clock_hands_in_late_is_left_as_it_is(queue: list[tuple[int, int]], speaks: bool) -> None:
    """A charger stamps rightly and hands in its queue at once, however long it was away."""
    clock, now = ChargerClock(zone=ZURICH), NOW
    for waited, pause in sorted(queue, reverse=True):
        stamp = now - waited * SECOND
        assert clock.corrected(stamp, now) == stamp
        clock.observe(stamp, now, Sent.PERHAPS_LATER)
        now += SECOND
        if speaks:
            clock.observe(now, now)
            now += pause * SECOND


def test_messages_told_again_a_minute_later_do_not_move_a_clock_that_is_known() -> None:
    clock = ChargerClock()
    observe_steadily(clock, 3 * HOUR)
    for number in range(5, 200):
        now = NOW + number * MINUTE
        clock.observe(now - 3 * HOUR, now, Sent.PERHAPS_LATER)
        if number % 7 == 0:
            clock.observe(now - 3 * HOUR - MINUTE, now, Sent.PERHAPS_LATER)
    assert clock.offset_s == -3 * 3_600
