"""`kill -9` at any instant: nothing confirmed is lost, nothing is doubled, every session ends once."""

import asyncio
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlmodel import Session

from onetime.database import create_database_engine
from onetime.settings import Settings
from tests.integration.driver import Driver, assert_all_is_kept

KILLS = int(os.environ.get("ONETIME_TEST_KILLS", "8"))
CHARGERS = 6


@dataclass
class Killer:
    """Runs the house, kills it without warning, and starts it again on the same port."""

    environment: dict[str, str]
    port: int
    nursery: asyncio.subprocess.Process | None = None
    house: int | None = None
    kills: int = 0

    async def start(self) -> None:
        if self.nursery is None:
            self.nursery = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.integration.house_process", "--nursery",
                env=self.environment, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write(b"start\n")
        process, port = (await asyncio.wait_for(self.nursery.stdout.readline(), 60)).split()
        self.house = int(process)
        assert int(port) == self.port

    async def kill(self) -> None:
        assert self.house is not None
        os.kill(self.house, signal.SIGKILL)
        while _is_alive(self.house):  # noqa: ASYNC110 - it is no child of ours that could be awaited
            await asyncio.sleep(0.005)
        self.house = None
        self.kills += 1

    async def close(self) -> None:
        if self.house is not None:
            await self.kill()
        if self.nursery is not None and self.nursery.stdin is not None:
            self.nursery.stdin.close()
            await self.nursery.wait()

    async def kill_and_start_again(self, chance: random.Random) -> None:
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.05, 0.6))
            await self.kill()
            await self.start()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
async def killer(settings: Settings) -> AsyncIterator[Killer]:
    port = _free_port()
    environment = {
        **os.environ,
        "ONETIME_DATA_DIR": str(settings.data_dir),
        "ONETIME_HOST": "127.0.0.1",
        "ONETIME_OCPP_PORT": str(port),
        "ONETIME_DATABASE_URL": settings.database_url or "",
        "ONETIME_ACCEPT_NEW_CHARGERS": "true",
        "ONETIME_ACCEPT_UNKNOWN_CARDS": "true",
    }
    running = Killer(environment, port)
    await running.start()
    yield running
    await running.close()


@pytest.mark.timeout(180 + 10 * KILLS)
async def test_every_confirmed_session_survives_with_its_registers(killer: Killer, settings: Settings) -> None:
    chance = random.Random(1)
    enough = asyncio.Event()
    drivers = [Driver(f"ws://127.0.0.1:{killer.port}", n, random.Random(n)) for n in range(CHARGERS)]
    driving = [asyncio.create_task(driver.drive(enough)) for driver in drivers]
    await killer.kill_and_start_again(chance)
    enough.set()
    await asyncio.wait_for(asyncio.gather(*driving), 60)
    await killer.kill()

    engine = create_database_engine(settings.sqlalchemy_url)
    with Session(engine) as session:
        assert_all_is_kept(session, drivers)
    engine.dispose()
    assert killer.kills == KILLS + 1
