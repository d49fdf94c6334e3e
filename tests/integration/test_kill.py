"""`kill -9` at any instant: nothing confirmed is lost, nothing is doubled, every session ends once."""

import asyncio
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlmodel import Session, select
from websockets.exceptions import ConnectionClosed

from onetime.database import create_database_engine
from onetime.models import MeterReading, Transaction, TransactionState
from onetime.settings import Settings
from tests.integration.raw_charger import RawCharger

KILLS = int(os.environ.get("ONETIME_TEST_KILLS", "8"))
CHARGERS = 6


@dataclass
class Killer:
    """Runs the house, kills it without warning, and starts it again on the same port."""

    environment: dict[str, str]
    port: int
    process: asyncio.subprocess.Process | None = None
    kills: int = 0

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.integration.house_process",
            env=self.environment, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert int(await asyncio.wait_for(self.process.stdout.readline(), 30)) == self.port

    async def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()
        self.kills += 1

    async def kill_and_start_again(self, chance: random.Random) -> None:
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.05, 0.6))
            await self.kill()
            await self.start()


@dataclass
class Driver:
    """A charger that repeats what was not confirmed, as OCPP asks, and remembers what was."""

    url: str
    number: int
    chance: random.Random
    register: int = 1_000
    sessions: list[tuple[int, int, int]] = field(default_factory=list)
    readings: int = 0
    _charger: RawCharger | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def drive(self, until: asyncio.Event) -> None:
        minute = 0
        async with AsyncExitStack() as self._stack:
            while not until.is_set():
                minute = await self._session(minute)

    async def _session(self, minute: int) -> int:
        start = self.register
        payload = {"connectorId": 1, "idTag": f"CARD{self.number}", "meterStart": start, "timestamp": _time(minute)}
        transaction_id = int((await self._surely("StartTransaction", payload))["transactionId"])
        for _ in range(self.chance.randrange(4)):
            minute += 1
            self.register += self.chance.randrange(200)
            sample = {"timestamp": _time(minute), "sampledValue": [{"value": str(self.register)}]}
            values = {"connectorId": 1, "transactionId": transaction_id, "meterValue": [sample]}
            await self._surely("MeterValues", values)
            self.readings += 1
        minute += 1
        self.register += self.chance.randrange(200)
        stop = {"transactionId": transaction_id, "meterStop": self.register, "timestamp": _time(minute)}
        await self._surely("StopTransaction", stop)
        self.sessions.append((transaction_id, start, self.register))
        return minute + 1

    async def _surely(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Repeat a call, over a new connection where needed, until it is confirmed."""
        while True:
            try:
                if self._charger is None:
                    connecting = RawCharger.connected(f"{self.url}/CP-{self.number}")
                    self._charger = await self._stack.enter_async_context(connecting)
                return await self._charger.call(action, payload)
            except (OSError, ConnectionClosed):
                self._charger = None
                await asyncio.sleep(0.05)


def _time(minute: int) -> str:
    return f"2026-10-{1 + minute // 1440:02d}T{minute // 60 % 24:02d}:{minute % 60:02d}:00Z"


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
    assert running.process is not None
    if running.process.returncode is None:
        await running.kill()


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
        rows = session.exec(select(Transaction)).all()
        readings = session.exec(select(MeterReading)).all()
    engine.dispose()
    confirmed = sorted(each for driver in drivers for each in driver.sessions)
    assert killer.kills == KILLS + 1
    assert all(driver.sessions for driver in drivers)
    assert sorted((row.id, row.meter_start_wh, row.meter_stop_wh) for row in rows) == confirmed
    assert all(row.state is TransactionState.ENDED and not row.stop_estimated for row in rows)
    assert len({(r.transaction_id, r.taken_at) for r in readings}) == sum(driver.readings for driver in drivers)
