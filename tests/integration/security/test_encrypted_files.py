"""Files by HTTPS: on the encrypted port, beside the chargers' WebSockets and with the same certificate."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from onetime.models import FileKind
from onetime.services.files.transfers import FileProtocol
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.charger_login import known_charger, logged_in
from tests.integration.driving.charger_tls import trusting, wss
from tests.integration.driving.file_door import content_of, left_behind, opened, stored
from tests.integration.driving.operator import begun, expect

CONTENT = os.urandom(700_000)


@asynccontextmanager
async def https(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(verify=trusting(house)) as client:
        yield client


async def test_a_charger_fetches_firmware_where_it_speaks_ocpp(tls_house: House) -> None:
    firmware = await stored(tls_house, CONTENT)
    async with opened(tls_house, FileProtocol.HTTPS, firmware) as (_transfer, location), https(tls_house) as client:
        assert location.startswith(f"https://127.0.0.1:{tls_house.gateway.tls_port}/transfer/")
        assert (await client.get(location)).content == CONTENT
        rest = await client.get(location, headers={"Range": "bytes=600000-"})
        assert (rest.status_code, rest.content) == (206, CONTENT[600_000:])
        assert (await client.head(location)).headers["content-length"] == str(len(CONTENT))
    async with https(tls_house) as client:
        assert (await client.get(location)).status_code == 404


async def test_a_charger_leaves_its_diagnostics(tls_house: House) -> None:
    async with opened(tls_house, FileProtocol.HTTPS, FileKind.DIAGNOSTICS) as (transfer, location):
        async with https(tls_house) as client:
            assert (await client.put(f"{location}diagnostics.tar", content=CONTENT)).status_code == 200
        [file] = transfer.arrived
    assert content_of(tls_house, file) == CONTENT


async def test_at_profile_2_nothing_goes_unencrypted_that_nobody_asked_for(
    tls_house: House, tls_api: httpx.AsyncClient
) -> None:
    """After silence there is no other way: HTTP and FTP are told only by their names."""
    await known_charger(tls_house, profile=2)
    only_ftp = {"configurationKey": [{"key": "SupportedFileTransferProtocols", "readonly": True, "value": "FTP"}]}
    async with logged_in(tls_house, url=wss(tls_house), ssl=trusting(tls_house)) as charger:
        asking = begun(tls_api, "fetch_diagnostics", timeout_s=0.3)
        await expect(charger, "GetConfiguration", {})
        sent = await expect(charger, "GetDiagnostics", {"fileName": "log.zip"})
        assert sent["location"].startswith("https://")
        assert (await asking).json()["code"] == "timed-out"
        asking = begun(tls_api, "fetch_diagnostics")
        await expect(charger, "GetConfiguration", only_ftp)
        assert (await asking).json()["code"] == "no-common-protocol"
        assert charger.commands.empty()


async def test_a_request_that_comes_in_crumbs_is_recognised(tls_house: House) -> None:
    firmware = await stored(tls_house, b"firmware")
    async with opened(tls_house, FileProtocol.HTTPS, firmware) as (_transfer, location):
        path = location.partition(f":{tls_house.gateway.tls_port}")[2]
        reader, writer = await asyncio.open_connection("localhost", tls_house.gateway.tls_port, ssl=trusting(tls_house))
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        for crumb in (request[:2], request[2:9], request[9:60], request[60:]):
            writer.write(crumb)
            await writer.drain()
            await asyncio.sleep(0.02)  # so that each is a record of its own
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"firmware")


async def test_chargers_and_files_share_the_port(tls_house: House) -> None:
    await known_charger(tls_house, profile=2)
    firmware = await stored(tls_house, CONTENT)
    async with (
        logged_in(tls_house, url=wss(tls_house), ssl=trusting(tls_house)),
        opened(tls_house, FileProtocol.HTTPS, firmware) as (_transfer, location),
        https(tls_house) as client,
    ):
        assert (await client.get(location)).content == CONTENT
        assert (await client.get(f"https://localhost:{tls_house.gateway.tls_port}/tls-test")).json()["encrypted"]


async def test_nothing_but_one_time_addresses_is_served_there(tls_house: House) -> None:
    base = f"https://localhost:{tls_house.gateway.tls_port}"
    async with https(tls_house) as client:
        assert (await client.get(f"{base}/transfer/00000000000000000000000000000000/x")).status_code == 404
        for path in ("/api/v1/chargers", "/login", "/transferring"):
            assert (await client.get(base + path)).status_code in (401, 404, 426)
    assert left_behind(tls_house) == []


async def test_a_connection_that_says_nothing_is_left_to_the_websockets_patience(
    tls_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetime.gateway.sockets.tls.REQUEST_S", 0.0)
    monkeypatch.setattr("onetime.gateway.sockets.listeners.OPEN_TIMEOUT_S", 0.1)
    async with open_house(tls_settings) as house:
        reader, writer = await asyncio.open_connection("localhost", house.gateway.tls_port, ssl=trusting(house))
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
