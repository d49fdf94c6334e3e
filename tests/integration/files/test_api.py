"""Firmware is uploaded, and what chargers sent is downloaded, by who may."""

import errno
import gzip
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from onetime.clock import utc_now
from onetime.models import FileKind, Role
from onetime.services.files import incoming, keeping
from onetime.services.files.inside import look_at_member, look_inside
from onetime.services.files.multipart import Upload
from onetime.services.files.transfers import FileProtocol
from onetime.settings import Settings
from onetime.store.unreadable import UnreadableRow
from tests.integration.conftest import House, open_house
from tests.integration.driving.api_client import client
from tests.integration.driving.file_door import chunks, content_of, left_behind, opened, stored

FIRMWARE = bytes(range(256)) * 5_000
FILES = "/api/v1/files"


@pytest.fixture
async def api(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with await client(house, Role.INSTALLER) as opened_client:
        yield opened_client


async def test_firmware_is_uploaded_as_the_body_and_downloaded_again(house: House, api: httpx.AsyncClient) -> None:
    answer = await api.post(FILES, params={"name": "keba-2.0.bin"}, content=chunks(FIRMWARE))
    item = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"{FILES}/{item['id']}")
    assert (item["name"], item["kind"], item["size_bytes"]) == ("keba-2.0.bin", "firmware", len(FIRMWARE))
    assert (item["created_by"], item["expires_at"], item["charger_id"]) == ("api:test-installer", None, None)
    content = await api.get(item["content_url"])
    assert content.content == FIRMWARE
    assert content.headers["content-disposition"] == 'attachment; filename="keba-2.0.bin"'
    part = await api.get(item["content_url"], headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, FIRMWARE[10:20])


async def test_firmware_is_uploaded_as_a_form(api: httpx.AsyncClient) -> None:
    answer = await api.post(FILES, files={"file": ("../keba 2.0.bin", FIRMWARE)})
    assert (answer.status_code, answer.json()["name"]) == (201, "keba 2.0.bin")


async def test_files_are_listed_newest_first_in_pages(house: House, api: httpx.AsyncClient) -> None:
    for number in range(3):
        await stored(house, FIRMWARE, f"{number}.bin")
    page = (await api.get(FILES, params={"limit": 2, "kind": "firmware"})).json()
    assert [item["name"] for item in page["items"]] == ["2.bin", "1.bin"]
    rest = (await api.get(page["next"])).json()
    assert ([item["name"] for item in rest["items"]], rest["next"]) == (["0.bin"], None)


async def test_a_deleted_file_is_gone_from_the_disk_too(house: House, api: httpx.AsyncClient) -> None:
    file = await stored(house, FIRMWARE)
    assert (await api.delete(f"{FILES}/{file.id}")).status_code == 204
    assert left_behind(house) == []
    assert (await api.get(f"{FILES}/{file.id}")).status_code == 404
    assert (await api.delete(f"{FILES}/{file.id}")).status_code == 404


async def test_a_file_a_charger_fetches_is_not_deleted(house: House, api: httpx.AsyncClient) -> None:
    file = await stored(house, FIRMWARE)
    async with opened(house, FileProtocol.HTTP, file):
        answer = await api.delete(f"{FILES}/{file.id}")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:onetime:file-in-use")


@pytest.mark.parametrize(
    ("how", "status"),
    [({"content": b""}, 400), ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400)],
)
async def test_an_upload_without_a_file_is_a_problem(
    api: httpx.AsyncClient, how: dict[str, object], status: int
) -> None:
    answer = await api.post(FILES, **how)  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_an_upload_too_large_is_a_problem(settings: Settings) -> None:
    async with open_house(settings.model_copy(update={"file_limit_mb": 1})) as house:
        async with await client(house, Role.INSTALLER) as api:
            answer = await api.post(FILES, content=chunks(FIRMWARE))
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:onetime:file-too-large")
        assert left_behind(house) == []


async def test_a_browser_that_is_not_logged_in_gets_no_file(house: House, api: httpx.AsyncClient) -> None:
    file = await stored(house, FIRMWARE)
    assert (await api.get(f"/download/files/{file.id}")).status_code == 403


async def test_who_may_not_manage_files_sees_none(house: House) -> None:
    async with await client(house, Role.MANAGER) as api:
        assert (await api.get(FILES)).status_code == 403


async def test_old_diagnostics_go_in_small_steps_and_firmware_stays(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "STEP_FILES", 2)
    monkeypatch.setattr(keeping, "PAUSE_S", 0)
    firmware = await stored(house, FIRMWARE)
    async with opened(house, FileProtocol.HTTP, FileKind.LOG) as (transfer, _location):
        for number in range(5):
            await house.services.files.transfers.receive(transfer, Upload(chunks(b"log"), name=f"{number}.log"))
    services = house.services
    later = utc_now() + timedelta(days=91)
    unread: list[UnreadableRow] = []
    assert await keeping.delete_expired(services.database, services.files.store, utc_now(), unread.append) == 0
    assert await keeping.delete_expired(services.database, services.files.store, later, unread.append) == 5
    assert unread == []
    assert left_behind(house) == [firmware.stored_as]


async def test_what_a_power_cut_left_half_written_is_swept_away(settings: Settings) -> None:
    async with open_house(settings) as house:
        file = await stored(house, FIRMWARE)
        (house.services.files.store.folder / "0123.part").write_bytes(b"half")
    async with open_house(settings) as house:
        assert left_behind(house) == [file.stored_as]
        assert content_of(house, file) == FIRMWARE


async def test_an_archive_of_a_charger_can_be_opened(house: House) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("logs/boot.log", "18:00 boot\n")
    file = await stored(house, packed.getvalue(), "diagnostics.zip")
    path = house.services.files.store.path(file)
    assert [member.name for member in look_inside(path, file.content).members] == ["logs/boot.log"]
    assert look_at_member(path, file.content, "logs/boot.log").text == "18:00 boot\n"
    log = await stored(house, gzip.compress(b"18:00 boot\n"), "boot.log.gz")
    assert look_inside(house.services.files.store.path(log), log.content).text == "18:00 boot\n"


async def test_a_nearly_full_disk_is_a_sentence_and_sessions_keep_their_room(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "DISK_RESERVE", 1 << 60)
    answer = await api.post(FILES, content=chunks(FIRMWARE))
    assert (answer.status_code, answer.json()["type"]) == (507, "urn:onetime:file-store-full")
    assert "make room" in answer.json()["detail"]
    assert left_behind(house) == []


async def test_a_disk_that_fills_up_meanwhile_is_the_same_sentence(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: incoming.IncomingFile, _piece: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(incoming.IncomingFile, "_write_piece", full)
    answer = await api.post(FILES, content=chunks(FIRMWARE))
    assert (answer.status_code, answer.json()["type"]) == (507, "urn:onetime:file-store-full")
    assert left_behind(house) == []
