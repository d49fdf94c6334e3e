"""A house in a process of its own, for tests that end it: `python -m tests.integration.driving.house_process`.

Settings come from the environment. It prints `born` and its process id, then `serving` and the OCPP port once
chargers can connect. Loading everything takes longer than starting a house, so with `--nursery` the process first
rehearses a session in a house of no consequence and then, for each line it reads, forks one that has all it needs.
"""

import asyncio
import gc
import os
import signal
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

from onetime.gateway.server import gateway_running
from onetime.models import readings as metering
from onetime.services.runtime import running
from onetime.settings import Settings, get_settings
from onetime.store.database import create_database_engine
from onetime.store.migrations import migrate
from tests.integration.driving.raw_charger import RawCharger


async def main(settings: Settings) -> None:
    _tell("born", os.getpid())
    async with running(settings) as services, gateway_running(services) as gateway:
        _tell("serving", gateway.port)
        await asyncio.Event().wait()


def nursery(settings: Settings) -> None:
    """Fork a house for each line of the input, until that ends."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(
            _rehearse(settings.model_copy(update={"data_dir": Path(folder), "database_url": None, "ocpp_port": 0}))
        )
    engine = create_database_engine(settings.sqlalchemy_url)  # loads the driver of the database it will be
    migrate(engine)
    engine.dispose()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a house that was killed leaves no zombie
    for _line in sys.stdin:
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            metering._ids = count(time.time_ns() // 1_000_000)  # each house begins where its clock stands
            asyncio.run(main(settings))
            return


async def _rehearse(settings: Settings) -> None:
    now = "2026-10-01T00:00:00Z"
    async with (
        running(settings) as services,
        gateway_running(services) as gateway,
        RawCharger.connected(f"ws://127.0.0.1:{gateway.port}/REHEARSAL") as charger,
    ):
        start = {"connectorId": 1, "idTag": "CARD", "meterStart": 0, "timestamp": now}
        number = (await charger.call("StartTransaction", start))["transactionId"]
        reading = {"timestamp": now, "sampledValue": [{"value": "1"}]}
        await charger.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": [reading]})
        await charger.call("StopTransaction", {"transactionId": number, "meterStop": 1, "timestamp": now})


def _tell(word: str, number: int) -> None:
    print(word, number, flush=True)  # noqa: T201 - told to the test that started it


if __name__ == "__main__":
    nursery(get_settings()) if "--nursery" in sys.argv else asyncio.run(main(get_settings()))
