"""Habits: the same seed makes the same house, and nobody is in two places."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onetime.simulator.garage.drivers import HABITS, HOUSE_TIME, Driver, Spot, Visit, make_drivers, visits_at

SPOTS = [Spot(index, 1) for index in range(12)]
CARDS = [f"CARD{number}" for number in range(12)]
FIRST = date(2026, 9, 1)


def visits_of(drivers: list[Driver], days: int) -> list[Visit]:
    return [v for driver in drivers for day in range(days) for v in driver.visits(FIRST + timedelta(days=day))]


def test_the_same_seed_makes_the_same_visits() -> None:
    one, other = make_drivers(SPOTS, CARDS, 7), make_drivers(SPOTS, CARDS, 7)
    assert visits_of(one, 30) == visits_of(other, 30)


def test_another_seed_makes_other_visits() -> None:
    assert visits_of(make_drivers(SPOTS, CARDS, 1), 30) != visits_of(make_drivers(SPOTS, CARDS, 2), 30)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), cards=st.integers(1, 12))
def test_no_spot_and_no_card_is_used_twice_at_the_same_time(seed: int, cards: int) -> None:
    visits = visits_of(make_drivers(SPOTS, CARDS[:cards], seed), 20)
    for key in ("spot", "card"):
        groups: dict[object, list[Visit]] = {}
        for visit in visits:
            groups.setdefault(getattr(visit, key), []).append(visit)
        for group in groups.values():
            ordered = sorted(group, key=lambda visit: visit.arrives)
            assert all(before.leaves < after.arrives for before, after in pairwise(ordered))


def test_two_cards_wander_over_all_spots() -> None:
    visits = visits_of(make_drivers(SPOTS, CARDS[:2], 1), 60)
    assert {visit.card for visit in visits} == set(CARDS[:2])
    assert {visit.spot for visit in visits} == set(SPOTS)


def test_most_cars_come_home_in_the_evening_and_stay_overnight() -> None:
    commuters = [d for d in make_drivers(SPOTS, CARDS, 1) if d.stays == HABITS["commuter"]]
    visits = visits_of(commuters, 60)
    assert all(17 <= visit.arrives.astimezone(HOUSE_TIME).hour <= 20 for visit in visits)
    assert all(visit.leaves.date() > visit.arrives.date() for visit in visits)
    weekend = [visit for visit in visits if visit.arrives.weekday() >= 5]
    assert 0 < len(weekend) < len(visits) / 4


def test_a_plan_taken_up_later_is_the_same_plan() -> None:
    drivers = make_drivers(SPOTS, CARDS, 3)
    start, later = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 9, 20, 21, tzinfo=UTC)
    end = later + timedelta(days=10)
    whole = list(takewhile(lambda visit: visit.arrives < end, visits_at(SPOTS[0], drivers, start)))
    rest = list(takewhile(lambda visit: visit.arrives < end, visits_at(SPOTS[0], drivers, later)))
    assert rest == [visit for visit in whole if visit.leaves > later]


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_at_every_hour_of_an_average_day_somebody_is_there(hour: int) -> None:
    visits = visits_of(make_drivers(SPOTS, CARDS, 1), 28)
    moments = [datetime(2026, 9, day, hour, tzinfo=UTC) for day in range(3, 28)]
    present = [sum(visit.arrives <= at < visit.leaves for visit in visits) for at in moments]
    assert sum(present) / len(present) >= 2
