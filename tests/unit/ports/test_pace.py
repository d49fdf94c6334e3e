"""How fast somebody may go on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.ports.pace import Pace, Paces

STEPS = st.lists(st.floats(0.0, 10.0), max_size=200)


@given(STEPS, st.integers(1, 20), st.floats(0.1, 10.0))
def test_no_more_is_allowed_than_at_once_and_in_the_time(steps: list[float], at_once: int, per_s: float) -> None:
    pace, now, allowed = Pace(at_once, per_s), 100.0, 0
    for step in steps:
        now += step
        allowed += pace.allows(now)
    assert allowed <= at_once + sum(steps) * per_s + 0.001


@given(st.integers(1, 50), st.floats(0.1, 10.0))
def test_so_many_are_allowed_at_once(at_once: int, per_s: float) -> None:
    pace = Pace(at_once, per_s)
    assert [pace.allows(100.0) for _number in range(at_once + 1)] == [True] * at_once + [False]


def test_whoever_waits_as_long_as_told_is_within_the_pace() -> None:
    pace, now = Pace(3, 2.0), 100.0
    waits = []
    for _number in range(10):
        waits.append(wait := pace.wait(now))
        now += wait
    assert waits[:3] == [0.0, 0.0, 0.0]
    assert now - 100.0 == pytest.approx(7 / 2.0, abs=0.001)


def test_a_refund_makes_room_for_one_more() -> None:
    pace = Pace(2, 0.1)
    assert [pace.allows(1.0) for _number in range(3)] == [True, True, False]
    pace.refund()
    assert [pace.allows(1.0) for _number in range(2)] == [True, False]


def test_names_are_remembered_up_to_a_limit() -> None:
    paces = Paces(1, 0.1, remembered=10)
    assert all(paces.allows(f"name {number}", 1.0) for number in range(1_000))
    assert len(paces) == 10
    assert not paces.allows("name 999", 1.0)
