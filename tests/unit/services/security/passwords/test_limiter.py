"""Wrong passwords are counted per charger and per address, in bounded memory."""

from onetime.services.security.passwords.limiter import PER_ADDRESS, PER_CHARGER, REMEMBERED, LoginLimiter


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_charger_has_some_attempts_and_then_waits() -> None:
    clock = Clock()
    limiter = LoginLimiter(clock)
    for _attempt in range(PER_CHARGER):
        assert limiter.wait("a", "10.0.0.9") == 0
        limiter.failed("a", "10.0.0.9")
    wait = limiter.wait("a", "10.0.0.9")
    assert 0 < wait <= 30
    clock.now += wait
    assert limiter.wait("a", "10.0.0.9") == 0


def test_one_address_cannot_try_all_chargers() -> None:
    limiter = LoginLimiter(Clock())
    for number in range(PER_ADDRESS):
        limiter.failed(f"charger-{number}", "10.0.0.9")
    assert limiter.wait("charger-200", "10.0.0.9") > 0
    assert limiter.wait("charger-200", "10.0.0.10") == 0


def test_nobody_can_lock_a_charger_out_that_comes_from_where_it_is_at_home() -> None:
    limiter = LoginLimiter(Clock())
    limiter.succeeded("a", "10.0.0.7")
    for _attempt in range(100):
        limiter.failed("a", "10.0.0.9")
    assert limiter.wait("a", "10.0.0.9") > 0
    assert limiter.wait("a", "10.0.0.7") == 0


def test_guessing_from_a_chargers_home_is_limited_all_the_same() -> None:
    limiter = LoginLimiter(Clock())
    limiter.succeeded("a", "10.0.0.7")
    for _attempt in range(PER_CHARGER):
        limiter.failed("a", "10.0.0.7")
    assert limiter.wait("a", "10.0.0.7") > 0


def test_a_flood_of_names_does_not_fill_the_memory() -> None:
    limiter = LoginLimiter(Clock())
    for number in range(3 * REMEMBERED):
        limiter.failed(f"name-{number}", f"10.0.{number // 256}.{number % 256}")
        limiter.succeeded(f"name-{number}", "10.0.0.7")
    assert len(limiter._chargers._forgiven_at) == REMEMBERED
    assert len(limiter._addresses._forgiven_at) == REMEMBERED
    assert len(limiter._home) == REMEMBERED
