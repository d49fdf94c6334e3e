"""How fast one charger may speak: a flood from one must not slow the others.

A token bucket, kept as the time at which the charger has paid for what it has sent. Whoever speaks too fast is read
more slowly; nothing is thrown away.
"""

FRAMES_PER_S = 1_000.0  # a charger that empties its queue after a day without network sends 100 to 200 a second
BURST_S = 2.0  # how much of that may come at once
FRAME_BYTES = 2_048  # what one frame stands for; a larger one counts as several, because it costs as much


class Throttle:
    """Says after each frame of one charger how long to wait before the next one is read."""

    __slots__ = ("_paid_until",)

    def __init__(self) -> None:
        self._paid_until = 0.0

    def is_free(self, now: float) -> bool:
        """Say whether the next frame may be read without a wait."""
        return self._paid_until <= now

    def delay(self, size: int, now: float) -> float:
        """Count a frame of ``size`` characters read at ``now`` (monotonic, s); return the seconds to wait."""
        cost = (1 + size // FRAME_BYTES) / FRAMES_PER_S
        self._paid_until = max(self._paid_until, now - BURST_S) + cost
        return max(0.0, self._paid_until - now)
