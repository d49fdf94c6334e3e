"""``run`` serves chargers first, and ends when it is told to, whatever it is doing."""

import asyncio
import os
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import ClassVar

import httpx
import pytest

from onetime.cli import run
from onetime.cli.command_error import CommandLineError
from onetime.cli.serving import pages
from onetime.cli.serving.http_port import taken
from onetime.services.runtime import current, is_running
from onetime.settings import Settings
from onetime.store.data_lock import NAME, DataFolderInUseError, locked
from onetime.texts import _, say
from tests.browser.running import free_port
from tests.integration.driving.raw_charger import RawCharger

BOOT = {"chargePointVendor": "Keba", "chargePointModel": "P30"}


@asynccontextmanager
async def starting(settings: Settings) -> AsyncIterator[tuple[Settings, "asyncio.Task[None]"]]:
    """A start under way, with the chargers' port open."""
    settings = settings.model_copy(update={"ocpp_port": free_port(), "http_port": free_port()})
    port = taken(settings.host, settings.http_port, "ONETIME_HTTP_PORT")
    task = asyncio.create_task(run._serve(settings, port, demo=False))
    async with asyncio.timeout(10):
        while not is_running() or not await _listens(settings.ocpp_port):
            assert not task.done()
            await asyncio.sleep(0.01)
    try:
        yield settings, task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        port.close()


async def _listens(port: int) -> bool:
    try:
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@pytest.fixture
def unbuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that have to be built first, which takes a while."""
    monkeypatch.setattr(pages, "_are_current", lambda: False)
    monkeypatch.setattr(pages, "BUILD", (sys.executable, "-c", "import time; time.sleep(60)"))


@pytest.mark.usefixtures("unbuilt")
async def test_chargers_are_served_while_the_pages_are_built(settings: Settings) -> None:
    async with starting(settings) as (opened, _task):
        async with RawCharger.connected(f"ws://127.0.0.1:{opened.ocpp_port}/KEBA-07") as charger:
            assert (await charger.call("BootNotification", BOOT))["status"] == "Accepted"
        assert [each.identity for each in current().chargers.live.chargers()] == ["KEBA-07"]


@pytest.mark.usefixtures("unbuilt")
async def test_sigterm_ends_a_start_and_the_build_with_it(settings: Settings) -> None:
    async with starting(settings) as (opened, task):
        await asyncio.sleep(0.3)  # the build is under way
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait([task], timeout=10)
        assert task.cancelled()
    assert not is_running()
    assert not await _listens(opened.ocpp_port)


class Broken:
    """Something of the pages that fails a few times and works then."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.tries = 0

    def work(self) -> None:
        self.tries += 1
        if self.tries <= self.failures:
            msg = "No module named 'reflex'"
            raise ModuleNotFoundError(msg)


