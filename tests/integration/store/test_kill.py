"""`kill -9` at any instant: nothing confirmed is lost, nothing is doubled, every session ends once."""

import asyncio
import os
import random

import pytest
from sqlmodel import Session

from onetime.settings import Settings
from onetime.store.database import create_database_engine
from tests.integration.driving.driver import Driver, assert_all_is_kept
from tests.integration.driving.house_killer import Killer

KILLS = int(os.environ.get("ONETIME_TEST_KILLS", "150"))  # of each database
CHARGERS = 10


@pytest.mark.timeout(180 + 10 * KILLS)
async def test_every_confirmed_session_survives_with_its_registers(settings: Settings) -> None:
    chance, enough, interrupted = random.Random(1), asyncio.Event(), 0
    async with Killer.of(settings) as killer:
        drivers = [Driver(f"ws://127.0.0.1:{killer.port}", n, random.Random(n)) for n in range(CHARGERS)]
        driving = [asyncio.create_task(driver.drive(enough)) for driver in drivers]
        while killer.kills < KILLS:
            await killer.kill_at_random(chance, lambda: sum(driver.confirmed for driver in drivers))
            interrupted += sum(driver.is_charging for driver in drivers)
        enough.set()
        await asyncio.wait_for(asyncio.gather(*driving), 60)
        await killer.kill()

    engine = create_database_engine(settings.sqlalchemy_url)
    with Session(engine) as session:
        assert_all_is_kept(session, drivers)
    engine.dispose()
    assert interrupted > KILLS
    assert sum(len(driver.sessions) for driver in drivers) > 2 * KILLS
    assert sum(len(driver.readings) for driver in drivers) > 2 * KILLS
