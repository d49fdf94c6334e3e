"""Runs a house in a process of its own and ends it without warning, again and again."""

import asyncio
import os
import random
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from onetime.settings import Settings

WITHIN_S = 60
LOOK_EVERY_S = 0.002
UP_TO_ANSWERS = 20
UP_TO_LATER_S = 0.03  # than the last of these answers: a kill may hit any step of the next ones
IN_START_UP = 0.2  # of all houses are killed before they serve


@dataclass
class Killer:
    """Starts the house, kills it, and starts it again on the same port."""

    port: int
    nursery: asyncio.subprocess.Process
    house: int | None = None
    kills: int = 0
    start_up_s: float = 0.0

    @classmethod
    @asynccontextmanager
    async def of(cls, settings: Settings) -> AsyncIterator[Self]:
        """A house with these settings, which serves chargers."""
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
        nursery = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.integration.driving.house_process", "--nursery",
            env=environment, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        killer = cls(port, nursery)
        try:
            await killer.start()
            yield killer
        finally:
            await killer._close()

    async def start(self) -> None:
        """Start a house and wait until it serves."""
        begun = time.monotonic()
        await self._begin()
        await self._told("serving")
        self.start_up_s = time.monotonic() - begun

    async def kill(self) -> None:
        """End the house as a power cut does, and wait until it is gone."""
        assert self.house is not None
        os.kill(self.house, signal.SIGKILL)
        while _is_alive(self.house):  # noqa: ASYNC110 - it is no child of ours that could be awaited
            await asyncio.sleep(LOOK_EVERY_S)
        self.house = None
        self.kills += 1

    async def kill_at_random(self, chance: random.Random, answers: Callable[[], int]) -> None:
        """Kill the house some answers later, perhaps the next one while it starts, and leave one that serves."""
        enough = answers() + chance.randrange(UP_TO_ANSWERS)
        async with asyncio.timeout(WITHIN_S):
            while answers() < enough:  # noqa: ASYNC110 - several chargers make it true
                await asyncio.sleep(LOOK_EVERY_S)
        await asyncio.sleep(chance.uniform(0, UP_TO_LATER_S))
        await self.kill()
        if chance.random() < IN_START_UP:
            await self._begin()
            await asyncio.sleep(chance.uniform(0, self.start_up_s))
            await self.kill()
        await self.start()

    async def _begin(self) -> None:
        assert self.nursery.stdin is not None
        self.nursery.stdin.write(b"start\n")
        self.house = await self._told("born")

    async def _told(self, word: str) -> int:
        """Return the number beside ``word``, which a house says next; one that was killed may have said others."""
        assert self.nursery.stdout is not None
        async with asyncio.timeout(WITHIN_S):
            while True:
                said, number = (await self.nursery.stdout.readline()).split()
                if said.decode() == word:
                    return int(number)

    async def _close(self) -> None:
        if self.house is not None:
            await self.kill()
        assert self.nursery.stdin is not None
        self.nursery.stdin.close()
        await self.nursery.wait()


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
