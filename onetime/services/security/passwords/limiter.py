"""How often a wrong password may be tried, per charger and per address.

Only failures count. A charger that comes from where it last logged in is never held up by what others try under its
name, so that nobody can lock it out.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

PER_CHARGER, CHARGER_REFILL_S = 10, 30.0  # failures at once, and the seconds after which one more is allowed
PER_ADDRESS, ADDRESS_REFILL_S = 60, 2.0  # higher: behind a proxy, a whole garage has one address
REMEMBERED = 1_000  # chargers and addresses each; beyond that the one not heard of for longest is forgotten


class _Buckets:
    """Token buckets by name, kept as the time at which each one's failures are forgiven."""

    def __init__(self, burst: int, refill_s: float) -> None:
        self._burst_s = burst * refill_s
        self._refill_s = refill_s
        self._forgiven_at: OrderedDict[str, float] = OrderedDict()

    def wait(self, name: str, now: float) -> float:
        """Return the seconds until ``name`` may fail again; 0 when it may now."""
        return max(0.0, self._forgiven_at.get(name, now) + self._refill_s - now - self._burst_s)

    def count(self, name: str, now: float) -> None:
        self._forgiven_at[name] = max(self._forgiven_at.get(name, now), now) + self._refill_s
        self._forgiven_at.move_to_end(name)
        while len(self._forgiven_at) > REMEMBERED:
            self._forgiven_at.popitem(last=False)


class LoginLimiter:
    """Counts failed logins. Names are compared as they come: give identities in lower case."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._chargers = _Buckets(PER_CHARGER, CHARGER_REFILL_S)
        self._addresses = _Buckets(PER_ADDRESS, ADDRESS_REFILL_S)
        self._home: OrderedDict[str, str] = OrderedDict()

    def wait(self, charger: str, address: str) -> float:
        """Return the seconds this charger has to wait at this address before it may try again; 0 for none."""
        if self._home.get(charger) == address:
            return 0.0
        now = self._clock()
        return max(self._chargers.wait(charger, now), self._addresses.wait(address, now))

    def failed(self, charger: str, address: str) -> None:
        """Count a wrong or missing password. Failing at home ends the trust in that address."""
        if self._home.get(charger) == address:
            del self._home[charger]
        now = self._clock()
        self._chargers.count(charger, now)
        self._addresses.count(address, now)

    def succeeded(self, charger: str, address: str) -> None:
        """Remember where the charger is at home."""
        self._home[charger] = address
        self._home.move_to_end(charger)
        while len(self._home) > REMEMBERED:
            self._home.popitem(last=False)
