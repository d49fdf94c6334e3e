"""How fast somebody may go on: a token bucket, kept as the time at which they have paid for what they did."""

import time
from collections import OrderedDict

_ROUNDING_S = 1e-6


class Pace:
    """Lets ``at_once`` things happen in a moment, and ``per_s`` in the long run."""

    __slots__ = ("_burst_s", "_cost_s", "_paid_until")

    def __init__(self, at_once: float, per_s: float) -> None:
        self._cost_s = 1.0 / per_s
        self._burst_s = (at_once - 1.0) / per_s + _ROUNDING_S
        self._paid_until = 0.0

    def wait(self, now: float, weight: float = 1.0) -> float:
        """Count a thing at ``now`` (monotonic, s); return the seconds until it would have been within the pace."""
        wait = max(0.0, self._paid_until - now - self._burst_s)
        self._paid_until = max(self._paid_until, now) + self._cost_s * weight
        return wait

    def allows(self, now: float, weight: float = 1.0) -> bool:
        """Count a thing if it is within the pace, and say whether it is."""
        if self._paid_until - now > self._burst_s:
            return False
        self._paid_until = max(self._paid_until, now) + self._cost_s * weight
        return True

    def refund(self) -> None:
        """Take back what was counted last."""
        self._paid_until -= self._cost_s


class Paces:
    """A pace for each of many names; of those that are not needed any more, the oldest is forgotten first."""

    def __init__(self, at_once: float, per_s: float, remembered: int = 1_000) -> None:
        self._at_once, self._per_s, self._remembered = at_once, per_s, remembered
        self._paces: OrderedDict[str, Pace] = OrderedDict()

    def allows(self, name: str, now: float | None = None) -> bool:
        """Count a thing of this name if it is within its pace, and say whether it is."""
        now = time.monotonic() if now is None else now
        return self._pace(name).allows(now)

    def wait(self, name: str, now: float) -> float:
        """Count a thing of this name; return the seconds until it would have been within its pace."""
        return self._pace(name).wait(now)

    def refund(self, name: str) -> None:
        """Take back what was counted last of this name."""
        if name in self._paces:
            self._paces[name].refund()

    def _pace(self, name: str) -> Pace:
        pace = self._paces.get(name)
        if pace is None:
            pace = self._paces[name] = Pace(self._at_once, self._per_s)
        self._paces.move_to_end(name)
        while len(self._paces) > self._remembered:
            self._paces.popitem(last=False)
        return pace

    def __len__(self) -> int:
        return len(self._paces)
