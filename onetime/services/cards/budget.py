"""How many cards never seen before one charger may bring in: each is a row, and a broken reader makes up thousands."""

import time

AT_ONCE = 1_000.0  # several times the cards of the largest garage
PER_S = 1 / 60.0


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
