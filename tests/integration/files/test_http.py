"""Chargers fetch firmware and leave diagnostics over HTTP, under addresses that open nothing else."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from onetime.events import FileMoved
from onetime.models import FileContent, FileKind, StoredFile
from onetime.services.files.errors import FileInUseError
from onetime.services.files.transfers import CONNECTIONS_EACH, FileProtocol
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.file_door import chunks, content_of, http_door, left_behind, opened, stored, until

FIRMWARE = random.Random(7).randbytes(1_500_000)
LOG = b"2026-10-05T18:00:00Z boot\n" * 20_000


@pytest.fixture
def database_url() -> str | None:
    """How files travel is the same on every database."""
    return None


@pytest.fixture
async def door(house: House) -> AsyncIterator[House]:
    async with http_door(house):
        yield house


@pytest.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


def moves(house: House) -> list[FileMoved]:
    heard: list[FileMoved] = []
    house.services.bus.subscribe(FileMoved, heard.append)
    return heard


async def test_a_charger_fetches_its_firmware_whole(door: House, web: httpx.AsyncClient) -> None:
    file = await stored(door, FIRMWARE)
    heard = moves(door)
    async with opened(door, FileProtocol.HTTP, file) as (_transfer, location):
        assert location.endswith("/firmware-2.0.bin")
        answer = await web.get(location)
    assert answer.content == FIRMWARE
    assert (heard[-1].moved_bytes, heard[-1].total_bytes) == (len(FIRMWARE), len(FIRMWARE))


async def test_a_download_that_broke_off_goes_on_where_it_was(door: House, web: httpx.AsyncClient) -> None:
    file = await stored(door, FIRMWARE)
    async with opened(door, FileProtocol.HTTP, file) as (transfer, location):
        async with web.stream("GET", location) as half:
            await anext(half.aiter_bytes())
        size = int((await web.head(location)).headers["content-length"])
        rest = await web.get(location, headers={"Range": "bytes=1000000-"})
        assert transfer.moved_bytes == len(FIRMWARE)
    assert (size, rest.status_code) == (len(FIRMWARE), 206)
    assert rest.content == FIRMWARE[1_000_000:]


@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_a_charger_leaves_a_log_as_the_body(door: House, web: httpx.AsyncClient, method: str) -> None:
    heard = moves(door)
    async with opened(door, FileProtocol.HTTP, FileKind.DIAGNOSTICS) as (transfer, location):
        answer = await web.request(method, f"{location}keba.log", content=chunks(LOG))
        [file] = transfer.arrived
    assert answer.status_code == 200
    assert (content_of(door, file), file.name, file.kind) == (LOG, "keba.log", FileKind.DIAGNOSTICS)
    assert (file.content, file.created_by, file.size_bytes) == (FileContent.TEXT, "KEBA-07", len(LOG))
    assert heard[-1].arrived_file_id == file.id


async def test_a_charger_leaves_a_log_as_a_form(door: House, web: httpx.AsyncClient) -> None:
    async with opened(door, FileProtocol.HTTP, FileKind.LOG) as (transfer, location):
        form = {"file": ("security.log", LOG), "other": ("second.log", b"not this one")}
        answer = await web.post(location.rstrip("/"), data={"comment": "a field"}, files=form)
        [file] = transfer.arrived
    assert answer.status_code == 200
    assert (content_of(door, file), file.name) == (LOG, "security.log")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("how", [["-T"], ["--data-binary"], ["-F"]])
async def test_curl_which_many_chargers_run_leaves_a_log(door: House, tmp_path: Path, how: list[str]) -> None:
    log = tmp_path / "keba.log"
    log.write_bytes(LOG)
    value = {"-T": str(log), "--data-binary": f"@{log}", "-F": f"file=@{log}"}[how[0]]
    async with opened(door, FileProtocol.HTTP, FileKind.LOG) as (transfer, location):
        curl = await asyncio.create_subprocess_exec(
            "curl", "--fail", "--silent", "--show-error", *how, value, location, stdout=asyncio.subprocess.DEVNULL
        )
        assert await curl.wait() == 0
        assert content_of(door, transfer.arrived[0]) == LOG


async def test_an_unknown_address_opens_nothing(door: House, web: httpx.AsyncClient) -> None:
    file = await stored(door, FIRMWARE)
    async with opened(door, FileProtocol.HTTP, file) as (transfer, location):
        wrong = location.replace(transfer.token, "0" * 32)
        assert [(await web.request(m, wrong, content=b"x")).status_code for m in ("GET", "PUT", "POST")] == [404] * 3


async def test_an_address_is_good_for_one_direction_only(door: House, web: httpx.AsyncClient) -> None:
    file = await stored(door, FIRMWARE)
    async with opened(door, FileProtocol.HTTP, file) as (_transfer, location):
        assert (await web.put(location, content=b"x")).status_code == 404
    async with opened(door, FileProtocol.HTTP, FileKind.LOG) as (_transfer, location):
        assert (await web.get(location)).status_code == 404


async def test_an_address_ends_with_its_operation_and_with_its_time(door: House, web: httpx.AsyncClient) -> None:
    file = await stored(door, FIRMWARE)
    async with opened(door, FileProtocol.HTTP, file) as (_transfer, location):
        pass
    assert (await web.get(location)).status_code == 404
    async with opened(door, FileProtocol.HTTP, file, lasts_s=0) as (_transfer, location):
        assert (await web.get(location)).status_code == 404


@pytest.mark.parametrize("name", ["..%2f..%2fevil", "../../evil", "%00", "C:%5Cevil", ".", "a" * 400 + ".zip"])
async def test_a_name_is_never_a_path(door: House, web: httpx.AsyncClient, name: str) -> None:
    async with opened(door, FileProtocol.HTTP, FileKind.LOG) as (transfer, location):
        form = {"file": (name.replace("%2f", "/").replace("%5C", "\\"), LOG)}
        assert (await web.post(location, files=form)).status_code == 200
        await web.put(location + name, content=LOG)
        assert all("/" not in f.name and "\\" not in f.name and 0 < len(f.name) <= 120 for f in transfer.arrived)
        assert left_behind(door) == sorted(file.stored_as for file in transfer.arrived)


async def test_a_file_too_large_is_refused_and_nothing_of_it_stays(settings: Settings) -> None:
    small = settings.model_copy(update={"file_limit_mb": 1})
    async with open_house(small) as house, http_door(house), httpx.AsyncClient() as web:
        async with opened(house, FileProtocol.HTTP, FileKind.LOG) as (_transfer, location):
            announced = await web.put(location, content=FIRMWARE)
            hidden = await web.put(location, content=chunks(FIRMWARE))
        assert (announced.status_code, hidden.status_code, left_behind(house)) == (413, 413, [])


async def test_a_full_store_says_so(settings: Settings) -> None:
    small = settings.model_copy(update={"files_limit_mb": 1})
    async with open_house(small) as house, http_door(house), httpx.AsyncClient() as web:
        async with opened(house, FileProtocol.HTTP, FileKind.LOG) as (_transfer, location):
            answer = await web.put(location, content=chunks(FIRMWARE))
        assert (answer.status_code, left_behind(house)) == (507, [])
        assert "delete files" in answer.text


async def test_an_upload_that_breaks_off_leaves_nothing_and_the_next_one_works(
    door: House, web: httpx.AsyncClient
) -> None:
    heard = moves(door)
    async with opened(door, FileProtocol.HTTP, FileKind.LOG) as (transfer, location):
        url = httpx.URL(location)
        _reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(f"PUT {url.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n".encode() + LOG[:400_000])
        await writer.drain()
        writer.close()
        await until(lambda: any(event.problem for event in heard))
        assert (left_behind(door), transfer.connections) == ([], 0)
        assert (await web.put(location, content=LOG)).status_code == 200


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/octet-stream", b""),
        ("multipart/form-data", LOG),
        ("multipart/form-data; boundary=x", LOG),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n'),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; filename="a"\r\n\r\nbroken off'),
    ],
)
async def test_what_holds_no_file_is_refused(
    door: House, web: httpx.AsyncClient, content_type: str, body: bytes
) -> None:
    async with opened(door, FileProtocol.HTTP, FileKind.LOG) as (transfer, location):
        answer = await web.post(location, content=body, headers={"Content-Type": content_type})
        assert (answer.status_code, transfer.arrived, left_behind(door)) == (400, [], [])


async def test_two_chargers_at_once_get_what_is_theirs(door: House, web: httpx.AsyncClient) -> None:
    one, two = await stored(door, FIRMWARE, "one.bin"), await stored(door, FIRMWARE[::-1], "two.bin")
    async with (
        opened(door, FileProtocol.HTTP, one) as (_a, first),
        opened(door, FileProtocol.HTTP, two) as (_b, second),
        opened(door, FileProtocol.HTTP, FileKind.LOG) as (left, third),
    ):
        answers = await asyncio.gather(web.get(first), web.get(second), web.put(third, content=chunks(LOG)))
        assert [answers[0].content, answers[1].content] == [FIRMWARE, FIRMWARE[::-1]]
        assert content_of(door, left.arrived[0]) == LOG


async def test_one_address_serves_only_so_many_connections(door: House, web: httpx.AsyncClient) -> None:
    async with opened(door, FileProtocol.HTTP, FileKind.LOG) as (transfer, location):
        transfer.connections = CONNECTIONS_EACH
        assert (await web.put(location, content=LOG)).status_code == 429


async def test_an_upload_ends_with_its_operation(door: House) -> None:
    heard = moves(door)
    async with opened(door, FileProtocol.HTTP, FileKind.LOG) as (_transfer, location):
        url = httpx.URL(location)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(f"PUT {url.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n".encode() + LOG[:400_000])
        await until(lambda: heard)
    writer.write(LOG[:100])
    assert b" 410 " in await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    assert left_behind(door) == []


async def test_a_file_in_use_is_not_deleted(door: House) -> None:
    file: StoredFile = await stored(door, FIRMWARE)
    async with opened(door, FileProtocol.HTTP, file):
        with pytest.raises(FileInUseError):
            await door.services.files.store.delete(file.id or 0, "test")
    assert await door.services.files.store.delete(file.id or 0, "test")
    assert left_behind(door) == []
