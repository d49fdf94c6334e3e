"""Who has a place at a port, and who has to go for whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.budgets import (
    ALL_STRANGERS_EVENTS_AT_ONCE,
    ALL_STRANGERS_EVENTS_PER_S,
    ARRIVALS_AT_ONCE,
    KEPT_FILES,
    NEWCOMERS,
    PAGES,
)
from onetime.ports.doorman import Doorman, Place, for_chargers, for_pages, party_of, shares_of


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def enter(doorman: Doorman, address: str, dropped: list[str] | None = None, name: str = "") -> Place:
    place = doorman.enter(address, lambda: (dropped if dropped is not None else []).append(name or address))
    assert place is not None
    return place


@given(st.integers(64, 1_000_000))
def test_the_shares_are_below_the_limit_and_most_is_for_chargers_that_are_known(limit: int) -> None:
    shares = shares_of(limit)
    assert min(shares.newcomers, shares.chargers, shares.pages) >= 8
    if limit >= 1_024:
        assert shares.newcomers + shares.chargers + shares.pages <= limit - KEPT_FILES
        assert shares.chargers >= 256
    if limit >= 16_384:
        assert (shares.newcomers, shares.pages) == (NEWCOMERS, PAGES)
        assert shares.chargers > 5_000


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["enter", "know", "leave"])), max_size=200))
def test_places_never_exceed_their_limits(steps: list[tuple[int, str]]) -> None:
    doorman = Doorman(6, 4, 3)
    places: list[Place] = []
    for party, what in steps:
        if what == "enter":
            places.append(enter(doorman, f"10.0.0.{party}"))
        elif places:
            place = places[party % len(places)]
            place.know() if what == "know" else place.leave()
        counted = [len(each) for each in doorman._waiting.values()]
        assert doorman.strangers == sum(counted) <= 6
        assert max(counted, default=0) <= 3
        assert doorman.known <= 4
    for place in places:
        place.leave()
    assert (doorman.strangers, doorman.known, doorman._waiting) == (0, 0, {})


def test_the_oldest_of_an_address_goes_for_its_newest() -> None:
    dropped: list[str] = []
    doorman = Doorman(100, 100, 2)
    for name in ("first", "second", "third"):
        enter(doorman, "10.0.0.1", dropped, name)
    assert dropped == ["first"]


def test_the_address_with_the_most_gives_way_to_others() -> None:
    dropped: list[str] = []
    doorman = Doorman(5, 5, 4)
    for number in range(4):
        enter(doorman, "10.0.0.66", dropped, f"bad {number}")
    for number in range(3):
        enter(doorman, f"10.0.0.{number}", dropped, f"good {number}")
    assert dropped == ["bad 0", "bad 1"]


def test_whoever_is_known_is_never_dropped() -> None:
    dropped: list[str] = []
    doorman = Doorman(2, 5, 2)
    for number in range(5):
        enter(doorman, "10.0.0.1", dropped, f"known {number}").know()
    for number in range(50):
        enter(doorman, "10.0.0.1", dropped, f"stranger {number}")
    assert not [name for name in dropped if name.startswith("known")]
    assert (doorman.known, doorman.strangers) == (5, 2)


def test_one_more_than_can_be_known_stays_a_stranger() -> None:
    doorman = Doorman(2, 1, 2)
    first, second = enter(doorman, "10.0.0.1"), enter(doorman, "10.0.0.2")
    first.know()
    second.know()
    assert (first.is_known, second.is_known, doorman.strangers) == (True, False, 1)
    first.leave()
    second.know()
    assert second.is_known
    second.forget()
    assert (second.is_known, doorman.strangers, doorman.known) == (False, 1, 0)


def test_a_flood_of_connections_is_refused_and_a_garage_that_comes_back_is_not() -> None:
    clock = Clock()
    doorman = Doorman(1_000, 10_000, 1_000, clock)
    for _number in range(5 * ARRIVALS_AT_ONCE):
        enter(doorman, "10.0.0.7").know()
    assert doorman.refused == 0
    places = [doorman.enter("10.0.0.66", lambda: None) for _number in range(2 * ARRIVALS_AT_ONCE)]
    assert doorman.refused == ARRIVALS_AT_ONCE == places.count(None)
    assert doorman.enter("10.0.0.8", lambda: None) is not None
    clock.now += 1.0
    assert doorman.enter("10.0.0.66", lambda: None) is not None


@pytest.mark.parametrize("address", ["", "not an address", "x" * 10_000, "fe80::1%eth0"])
def test_every_address_has_a_party_of_limited_size(address: str) -> None:
    assert len(party_of(address)) <= 64


def test_each_port_has_its_share() -> None:
    shares = shares_of(16_384)
    assert for_chargers(shares)._known_limit == shares.chargers
    assert for_pages(shares)._strangers + for_pages(shares)._known_limit == shares.pages


def test_strangers_of_many_addresses_wait_for_each_other_and_nobody_who_is_known() -> None:
    doorman = Doorman(strangers=500, known=10, per_address=500, clock=lambda: 100.0)
    places = [doorman.enter(f"10.0.{number // 200}.{number % 200}", lambda: None) for number in range(400)]
    waits = [place.event_wait() for place in places if place is not None]
    assert waits[:ALL_STRANGERS_EVENTS_AT_ONCE] == [0.0] * ALL_STRANGERS_EVENTS_AT_ONCE
    assert waits[-1] == pytest.approx((400 - ALL_STRANGERS_EVENTS_AT_ONCE) / ALL_STRANGERS_EVENTS_PER_S, abs=0.1)
    assert places[0] is not None
    places[0].know()
    assert places[0].event_wait() == 0.0
