"""How many TLS handshakes go on at once."""

import asyncio
import contextlib

from onetime.ports.handshaking import Handshakes


async def shake(handshakes: Handshakes, seconds: float, log: list[str], name: str) -> None:
    task = asyncio.current_task()
    assert task is not None
    with contextlib.suppress(asyncio.CancelledError):
        async with handshakes.turn(task.cancel):
            log.append(name)
            await asyncio.sleep(seconds)
            log.append(f"{name} done")


async def test_a_garage_that_comes_at_once_is_served_in_order() -> None:
    handshakes, log = Handshakes(at_once=3, pressed_s=5.0), []  # type: ignore[var-annotated]
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, handshakes.running)
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(shake(handshakes, 0.01, log, str(number)) for number in range(30)))
    watching.cancel()
    assert [name for name in log if "done" not in name] == [str(number) for number in range(30)]
    assert (most, handshakes.running) == (3, 0)


async def test_handshakes_that_stand_still_are_cut_for_those_that_wait() -> None:
    handshakes, log = Handshakes(at_once=2, pressed_s=0.1), []  # type: ignore[var-annotated]
    stuck = [asyncio.create_task(shake(handshakes, 60, log, f"stuck {number}")) for number in range(6)]
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await shake(handshakes, 0.0, log, "honest")
    assert log[-1] == "honest done"
    for task in stuck:
        task.cancel()
    await asyncio.gather(*stuck, return_exceptions=True)
    assert handshakes.running == 0


async def test_nobody_is_cut_while_nobody_waits() -> None:
    handshakes, log = Handshakes(at_once=2, pressed_s=0.01), []  # type: ignore[var-annotated]
    await asyncio.gather(shake(handshakes, 0.1, log, "a"), shake(handshakes, 0.1, log, "b"))
    assert sorted(log) == ["a", "a done", "b", "b done"]
