"""Broken frames in any number: nothing breaks, nothing grows, and every call with an id gets an answer.

``ONETIME_FUZZ_FRAMES`` sets how many, ``ONETIME_FUZZ_SEED`` which ones.
"""

import asyncio
import json
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from onetime.gateway.frames.answering import answer
from onetime.gateway.frames.express import Express
from onetime.gateway.frames.syntax import Call, Unreadable, parse
from tests.integration.conftest import House
from tests.integration.driving.broken_frames import SOUND, Broken, broken_frame, broken_reading
from tests.integration.driving.near_plain_readings import REGISTER_WH
from tests.integration.driving.raw_charger import RawCharger

FRAMES = int(os.environ.get("ONETIME_FUZZ_FRAMES", "2000"))
SEED = int(os.environ.get("ONETIME_FUZZ_SEED", "16"))
BATCH = 200
PATIENCE_S = 60
ONE_BY_ONE = 8  # chargers that each wait for their answer
MOST_OF_A_FLOOD = 100_000
LONG_ENOUGH = 100_000  # frames after which the memory is compared: caches are full by then
GROWTH_MIB = 32
CODES = {
    "NotImplemented", "NotSupported", "InternalError", "ProtocolError", "SecurityError", "FormationViolation",
    "PropertyConstraintViolation", "OccurenceConstraintViolation", "TypeConstraintViolation", "GenericError",
}  # fmt: skip


one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def frames(
    count: int, seed: int = SEED, make: Callable[[random.Random, str], Broken] = broken_frame
) -> Iterator[Broken]:
    """Yield broken frames; now and then one comes twice, or another one of its id follows."""
    chance, last = random.Random(seed), None
    for number in range(count):
        luck = chance.random()
        if last is not None and luck < 0.03:
            yield last
        elif last is not None and last.message_id is not None and luck < 0.05:
            yield make(random.Random(luck), last.message_id)
        else:
            last = make(chance, f"f{seed}-{number}")
            yield last


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
    charger = house.services.chargers.live.find("FUZZ")
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


@dataclass
class Told:
    """What was sent with an id, and what was answered."""

    sent: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)

    def assert_all_answered(self) -> None:
        """Every call has its one answer."""
        assert self.sent - self.answered == Counter()
        assert {each for each in self.answered - self.sent if each in self.sent} == set()


async def fuzzed(charger: RawCharger, broken: Iterator[Broken]) -> Told:
    """Send frames without waiting."""
    told = Told()

    async def listen() -> None:
        while "the end" not in told.answered:
            reply = await asyncio.wait_for(charger.answers.get(), PATIENCE_S)
            assert reply is not None, "the socket was closed"
            check(reply, None)
            told.answered[str(reply[1])] += 1

    listening = asyncio.create_task(listen())
    for each in broken:
        await charger.socket.send(each.text)
        if each.message_id is not None:
            told.sent[each.message_id] += 1
    await charger.socket.send('[2,"the end","Heartbeat",{}]')
    await listening
    return told


async def test_every_call_with_an_id_is_answered_over_a_socket(house: House) -> None:
    async with house.charger("FUZZ") as charger:
        told = await fuzzed(charger, frames(FRAMES, SEED + 1))
    told.assert_all_answered()


async def asked_one_by_one(charger: RawCharger, broken: Iterator[Broken]) -> None:
    """Send readings, each after the answer to the one before: so each is offered to the short way."""
    for each in broken:
        await charger.socket.send(each.text)
        if each.message_id is None:
            continue
        while True:
            reply = await asyncio.wait_for(charger.answers.get(), PATIENCE_S)
            assert reply is not None, f"the socket was closed after {each}"
            check(reply, None)
            if reply[1] == each.message_id:
                break


@asynccontextmanager
async def waits_of(quiet: RawCharger) -> AsyncIterator[list[float]]:
    """How long another charger waits for its answers meanwhile, in seconds."""
    waits: list[float] = []

    async def ask() -> None:
        while True:
            began = time.perf_counter()
            await quiet.call("Heartbeat", {})
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.005)

    asking = asyncio.create_task(ask())
    try:
        yield waits
    finally:
        asking.cancel()


def p99(waits: list[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.99)]


async def test_what_is_nearly_plain_is_answered_as_what_is_plain(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, offered, settled = 0, 0, 0.0
    take = Express.take

    def counted(express: Express, data: bytes) -> bool:
        nonlocal taken, offered, settled
        offered += 1
        if offered == LONG_ENOUGH:
            settled = resident_mib()
        done = take(express, data)
        taken += done
        return done

    monkeypatch.setattr(Express, "take", counted)
    async with AsyncExitStack() as stack:
        noisy = [await stack.enter_async_context(house.charger(f"FUZZ-{number}")) for number in range(ONE_BY_ONE)]
        quiet = await stack.enter_async_context(house.charger("QUIET"))
        for charger in noisy:
            await charger.call("StartTransaction", {**SOUND["StartTransaction"], "meterStart": REGISTER_WH})
        async with waits_of(quiet) as waits:
            told = (frames(FRAMES // ONE_BY_ONE, SEED + n, broken_reading) for n in range(ONE_BY_ONE))
            await asyncio.gather(*map(asked_one_by_one, noisy, told))
    grown = resident_mib() - settled
    assert FRAMES / 10 < taken < FRAMES
    if settled:
        print(  # noqa: T201
            f"{offered} readings, {taken} the short way; memory {settled:.0f} MiB after {LONG_ENOUGH}, then"
            f" {grown:+.1f} MiB; another charger's p99 {p99(waits) * 1000:.0f} ms"
        )
        assert grown < GROWTH_MIB


@one_database
async def test_a_flood_from_one_charger_does_not_slow_the_others(house: House) -> None:
    async with house.charger("FUZZ") as noisy, house.charger("QUIET") as quiet, waits_of(quiet) as waits:
        await fuzzed(noisy, frames(max(min(FRAMES, MOST_OF_A_FLOOD), 3_000), SEED + 2))
    print(f"another charger's p99 {p99(waits) * 1000:.0f} ms")  # noqa: T201
    assert len(waits) > 20
    assert p99(waits) < 0.5, "the goal is 0.1 s on a machine that does nothing else"
