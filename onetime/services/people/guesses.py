"""Who may guess a password once more: counted before the hash is computed, and without locking the owner out.

A guess is counted for the name together with the address it comes from, and for the address alone. Nobody can keep an
owner out by guessing their name from elsewhere. A browser that has logged in under a name before is counted by
itself (OWASP, "Device cookies"): behind a proxy or a router all people share one address. A hash takes 19 MiB and a
good part of a second on a small computer, so few are computed at a time, and few strangers wait for it.

Sources: OWASP ASVS 5.0, 6.1.1 and 6.3.1.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from onetime.ports.doorman import party_of
from onetime.texts import _

PAIR_GUESSES = 5  # for a name from one place, in one window
ADDRESS_GUESSES = 30  # for all names from one address, in one window
WINDOW_S = 60.0
KEPT = 4_096  # places that are remembered; the one longest without a guess gives way
HASHES_AT_ONCE = 2
STRANGERS_WAITING = 20


class TooManyGuessesError(Exception):
    """Nobody computes a hash for this guess; the text says when to try again."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a guess comes from. ``device`` is the browser's, when it has logged in under the name before."""

    address: str = ""
    device: str | None = None


class Guesses:
    """Counts guesses of passwords within a minute."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._recent: OrderedDict[tuple[str, ...], list[float]] = OrderedDict()
        self._hashing = asyncio.Semaphore(HASHES_AT_ONCE)
        self._strangers = 0

    @asynccontextmanager
    async def guess(self, name: str, place: Place) -> AsyncIterator[None]:
        """Count one guess and wait for the turn to compute its hash. Raises ``TooManyGuessesError``."""
        self._count(name, place)
        if place.device is None:
            if self._strangers >= STRANGERS_WAITING:
                raise TooManyGuessesError(_("Very many people are logging in. Try again in a few seconds."))
            self._strangers += 1
        try:
            async with self._hashing:
                yield
        finally:
            if place.device is None:
                self._strangers -= 1

    def right(self, name: str, place: Place) -> None:
        """Take back what was counted for a guess that was right."""
        for key, _limit in _keys(name, place):
            recent = self._recent.get(key)
            if recent:
                recent.pop()

    def _count(self, name: str, place: Place) -> None:
        now = self._now()
        counted = [(self._fresh(key, now), limit) for key, limit in _keys(name, place)]
        if any(len(recent) >= limit for recent, limit in counted):
            raise TooManyGuessesError(_("Too many wrong passwords. Wait a minute and try again."))
        for recent, _limit in counted:
            recent.append(now)

    def _fresh(self, key: tuple[str, ...], now: float) -> list[float]:
        recent = self._recent.setdefault(key, [])
        recent[:] = [at for at in recent if now - at < WINDOW_S]
        self._recent.move_to_end(key)
        while len(self._recent) > KEPT:
            self._recent.popitem(last=False)
        return recent


def _keys(name: str, place: Place) -> list[tuple[tuple[str, ...], int]]:
    """Return under what a guess is counted, each with its limit."""
    if place.device is not None:
        return [((name, "device", place.device), PAIR_GUESSES)]
    party = party_of(place.address)
    return [((name, "address", party), PAIR_GUESSES), (("address", party), ADDRESS_GUESSES)]