class Server:
    """Stands for the HTTP server: ends when it is told to."""

    served: ClassVar[list[tuple[str, int]]] = []

    def __init__(self, _settings: Settings, on_started: Callable[[], Awaitable[None]]) -> None:
        self._on_started = on_started

    async def serve(self, sockets: list[socket.socket]) -> None:
        self.served.append(sockets[0].getsockname())
        await self._on_started()
        await asyncio.Event().wait()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short pauses between tries, and no announcement."""
    monkeypatch.setattr(pages, "FIRST_PAUSE_S", 0.2)
    monkeypatch.setattr(pages, "_are_current", lambda: True)
    Server.served.clear()


async def ask(settings: Settings) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(f"http://127.0.0.1:{settings.http_port}/")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - several things make it true
            await asyncio.sleep(0.01)


@pytest.mark.usefixtures("quick")
async def test_pages_that_cannot_be_built_leave_chargers_served_and_are_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pages, "_are_current", lambda: False)
    monkeypatch.setattr(pages, "BUILD", (sys.executable, "-c", "raise SystemExit(1)"))
    async with starting(settings) as (opened, task):
        await until(lambda: current().site.trouble() is not None)
        assert "cannot be built" in say(current().site.trouble() or _("nothing"), "en")
        answer = await ask(opened)
        assert answer.status_code == 503
        assert "The pages cannot be shown" in answer.text
        async with RawCharger.connected(f"ws://127.0.0.1:{opened.ocpp_port}/KEBA-07") as charger:
            assert (await charger.call("BootNotification", BOOT))["status"] == "Accepted"
        assert "Next try in 0.2 s" in caplog.text
        await until(lambda: "Next try in 0.4 s" in caplog.text)
        assert not task.done()
    assert not is_running()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("fails", ["import", "app", "later"])
async def test_pages_come_as_soon_as_they_can(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fails: str
) -> None:
    broken = Broken(failures=2)

    class Failing(Server):
        async def serve(self, sockets: list[socket.socket]) -> None:
            if fails == "app":
                try:
                    broken.work()
                except ImportError:
                    sys.exit(3)  # as uvicorn does
            if fails == "later":
                await self._on_started()
                broken.work()
            await super().serve(sockets)

    def import_pages(_name: str) -> SimpleNamespace:
        if fails == "import":
            broken.work()
        return SimpleNamespace(HttpServer=Failing)

    monkeypatch.setattr(pages, "import_module", import_pages)
    async with starting(settings) as (opened, task):
        await until(lambda: bool(Server.served))
        assert Server.served == [("127.0.0.1", opened.http_port)]
        assert current().site.trouble() is None
        assert broken.tries == 3
        assert caplog.text.count("The pages cannot be shown") == 2
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait([task], timeout=10)
        assert task.cancelled()
    assert not is_running()


@pytest.mark.usefixtures("unbuilt")
async def test_a_browser_that_comes_too_early_is_told_so(settings: Settings) -> None:
    async with starting(settings) as (opened, _task):
        answer = await ask(opened)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "Chargers are served already" in answer.text
        reader, writer = await asyncio.open_connection("127.0.0.1", opened.http_port)
        writer.write(b"GET / HTTP/1.1\r\n" + b"X-Much: " + b"x" * 100_000)
        assert await asyncio.wait_for(reader.read(), 10) == b""  # no request, no answer
        writer.close()


def test_a_port_that_was_taken_stays_taken() -> None:
    with taken("127.0.0.1", 0, "ONETIME_HTTP_PORT") as port:
        number = port.getsockname()[1]
        for _again in range(2):
            with pytest.raises(CommandLineError, match="ONETIME_HTTP_PORT"):
                taken("127.0.0.1", number, "ONETIME_HTTP_PORT")
    taken("127.0.0.1", number, "ONETIME_HTTP_PORT").close()


HOLD = """
import sys, time
from pathlib import Path
from onetime.store.data_lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


async def test_a_second_start_on_the_same_data_is_refused_and_commands_are_not(settings: Settings) -> None:
    """The lock ends with the process, however that ends."""
    environment = os.environ | {
        "ONETIME_DATA_DIR": str(settings.data_dir),
        "ONETIME_DATABASE_URL": settings.database_url or "",
        "ONETIME_HTTP_PORT": str(free_port()),
        "ONETIME_OCPP_PORT": str(free_port()),
    }

    async def python(*arguments: str) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            sys.executable, *arguments, env=environment, stdout=pipe, stderr=pipe
        )

    first = await python("-c", HOLD, str(settings.data_dir))
    try:
        assert first.stdout is not None
        assert await asyncio.wait_for(first.stdout.readline(), 60) == b"held\n"
        second = await python("-m", "onetime", "run")
        _said, why = await asyncio.wait_for(second.communicate(), 60)
        assert second.returncode == 1
        assert f"Onetime runs on {settings.data_dir} already (process {first.pid})" in why.decode()
        assert "Traceback" not in why.decode()
        command = await python("-m", "onetime", "card", "add", "04A1B2C3")
        _said, why = await asyncio.wait_for(command.communicate(), 60)
        assert (command.returncode, why.decode()) == (0, "")
    finally:
        first.kill()
        await first.communicate()
    with locked(settings.data_dir), pytest.raises(DataFolderInUseError, match=str(os.getpid())):
        locked(settings.data_dir).__enter__()
    with locked(settings.data_dir):
        assert stat.S_IMODE((settings.data_dir / NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("0.0.0.0", "192.0.2.7"), ("::", "192.0.2.7")],  # noqa: S104 - nothing is bound
)
def test_the_address_that_is_listened_on_is_announced(
    host: str, address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "lan_address", lambda: "192.0.2.7")
    run._announce(Settings(host=host), demo=False)
    said = capsys.readouterr().out
    assert f"http://{address}:8000" in said
    assert f"ws://{address}:9000/" in said
