"""Guesses of passwords are counted where they come from, and nobody else pays for them."""

import asyncio

import pytest

from onetime.services.people.guesses import (
    ADDRESS_GUESSES,
    KEPT,
    PAIR_GUESSES,
    STRANGERS_WAITING,
    WINDOW_S,
    Guesses,
    Place,
    TooManyGuessesError,
)

STRANGER, OWNER, DEVICE = Place("10.0.0.66"), Place("10.0.0.2"), Place("10.0.0.66", "the owner's browser")


class Watch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def guess(guesses: Guesses, name: str, place: Place, times: int = 1) -> None:
    for _time in range(times):
        async with guesses.guess(name, place):
            pass


async def test_a_stranger_waits_and_the_owner_does_not() -> None:
    guesses = Guesses()
    await guess(guesses, "anna", STRANGER, PAIR_GUESSES)
    with pytest.raises(TooManyGuessesError, match="minute"):
        await guess(guesses, "anna", STRANGER)
    await guess(guesses, "anna", OWNER)
    await guess(guesses, "anna", DEVICE)  # behind the stranger's own address


async def test_an_address_that_tries_many_names_waits() -> None:
    guesses = Guesses()
    for number in range(ADDRESS_GUESSES):
        await guess(guesses, f"name {number}", STRANGER)
    with pytest.raises(TooManyGuessesError):
        await guess(guesses, "another name", STRANGER)
    await guess(guesses, "another name", OWNER)


async def test_after_a_minute_it_may_guess_again() -> None:
    watch = Watch()
    guesses = Guesses(watch)
    await guess(guesses, "anna", STRANGER, PAIR_GUESSES)
    watch.now = WINDOW_S
    await guess(guesses, "anna", STRANGER)


async def test_a_right_guess_is_not_counted() -> None:
    guesses = Guesses()
    for _time in range(ADDRESS_GUESSES + 1):
        await guess(guesses, "anna", OWNER)
        guesses.right("anna", OWNER)


async def test_a_refused_guess_does_not_prolong_the_wait() -> None:
    watch = Watch()
    guesses = Guesses(watch)
    await guess(guesses, "anna", STRANGER, PAIR_GUESSES)
    watch.now = WINDOW_S - 1
    with pytest.raises(TooManyGuessesError):
        await guess(guesses, "anna", STRANGER)
    watch.now = WINDOW_S
    await guess(guesses, "anna", STRANGER)


async def test_few_strangers_wait_for_a_hash_and_the_owner_is_not_turned_away() -> None:
    guesses = Guesses()
    computing = asyncio.Event()

    async def slow(place: Place) -> None:
        async with guesses.guess("anna", place):
            await computing.wait()

    waiting = [asyncio.create_task(slow(Place(f"10.0.1.{number}"))) for number in range(STRANGERS_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyGuessesError, match="seconds"):
        await guess(guesses, "anna", Place("10.0.2.1"))
    owner = asyncio.create_task(slow(DEVICE))
    await asyncio.sleep(0)
    assert not owner.done()
    computing.set()
    await asyncio.gather(owner, *waiting)
    await guess(guesses, "anna", Place("10.0.2.2"))


async def test_memory_is_bounded() -> None:
    guesses = Guesses()
    for number in range(KEPT):
        await guess(guesses, "anna", Place(f"2001:db8:{number:x}::1"))
    assert len(guesses._recent) <= KEPT
