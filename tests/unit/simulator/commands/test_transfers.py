"""The simulated charger really fetches firmware and leaves logs, and reports what came of it."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from onetime.simulator.vocabulary import format_time
from tests.unit.simulator.central import Central, running_central
from tests.unit.simulator.factories import MORNING, answer, make_charger

UPDATE = {"retrieveDate": format_time(MORNING)}


class Folder(ThreadingHTTPServer):
    """A web server that keeps what is put there, and gives one file."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.kept: dict[str, bytes] = {}
        self.fetched = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Folder

    def do_GET(self) -> None:
        self.server.fetched += 1
        self._answer(200 if self.path.endswith(".bin") else 404, b"firmware")

    def do_PUT(self) -> None:
        self.server.kept[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, b"")

    def log_message(self, *_args: object) -> None:
        pass

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def folder() -> Iterator[Folder]:
    with Folder() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def statuses(central: Central, action: str) -> list[str]:
    return [payload["status"] for payload in central.payloads(action)]


async def test_an_update_is_fetched_installed_and_booted(folder: Folder) -> None:
    async with running_central() as central, make_charger(central, firmware="1.0.0") as charger:
        assert await answer(central, "UpdateFirmware", UPDATE | {"location": f"{folder.url}/keba-2.3.1.bin"}) == {}
        async with asyncio.timeout(5):
            while "Installed" not in statuses(central, "FirmwareStatusNotification"):
                await charger.clock.sleep(10)
        assert statuses(central, "FirmwareStatusNotification") == [
            "Downloading", "Downloaded", "Installing", "Installed",
        ]  # fmt: skip
    assert [boot["firmwareVersion"] for boot in central.payloads("BootNotification")] == ["1.0.0", "2.3.1"]
    assert folder.fetched == 1


async def test_firmware_that_is_not_there_is_tried_again_and_then_given_up(folder: Folder) -> None:
    async with running_central() as central, make_charger(central) as charger:
        wanted = {"location": f"{folder.url}/missing", "retries": 1, "retryInterval": 1}
        assert await answer(central, "UpdateFirmware", UPDATE | wanted) == {}
        async with asyncio.timeout(5):
            while len(central.of("FirmwareStatusNotification")) < 4:
                await charger.clock.sleep(10)
    assert statuses(central, "FirmwareStatusNotification") == ["Downloading", "DownloadFailed"] * 2
    assert len(central.of("BootNotification")) == 1


async def test_diagnostics_are_left_under_the_name_that_was_told(folder: Folder) -> None:
    async with running_central() as central, make_charger(central):
        reply = await answer(central, "GetDiagnostics", {"location": f"{folder.url}/left/"})
        assert reply == {"fileName": "SIM-1-20260105T080030.log"}
        await central.until(lambda: len(central.of("DiagnosticsStatusNotification")) == 2)
    assert statuses(central, "DiagnosticsStatusNotification") == ["Uploading", "Uploaded"]
    assert b"connector 1: Available" in folder.kept["/left/SIM-1-20260105T080030.log"]


async def test_a_log_is_reported_under_the_number_of_its_request(folder: Folder) -> None:
    async with running_central() as central, make_charger(central):
        wanted = {"logType": "SecurityLog", "requestId": 7, "log": {"remoteLocation": f"{folder.url}/"}}
        assert (await answer(central, "GetLog", wanted))["status"] == "Accepted"
        await central.until(lambda: len(central.of("LogStatusNotification")) == 2)
    assert [(p["status"], p["requestId"]) for p in central.payloads("LogStatusNotification")] == [
        ("Uploading", 7),
        ("Uploaded", 7),
    ]


async def test_a_file_that_nobody_takes_is_reported_as_failed() -> None:
    async with running_central() as central, make_charger(central):
        await answer(central, "GetDiagnostics", {"location": "http://127.0.0.1:9/"})
        await central.until(lambda: len(central.of("DiagnosticsStatusNotification")) == 2)
    assert statuses(central, "DiagnosticsStatusNotification") == ["Uploading", "UploadFailed"]
