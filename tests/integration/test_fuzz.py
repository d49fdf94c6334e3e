"""Broken frames in any number: nothing breaks, nothing grows, and every call with an id gets an answer.

``ONETIME_FUZZ_FRAMES`` sets how many, ``ONETIME_FUZZ_SEED`` which ones.
"""

import asyncio
import json
import os
import random
import time
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from onetime.gateway.engine import answer
from onetime.gateway.frames import Call, Unreadable, parse
from tests.integration.broken_frames import Broken, broken_frame
from tests.integration.conftest import House
from tests.integration.raw_charger import RawCharger

FRAMES = int(os.environ.get("ONETIME_FUZZ_FRAMES", "2000"))
SEED = int(os.environ.get("ONETIME_FUZZ_SEED", "16"))
BATCH = 200
LONG_ENOUGH = 100_000  # frames after which the memory is compared: caches are full by then
GROWTH_MIB = 32
CODES = {
    "NotImplemented", "NotSupported", "InternalError", "ProtocolError", "SecurityError", "FormationViolation",
    "PropertyConstraintViolation", "OccurenceConstraintViolation", "TypeConstraintViolation", "GenericError",
}  # fmt: skip


@pytest.fixture
def database_url() -> str | None:
    """What is broken is broken on every database; the quick one is enough."""
    return None


def frames(count: int, seed: int = SEED) -> list[Broken]:
    chance = random.Random(seed)
    return [broken_frame(chance, f"f{seed}-{number}") for number in range(count)]


pytestmark = pytest.mark.timeout(0)  # a million frames take their time

_schemas: dict[str, Draft4Validator] = {}


def check(reply: list[Any], action: str | None) -> None:
    """Hold an answer against OCPP-J 1.6, section 4.2, and a result against its official schema."""
    if reply[0] == 4:
        assert len(reply) == 5
        assert reply[2] in CODES
        assert reply[2] != "InternalError", reply
        assert isinstance(reply[3], str)
        assert isinstance(reply[4], dict)
        return
    assert reply[0] == 3
    assert len(reply) == 3
    if action is not None:
        if action not in _schemas:
            text = (resources.files("ocpp.v16.schemas") / f"{action}Response.json").read_text(encoding="utf-8-sig")
            _schemas[action] = Draft4Validator(json.loads(text))
        _schemas[action].validate(reply[2])


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def test_the_engine_answers_every_call_with_an_id(house: House) -> None:
    async with house.charger("FUZZ"):
        pass
    charger = house.services.live.find("FUZZ")
    assert charger is not None
    chance = random.Random(SEED)
    number, settled = 0, 0.0

    async def take(broken: Broken) -> None:
        frame = parse(broken.text)
        if isinstance(frame, Call):
            reply = json.loads((await answer(house.services, charger.id, frame, broken.text)).frame)
            check(reply, frame.action if reply[0] == 3 else None)
            assert broken.message_id in (None, reply[1])
        else:
            unanswered = not isinstance(frame, Unreadable) or frame.message_id is None
            assert broken.message_id is None or not unanswered, broken

    while number < FRAMES:
        batch = [broken_frame(chance, f"f{number + place}") for place in range(BATCH)]
        await asyncio.gather(*(take(broken) for broken in batch))
        number += BATCH
        if number == LONG_ENOUGH:
            settled = resident_mib()
    grown = resident_mib() - settled
    if settled:
        print(f"{number} frames; memory {settled:.0f} MiB after {LONG_ENOUGH}, then {grown:+.1f} MiB")  # noqa: T201
        assert grown < GROWTH_MIB


async def fuzzed(charger: RawCharger, broken: list[Broken]) -> set[str]:
    """Send frames without waiting and return the ids that were answered."""
    answered: set[str] = set()

    async def listen() -> None:
        while "the end" not in answered:
            reply = await asyncio.wait_for(charger.answers.get(), 60)
            assert reply is not None, "the socket was closed"
            check(reply, None)
            answered.add(str(reply[1]))

    listening = asyncio.create_task(listen())
    for each in broken:
        await charger.socket.send(each.text)
    await charger.socket.send('[2,"the end","Heartbeat",{}]')
    await listening
    return answered


async def test_every_call_with_an_id_is_answered_over_a_socket(house: House) -> None:
    sent = frames(FRAMES, SEED + 1)
    async with house.charger("FUZZ") as charger:
        answered = await fuzzed(charger, sent)
    missing = [broken for broken in sent if broken.message_id is not None and broken.message_id not in answered]
    assert missing == []


async def test_a_flood_from_one_charger_does_not_slow_the_others(house: House) -> None:
    async with house.charger("FUZZ") as noisy, house.charger("QUIET") as quiet:
        flooding = asyncio.create_task(fuzzed(noisy, frames(max(FRAMES, 3_000), SEED + 2)))
        waits = []
        while not flooding.done() or len(waits) < 20:
            began = time.perf_counter()
            await quiet.call("Heartbeat", {})
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.005)
        await flooding
    waits.sort()
    p99 = waits[int(len(waits) * 0.99)]
    assert p99 < 0.5, "the goal is 0.1 s on a machine that does nothing else"
