"""A time that is shared: what waits inside an operation never waits longer than whoever asked for it."""

import time


class Deadline:
    """So many seconds from now on, for everything that happens until then."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, none below 0."""
        return max(0.0, self._at - time.monotonic())

    def within(self, seconds: float) -> float:
        """Return so many seconds, or what is left of all where that is less."""
        return min(seconds, self.left)
