"""A flood from one charger: it is read more slowly, nothing is thrown away."""

from onetime.gateway.sockets.throttle import BURST_S, FRAME_BYTES, FRAMES_PER_S, Throttle

NOW = 1_000.0


def time_for(frames: int, size: int) -> float:
    """How long a charger needs for its frames when it waits as long as it is told."""
    throttle, now = Throttle(), NOW
    for _number in range(frames):
        now += throttle.delay(size, now)
    return now - NOW


def test_an_ordinary_charger_never_waits() -> None:
    throttle = Throttle()
    assert all(throttle.delay(1_210, NOW + second * 0.01) == 0 for second in range(10_000))


def test_a_burst_passes_without_waiting() -> None:
    assert time_for(int(FRAMES_PER_S * BURST_S), 100) == 0


def test_a_flood_is_read_at_the_agreed_rate() -> None:
    seconds = time_for(int(FRAMES_PER_S * (BURST_S + 10)), 100)
    assert abs(seconds - 10) < 0.01


def test_large_frames_count_for_what_they_cost() -> None:
    assert time_for(int(FRAMES_PER_S * 4 / 50), FRAME_BYTES * 49) > BURST_S - 0.1


def test_who_pauses_may_burst_again() -> None:
    throttle = Throttle()
    for _number in range(5_000):
        throttle.delay(100, NOW)
    assert throttle.delay(100, NOW) > 0
    assert throttle.delay(100, NOW + 60) == 0
