"""Houses to measure: a data folder with a house in it, and the ways to run it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlmodel import Session

from bench.processes import Server, serving
from onetime.settings import Settings
from onetime.store.database import create_database_engine
from onetime.store.migrations import migrate


def environment(folder: Path, ocpp_port: int = 0, http_port: int = 0) -> dict[str, str]:
    """Return the settings of a house whose data lies in ``folder`` and that lets every charger and card in."""
    return {
        "ONETIME_DATA_DIR": str(folder),
        "ONETIME_HOST": "127.0.0.1",
        "ONETIME_OCPP_PORT": str(ocpp_port),
        "ONETIME_HTTP_PORT": str(http_port),
        "ONETIME_ACCEPT_NEW_CHARGERS": "true",
        "ONETIME_ACCEPT_UNKNOWN_CARDS": "true",
        "ONETIME_LOG_LEVEL": "WARNING",
    }


@contextmanager
def gateway(folder: Path) -> Iterator[Server]:
    """Run a house without its pages."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving("bench.servers.gateway", environment(folder)) as server:
        yield server


@contextmanager
def open_store(folder: Path) -> Iterator[Session]:
    """Give a session of a house's database, up to date, that commits at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = create_database_engine(Settings(data_dir=folder, database_url=None).sqlalchemy_url)
    try:
        migrate(engine)
        with Session(engine.execution_options(writes=True)) as session:
            yield session
            session.commit()
    finally:
        engine.dispose()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
