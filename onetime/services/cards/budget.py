"""What cards nobody knows may cost: how many one charger may bring in, and how fast it may try others.

Each card never seen before is a row, and a broken reader makes up thousands. Whoever poses as a charger can hold one
number after the other to it, until one charges on somebody else's bill.
"""

import time
from collections import OrderedDict

from onetime.budgets import GUESS_COSTS_S, GUESSES_AT_ONCE, GUESSES_PER_S
from onetime.ports.pace import Pace

AT_ONCE = 1_000.0  # several times the cards of the largest garage
PER_S = 1 / 60.0
TAG_CHARACTERS = 40  # of a number that is told from others; OCPP 1.6 allows 20


class NewCardBudget:
    """A token bucket for each charger."""

    def __init__(self) -> None:
        self._left: dict[int, tuple[float, float]] = {}

    def has_room(self, charger_id: int) -> bool:
        """Say whether a card this charger brings in for the first time is to be stored."""
        return self._now_left(charger_id) >= 1.0

    def spend(self, charger_id: int) -> None:
        """Note that one was."""
        self._left[charger_id] = (self._now_left(charger_id) - 1.0, time.monotonic())

    def _now_left(self, charger_id: int) -> float:
        left, at = self._left.get(charger_id, (AT_ONCE, 0.0))
        return min(AT_ONCE, left + (time.monotonic() - at) * PER_S)


class GuessLimiter:
    """Counts the different cards that are refused at each charger. The same card again is no guess."""

    def __init__(self) -> None:
        self._chargers: dict[int, tuple[Pace, OrderedDict[str, None]]] = {}

    def refused(self, charger_id: int, id_tag: str) -> float:
        """Note that a card was refused; return the seconds to wait with that answer."""
        pace, tried = self._chargers.setdefault(charger_id, (Pace(GUESSES_AT_ONCE, GUESSES_PER_S), OrderedDict()))
        tag = id_tag[:TAG_CHARACTERS]
        if tag in tried:
            tried.move_to_end(tag)
            return 0.0
        tried[tag] = None
        while len(tried) > GUESSES_AT_ONCE:
            tried.popitem(last=False)
        return 0.0 if pace.allows(time.monotonic()) else GUESS_COSTS_S
