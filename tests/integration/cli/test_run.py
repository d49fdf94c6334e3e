"""``run`` serves chargers first, and ends when it is told to, whatever it is doing."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from onetime.cli import run
from onetime.frontend.nodejs import FrontendError
from onetime.services.runtime import current, is_running
from onetime.settings import Settings
from tests.browser.running import free_port
from tests.integration.driving.raw_charger import RawCharger

BOOT = {"chargePointVendor": "Keba", "chargePointModel": "P30"}


@asynccontextmanager
async def starting(settings: Settings) -> AsyncIterator[tuple[Settings, "asyncio.Task[None]"]]:
    """A start under way, with the chargers' port open."""
    settings = settings.model_copy(update={"ocpp_port": free_port()})
    task = asyncio.create_task(run._serve(settings, demo=False))
    async with asyncio.timeout(10):
        while not is_running() or not await _listens(settings.ocpp_port):
            assert not task.done()
            await asyncio.sleep(0.01)
    try:
        yield settings, task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


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
    monkeypatch.setattr(run, "_pages_are_current", lambda: False)
    monkeypatch.setattr(run, "BUILD", (sys.executable, "-c", "import time; time.sleep(60)"))


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


async def test_pages_that_cannot_be_built_end_the_start_with_a_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_pages_are_current", lambda: False)
    monkeypatch.setattr(run, "BUILD", (sys.executable, "-c", "raise SystemExit(1)"))
    with pytest.raises(FrontendError, match="pages"):
        await run._serve(settings, demo=False)
    assert not is_running()
