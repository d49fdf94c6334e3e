"""When memory is given back: after a crowd, and after a few large messages."""

import asyncio
import contextlib
import sys

import pytest

from onetime.ports import memory


async def trims(monkeypatch: pytest.MonkeyPatch, held: list[int], gone: list[int]) -> int:
    """Return how often memory is given back while these many bytes are held, and connections have gone, in turn."""
    done: list[None] = []
    numbers, departures = iter(held), iter(gone)
    last: list[int] = [0, 0]

    def resident() -> int:
        last[0] = next(numbers, last[0])
        return last[0]

    def departed() -> int:
        last[1] = next(departures, last[1])
        return last[1]

    monkeypatch.setattr(memory, "LOOK_EVERY_S", 0.001)
    monkeypatch.setattr(memory, "resident", resident)
    monkeypatch.setattr(memory, "departures", departed)
    monkeypatch.setattr(memory, "trim", lambda: done.append(None))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.3):
            await memory.give_back()
    return len(done)


async def test_a_crowd_that_has_gone_gives_back(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await trims(monkeypatch, [100], [0, 50, 120, 130]) == 1


async def test_what_has_grown_gives_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await trims(monkeypatch, [100, 105, 150, 150, 150], [0]) == 1


async def test_what_stays_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await trims(monkeypatch, [100, 105, 109], [0, 10]) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel")
def test_what_is_held_is_known() -> None:
    assert memory.resident() > 10_000_000
