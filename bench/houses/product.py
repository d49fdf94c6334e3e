"""The whole product, pages included, as ``python -m onetime run`` starts it."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psutil
from sqlmodel import select

from bench.houses.folder import environment, free_port, open_store
from bench.processes import MeasurementError, Server, started
from onetime.clock import utc_now
from onetime.frontend.building import INSTALLED
from onetime.models import LoginSession, Role, Site, User
from onetime.services.people.passwords import hash_password, new_token, token_hash
from onetime.services.people.users import create_user

STARTS_WITHIN_S = 60.0
NOT_BUILT = "The pages are not built; run `python -m onetime.frontend` and measure again."


@dataclass(slots=True)
class Product(Server):
    """A running product: its process, the chargers' port and the browsers'."""

    http_port: int


def require_pages() -> None:
    """Raise ``MeasurementError`` when the pages would first have to be built, which takes minutes."""
    if not INSTALLED.is_current():
        raise MeasurementError(NOT_BUILT)


@contextmanager
def product(folder: Path) -> Iterator[Product]:
    """Run the product until the block ends. Raises ``MeasurementError`` when it cannot be run."""
    with starting(folder) as (process, ports):
        for port in ports:
            await_listening(process, port)
        yield Product(ports[0], psutil.Process(process.pid), ports[1])


@contextmanager
def starting(folder: Path) -> Iterator[tuple[subprocess.Popen[str], tuple[int, int]]]:
    """Start the product, and give its process and its two ports without waiting for them."""
    require_pages()
    ports = free_port(), free_port()
    with started(["-m", "onetime", "run"], environment(folder, *ports)) as process:
        yield process, ports


def set_up(folder: Path) -> str:
    """Create the house and its administrator, and return the value of a login cookie."""
    token = new_token()
    now = utc_now()
    with open_store(folder) as session:
        session.add(Site(id=1, name="Bench"))
        create_user(session, "bench", hash_password(token), Role.ADMINISTRATOR)
        session.flush()
        user = session.exec(select(User)).one()
        login = LoginSession(
            token_hash=token_hash(token), user_id=user.id or 0, created_at=now, expires_at=now + timedelta(days=1)
        )
        session.add(login)
    return token


def await_listening(process: subprocess.Popen[str], port: int) -> None:
    """Wait until somebody listens on a port. Raises ``MeasurementError`` when the process does not come so far."""
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    msg = "`python -m onetime run` did not start; what it said is above."
    raise MeasurementError(msg)
