"""Our calls to one charger: one under way, the others in an order people would choose."""

import asyncio
import json
from typing import Any

import pytest

from onetime.background import Background
from onetime.gateway.frames.syntax import CallResult
from onetime.gateway.sockets.outbox import THE_HOUSE, Outbox
from onetime.services.chargers.commands import CommandError


class Charger:
    """Hears calls and answers each when told to."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.background = Background()
        self.outbox = Outbox("KEBA-07", 5.0, self._hear, self._give_up, self.background.once)

    async def _hear(self, frame: str, action: str, _payload: dict[str, Any]) -> None:
        if action == "Broken":
            msg = "a fault of our own"
            raise RuntimeError(msg)
        self.heard.append(action)
        message_id = json.loads(frame)[1]
        asyncio.get_running_loop().call_soon(self.outbox.settle, CallResult(message_id, {}))

    async def _give_up(self) -> None:
        raise AssertionError

    async def asked(self, *calls: tuple[str, str]) -> list[str]:
        """Ask for all at once, each as (action, who asks); return the order the charger heard them in."""
        tasks = [asyncio.create_task(self.outbox.call(action, {}, who)) for action, who in calls]
        await asyncio.gather(*tasks)
        return self.heard


async def test_calls_go_out_in_the_order_they_were_asked_for() -> None:
    assert await Charger().asked(("A", "maria"), ("B", "maria"), ("C", "api:x")) == ["A", "B", "C"]


async def test_what_a_person_asks_for_passes_what_only_the_house_wants_to_know() -> None:
    calls = (
        ("House1", THE_HOUSE),
        ("House2", THE_HOUSE),
        ("House3", THE_HOUSE),
        ("Reset", "maria"),
        ("Unlock", "maria"),
    )
    assert await Charger().asked(*calls) == ["House1", "Reset", "Unlock", "House2", "House3"]


async def test_every_call_gets_its_turn() -> None:
    charger = Charger()
    heard = await charger.asked(*((str(number), THE_HOUSE if number % 3 else "maria") for number in range(20)))
    assert sorted(heard, key=int) == [str(number) for number in range(20)]
    assert charger.outbox.outstanding() == []


async def test_a_fault_of_our_own_fails_one_call_and_no_other() -> None:
    charger = Charger()
    broken = asyncio.create_task(charger.outbox.call("Broken", {}, "maria"))
    sound = asyncio.create_task(charger.outbox.call("Reset", {}, "maria"))
    with pytest.raises(CommandError, match="unexpected error"):
        await broken
    assert await sound == {}
    assert charger.background.failures == 1
    assert charger.outbox.outstanding() == []
