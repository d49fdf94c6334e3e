"""Fetch diagnostics and logs: done when the file is here, whatever the charger says or leaves unsaid."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from onetime.models import FileKind
from onetime.services.chargers.messages.listing import list_messages
from onetime.services.operations.files import uploads
from onetime.settings import Settings
from tests.integration.conftest import House
from tests.integration.driving.file_door import chunks, ftp_leave, http_door
from tests.integration.driving.operator import begun, expect, refuse
from tests.integration.driving.raw_charger import RawCharger

LOG = b"2026-10-05T18:00:00Z boot\n" * 5_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"ftp_port": 0, "ftp_data_ports": "0"})


@pytest.fixture
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REPORT_GRACE_S", "FILE_GRACE_S", "NOTHING_GRACE_S"):
        monkeypatch.setattr(uploads, name, 0.2)


@pytest.fixture(autouse=True)
async def door(house: House) -> AsyncIterator[None]:
    async with http_door(house):
        yield


async def leave(location: str, name: str = "keba.log", content: bytes = LOG) -> None:
    async with httpx.AsyncClient() as web:
        (await web.put(location + name, content=content)).raise_for_status()


async def says(charger: RawCharger, *statuses: str) -> None:
    for status in statuses:
        await charger.call("DiagnosticsStatusNotification", {"status": status})


async def says_of_log(charger: RawCharger, request_id: int | None, *statuses: str) -> None:
    for status in statuses:
        number = {} if request_id is None else {"requestId": request_id}
        await charger.call("LogStatusNotification", {"status": status} | number)


async def content(house: House, result: dict[str, Any]) -> bytes:
    file = await house.services.files.store.find(result["file_id"])
    assert file is not None
    return house.services.files.store.path(file).read_bytes()


async def test_diagnostics_are_here_when_the_charger_says_uploaded(house: House, api: httpx.AsyncClient) -> None:
    """Case 045_1."""
    async with house.charger() as charger:
        window = {"start": "2026-10-05T00:00:00Z", "stop": "2026-10-06T00:00:00Z"}
        asking = begun(api, "fetch_diagnostics", protocol="http", retries=2, retry_interval_s=30, **window)
        sent = await expect(charger, "GetDiagnostics", {"fileName": "keba.log"})
        assert (sent["retries"], sent["retryInterval"], sent["startTime"]) == (2, 30, "2026-10-05T00:00:00.000Z")
        assert sent["location"].startswith("http://127.0.0.1:")
        await says(charger, "Uploading")
        await leave(sent["location"])
        await says(charger, "Uploaded")
        answer = await asking
    result = answer.json()["result"]
    assert (answer.status_code, result["name"], result["size_bytes"], result["content"]) == (
        200, "keba.log", len(LOG), "text",
    )  # fmt: skip
    assert await content(house, result) == LOG


async def test_a_failed_upload_is_told(house: House, api: httpx.AsyncClient) -> None:
    """Case 045_2."""
    async with house.charger() as charger:
        asking = begun(api, "fetch_diagnostics", protocol="http")
        await expect(charger, "GetDiagnostics", {"fileName": "keba.log"})
        await says(charger, "Uploading", "UploadFailed")
        answer = await asking
    assert (answer.status_code, answer.json()["code"]) == (409, "upload-failed")
    assert answer.json()["detail"] == "KEBA-07 could not upload its file."


@pytest.mark.usefixtures("little_patience")
async def test_a_file_counts_though_the_charger_never_reports(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "fetch_diagnostics", protocol="http")
        sent = await expect(charger, "GetDiagnostics", {"fileName": "keba.log"})
        await leave(sent["location"])
        assert (await asking).json()["state"] == "done"


@pytest.mark.usefixtures("little_patience")
async def test_a_report_without_a_file_is_a_failure(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "fetch_diagnostics", protocol="http")
        await expect(charger, "GetDiagnostics", {"fileName": "keba.log"})
        await says(charger, "Uploading", "Uploaded")
        answer = await asking
    assert answer.json()["code"] == "no-file"
    assert "nothing has come" in answer.json()["detail"]


@pytest.mark.usefixtures("little_patience")
async def test_no_file_name_means_nothing_to_upload(house: House, api: httpx.AsyncClient) -> None:
    """Section 6.26."""
    async with house.charger() as charger:
        asking = begun(api, "fetch_diagnostics", protocol="http")
        await expect(charger, "GetDiagnostics", {})
        answer = await asking
    assert (answer.json()["code"], answer.json()["detail"]) == ("nothing-to-upload", "KEBA-07 has nothing to upload.")


async def test_a_charger_that_names_no_file_but_uploads_one_has_uploaded_one(
    house: House, api: httpx.AsyncClient
) -> None:
    async with house.charger() as charger:
        asking = begun(api, "fetch_diagnostics", protocol="http")
        sent = await expect(charger, "GetDiagnostics", {})
        await says(charger, "Uploading")
        await leave(sent["location"])
        await says(charger, "Uploaded")
        assert (await asking).json()["state"] == "done"


async def test_a_charger_that_cannot_use_http_is_asked_to_use_ftp(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "fetch_diagnostics")
        await expect(charger, "GetConfiguration", {"unknownKey": ["SupportedFileTransferProtocols"]})
        await expect(charger, "GetDiagnostics", {"fileName": "keba.log"})
        await says(charger, "UploadFailed")
        sent = await expect(charger, "GetDiagnostics", {"fileName": "keba.log"})
        await ftp_leave(sent["location"], "keba.log", chunks(LOG))
        await says(charger, "Uploaded")
        answer = await asking
    assert answer.json()["result"]["protocol"] == "ftp"
    assert await content(house, answer.json()["result"]) == LOG
    assert house.services.files.transfers.ftp_port is None


@pytest.mark.parametrize(("known", "scheme"), [("FTP,FTPS,SFTP", "ftp"), ("ftp, http", "http"), ("HTTP", "http")])
async def test_what_the_charger_says_it_knows_is_used(
    house: House, api: httpx.AsyncClient, known: str, scheme: str
) -> None:
    """Security whitepaper: SupportedFileTransferProtocols."""
    async with house.charger() as charger:
        asking = begun(api, "fetch_diagnostics")
        setting = {"key": "SupportedFileTransferProtocols", "readonly": True, "value": known}
        await expect(charger, "GetConfiguration", {"configurationKey": [setting]})
        sent = await expect(charger, "GetDiagnostics", {"fileName": "keba.log"})
        assert sent["location"].startswith(f"{scheme}://")
        await says(charger, "UploadFailed")
        if scheme == "http" and "ftp" in known:
            await refuse(charger, "GetDiagnostics", "InternalError")
        assert (await asking).json()["state"] == "failed"


async def test_a_charger_that_knows_nothing_we_offer_is_told_from_the_others(
    house: House, api: httpx.AsyncClient
) -> None:
    async with house.charger() as charger:
        asking = begun(api, "fetch_diagnostics")
        setting = {"key": "SupportedFileTransferProtocols", "readonly": True, "value": "SFTP"}
        await expect(charger, "GetConfiguration", {"configurationKey": [setting]})
        assert (await asking).json()["code"] == "no-common-protocol"


async def test_the_address_and_its_password_are_not_written_down(house: House, api: httpx.AsyncClient) -> None:
    for protocol in ("ftp", "http"):
        async with house.charger() as charger:
            asking = begun(api, "fetch_diagnostics", protocol=protocol)
            sent = await expect(charger, "GetDiagnostics", {"fileName": "keba.log"})
            secret = sent["location"].rpartition("@")[0].rpartition(":")[2] or sent["location"].split("/")[-2]
            await says(charger, "UploadFailed")
            await asking
        assert len(secret) == 32
        frames = await _frames(house)
        assert any("GetDiagnostics" in frame and "•••" in frame for frame in frames)
        assert not any(secret in frame for frame in frames)


async def test_a_security_log_is_fetched_with_its_request_id(house: House, api: httpx.AsyncClient) -> None:
    """Case 079."""
    async with house.charger() as charger:
        asking = begun(api, "fetch_log", protocol="http", log_type="SecurityLog")
        sent = await expect(charger, "GetLog", {"status": "Accepted", "filename": "security.log"})
        assert sent["logType"] == "SecurityLog"
        await says_of_log(charger, sent["requestId"] + 1, "UploadFailure")  # of another request
        await says_of_log(charger, sent["requestId"], "Uploading")
        await leave(sent["log"]["remoteLocation"], "security.log")
        await says_of_log(charger, sent["requestId"], "Uploaded")
        answer = await asking
    assert (answer.status_code, answer.json()["result"]["name"]) == (200, "security.log")
    file = await house.services.files.store.find(answer.json()["result"]["file_id"])
    assert file is not None
    assert (file.kind, file.operation_id) == (FileKind.LOG, answer.json()["id"])


@pytest.mark.parametrize("status", ["BadMessage", "NotSupportedOperation", "PermissionDenied", "UploadFailure"])
async def test_a_log_that_fails_is_told(house: House, api: httpx.AsyncClient, status: str) -> None:
    async with house.charger() as charger:
        asking = begun(api, "fetch_log", protocol="http", log_type="DiagnosticsLog")
        sent = await expect(charger, "GetLog", {"status": "Accepted"})
        await says_of_log(charger, sent["requestId"], status)
        assert (await asking).json()["code"] == "upload-failed"


async def test_a_log_that_pushes_another_aside_is_fetched_all_the_same(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "fetch_log", protocol="http", log_type="DiagnosticsLog")
        sent = await expect(charger, "GetLog", {"status": "AcceptedCanceled"})
        await leave(sent["log"]["remoteLocation"])
        await says_of_log(charger, None, "Uploaded")
        answer = await asking
    assert answer.json()["state"] == "done"
    assert any("gave up an earlier upload" in step["text"] for step in answer.json()["steps"])


async def test_a_refused_log_is_told(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "fetch_log", protocol="http", log_type="SecurityLog")
        await expect(charger, "GetLog", {"status": "Rejected"})
        assert (await asking).json()["code"] == "rejected"


async def test_a_file_too_large_is_told_as_the_reason(house: House, api: httpx.AsyncClient) -> None:
    object.__setattr__(house.services.files.store.limits, "file_bytes", 1_000)
    async with house.charger() as charger:
        asking = begun(api, "fetch_diagnostics", protocol="ftp")
        sent = await expect(charger, "GetDiagnostics", {"fileName": "keba.log"})
        with pytest.raises(Exception, match=r"552|Connection|150|Waiting"):
            await ftp_leave(sent["location"], "keba.log", chunks(LOG))
        await says(charger, "UploadFailed")
        assert "larger than" in (await asking).json()["detail"]


async def _frames(house: House) -> list[str]:
    [charger] = house.services.chargers.live.chargers()
    await house.services.chargers.messages.flush(charger.id)
    return [row.frame for row in await house.services.database.read(lambda s: list_messages(s, charger.id, 100))]
