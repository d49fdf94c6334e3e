"""The time by which old things go: it follows a clock that is kept right, and no leap."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from onetime.services.aging import LONGEST_REST, STANDS_AFTER, SteadyTime

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Machine:
    """A machine with its two clocks."""

    def __init__(self) -> None:
        self.steady = SteadyTime()
        self.now, self.ticks_s = NOW, 1_000.0
        self.steady.look(self.now, self.ticks_s)

    def go(self, passed: timedelta, leap: timedelta = timedelta()) -> datetime | None:
        """Let time pass, and the clock leap."""
        self.now += passed + leap
        self.ticks_s += passed.total_seconds()
        return self.steady.look(self.now, self.ticks_s)

    def restart(self, away: timedelta) -> datetime | None:
        """Stop and start again; the monotonic clock begins anew."""
        self.steady = SteadyTime(self.steady.seen, self.steady.reached, self.steady.leapt_at)
        self.now, self.ticks_s = self.now + away, 5.0
        return self.steady.look(self.now, self.ticks_s)


def test_a_clock_that_is_kept_right_is_followed() -> None:
    machine = Machine()
    for _ in range(100):
        assert machine.go(HOUR, timedelta(seconds=2)) == machine.now


def test_a_clock_a_hundred_days_ahead_makes_nothing_older() -> None:
    machine = Machine()
    assert machine.go(HOUR, 100 * DAY) == NOW + HOUR
    assert machine.go(HOUR) == NOW + 2 * HOUR
    assert machine.restart(timedelta(minutes=1)) == NOW + 2 * HOUR


def test_nor_does_one_that_leapt_while_the_house_was_away() -> None:
    assert Machine().restart(100 * DAY) == NOW


def test_a_weekend_without_power_is_no_leap() -> None:
    machine = Machine()
    assert machine.restart(2 * DAY) == machine.now


def test_a_leap_that_is_taken_back_is_forgotten() -> None:
    machine = Machine()
    machine.go(HOUR, 100 * DAY)
    assert machine.go(HOUR, -100 * DAY) == NOW + 2 * HOUR
    assert machine.go(HOUR) == machine.now
    assert machine.steady.leapt_at is None


def test_a_time_that_stands_for_a_month_is_believed() -> None:
    machine = Machine()
    machine.restart(100 * DAY)
    for _ in range(STANDS_AFTER // HOUR):
        machine.go(HOUR)
    assert machine.go(HOUR) == machine.now


def test_a_clock_set_back_makes_nothing_older_than_it_says() -> None:
    machine = Machine()
    assert machine.go(HOUR, -10 * DAY) == machine.now


def test_a_machine_that_starts_in_1970_waits_for_its_time() -> None:
    machine = Machine()
    machine.restart(timedelta())
    assert machine.steady.look(datetime(1970, 1, 1, tzinfo=UTC), 6.0) is None
    assert machine.steady.look(NOW + HOUR, 7.0) == NOW + HOUR
    assert machine.steady.look(NOW + 101 * DAY, 8.0) == NOW + HOUR + timedelta(seconds=1)


@given(st.lists(st.tuples(st.integers(1, 7_200), st.integers(-200, 200)), max_size=60))
def test_without_a_month_of_standing_time_passes_no_faster_than_it_does(steps: list[tuple[int, int]]) -> None:
    machine = Machine()
    passed = timedelta()
    for seconds, days in steps:
        passed += timedelta(seconds=seconds)
        reached = machine.go(timedelta(seconds=seconds), days * DAY)
        if reached is not None:
            assert reached <= machine.now
            assert reached <= NOW + passed + len(steps) * LONGEST_REST
