"""Update firmware: followed through what the charger fetches, what it says, and its boot."""

import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from onetime.services.operations.files import updates
from onetime.settings import Settings
from tests.integration.conftest import House
from tests.integration.driving.file_door import ftp_fetch, http_door, stored
from tests.integration.driving.operator import begun, expect
from tests.integration.driving.raw_charger import RawCharger
from tests.unit.services.security.factories import some_certificate

FIRMWARE = random.Random(9).randbytes(800_000)
BOOT = {"chargePointVendor": "Keba", "chargePointModel": "P30", "firmwareVersion": "2.0"}
SIGNED = {"signing_certificate": some_certificate(), "signature": "c2lnbmF0dXJl", "signed": True}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"ftp_port": 0, "ftp_data_ports": "0"})


@pytest.fixture
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "BOOT_GRACE_S", 0.2)


@pytest.fixture(autouse=True)
async def door(house: House) -> AsyncIterator[None]:
    async with http_door(house):
        yield


async def begin(house: House, api: httpx.AsyncClient, **parameters: Any) -> Any:
    file = await stored(house, FIRMWARE)
    return begun(api, "update_firmware", **{"file_id": file.id, "protocol": "http"} | parameters)


async def fetch(location: str) -> None:
    async with httpx.AsyncClient() as web:
        assert (await web.get(location)).content == FIRMWARE


async def says(charger: RawCharger, *statuses: str) -> None:
    for status in statuses:
        await charger.call("FirmwareStatusNotification", {"status": status})


async def says_signed(charger: RawCharger, request_id: int, *statuses: str) -> None:
    for status in statuses:
        await charger.call("SignedFirmwareStatusNotification", {"status": status, "requestId": request_id})


async def test_firmware_is_installed_when_the_charger_says_so_after_its_boot(
    house: House, api: httpx.AsyncClient
) -> None:
    """Case 044_1."""
    async with house.charger() as charger:
        asking = await begin(house, api, retries=3, retry_interval_s=60)
        sent = await expect(charger, "UpdateFirmware", {})
        assert (sent["retries"], sent["retryInterval"]) == (3, 60)
        await says(charger, "Downloading")
        await fetch(sent["location"])
        await says(charger, "Downloaded", "Installing")
    async with house.charger(booted=False) as again:
        await again.call("BootNotification", BOOT)
        await says(again, "Installed")
        answer = await asking
    assert (answer.status_code, answer.json()["progress"]) == (200, 100)
    assert answer.json()["result"]["firmware_version"] == "2.0"
    assert any("100 % of the file" in step["text"] for step in answer.json()["steps"])


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        (["Downloading", "DownloadFailed"], "download-failed"),  # case 044_2
        (["Downloading", "Downloaded", "Installing", "InstallationFailed"], "installation-failed"),  # case 044_3
    ],
)
async def test_a_failure_is_told(house: House, api: httpx.AsyncClient, statuses: list[str], code: str) -> None:
    """Cases 044_2 and 044_3."""
    async with house.charger() as charger:
        asking = await begin(house, api)
        await expect(charger, "UpdateFirmware", {})
        await says(charger, *statuses)
        answer = await asking
    assert (answer.status_code, answer.json()["code"]) == (409, code)


@pytest.mark.usefixtures("little_patience")
async def test_a_boot_with_another_version_decides_where_nothing_is_said(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = await begin(house, api)
        sent = await expect(charger, "UpdateFirmware", {})
        await fetch(sent["location"])
    async with house.charger(booted=False) as again:
        await again.call("BootNotification", BOOT)
        answer = await asking
    assert (answer.json()["state"], answer.json()["result"]["firmware_version"]) == ("done", "2.0")


async def test_an_installation_that_failed_after_the_boot_is_a_failure(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = await begin(house, api)
        await expect(charger, "UpdateFirmware", {})
        await charger.call("BootNotification", BOOT)
        await says(charger, "InstallationFailed")
        assert (await asking).json()["code"] == "installation-failed"


async def test_a_signing_certificate_that_cannot_be_read_is_not_sent(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = await begin(house, api, **(SIGNED | {"signing_certificate": "-----BEGIN CERTIFICATE-----"}))
        assert ((await asking).status_code, charger.commands.empty()) == (422, True)


async def test_states_may_be_missing_or_come_twice(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = await begin(house, api)
        await fetch((await expect(charger, "UpdateFirmware", {}))["location"])
        await says(charger, "Idle", "Downloaded", "Downloaded", "SomethingNew", "Installed")
        assert (await asking).json()["state"] == "done"


async def test_a_charger_that_never_says_anything_is_told_by_what_it_fetched(
    house: House, api: httpx.AsyncClient
) -> None:
    async with house.charger() as charger:
        asking = await begin(house, api, timeout_s=0.3)
        await expect(charger, "UpdateFirmware", {})
        answer = await asking
        assert (answer.json()["code"], answer.json()["detail"]) == (
            "timed-out",
            "KEBA-07 has not fetched the firmware.",
        )
        asking = await begin(house, api, timeout_s=2)
        sent = await expect(charger, "UpdateFirmware", {})
        await fetch(sent["location"])
        assert "has fetched the firmware, but does not say" in (await asking).json()["detail"]


async def test_installed_with_nothing_fetched_and_the_same_version_is_not_done(
    house: House, api: httpx.AsyncClient
) -> None:
    """e-mobility simulator #459: a restart during the download, then Installed with the version it had."""
    async with house.charger(booted=False) as charger:
        await charger.call("BootNotification", BOOT)
        asking = await begin(house, api, timeout_s=0.5)
        await expect(charger, "UpdateFirmware", {})
        await says(charger, "Downloading")
        await charger.call("BootNotification", BOOT)
        await says(charger, "Installed")
        answer = (await asking).json()
    assert (answer["state"], answer["code"]) == ("failed", "not-fetched")


async def test_another_way_is_tried_after_silence(house: House, api: httpx.AsyncClient) -> None:
    """It neither fetches the file nor says that it could not; and it has reconnected meanwhile."""
    async with house.charger() as charger:
        asking = await begin(house, api, timeout_s=1, protocol=None)
        await expect(charger, "GetConfiguration", {})
        assert (await expect(charger, "UpdateFirmware", {}))["location"].startswith("http:")
    async with house.charger() as again:
        assert (await expect(again, "UpdateFirmware", {}))["location"].startswith("ftp:")
        assert (await asking).json()["code"] == "timed-out"


async def test_a_charger_that_tries_again_is_waited_for(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = await begin(house, api, retries=1)
        sent = await expect(charger, "UpdateFirmware", {})
        await says(charger, "Downloading", "DownloadFailed", "Downloading")
        await fetch(sent["location"])
        await says(charger, "Downloaded", "Installed")
        assert (await asking).json()["state"] == "done"


async def test_a_charger_that_cannot_fetch_by_http_is_offered_ftp(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = await begin(house, api, protocol=None)
        await expect(charger, "GetConfiguration", {"unknownKey": ["SupportedFileTransferProtocols"]})
        await expect(charger, "UpdateFirmware", {})
        await says(charger, "DownloadFailed")
        sent = await expect(charger, "UpdateFirmware", {})
        assert await ftp_fetch(sent["location"]) == FIRMWARE
        await says(charger, "Installed")
        assert (await asking).json()["result"]["protocol"] == "ftp"


async def test_signed_firmware_is_sent_with_its_signature(house: House, api: httpx.AsyncClient) -> None:
    """Case 080."""
    async with house.charger() as charger:
        asking = await begin(house, api, **SIGNED)
        sent = await expect(charger, "SignedUpdateFirmware", {"status": "Accepted"})
        firmware, number = sent["firmware"], sent["requestId"]
        assert (firmware["signature"], firmware["signingCertificate"]) == (
            SIGNED["signature"],
            SIGNED["signing_certificate"],
        )
        await says_signed(charger, number, "Downloading")
        await fetch(firmware["location"])
        await says_signed(charger, number + 1, "InvalidSignature")  # of another request
        await says_signed(charger, number, "Downloaded", "SignatureVerified", "InstallRebooting")
    async with house.charger(booted=False) as again:
        await again.call("BootNotification", BOOT)
        await says_signed(again, number, "Installing", "Installed")
        assert (await asking).json()["state"] == "done"


async def test_a_wrong_signature_is_told(house: House, api: httpx.AsyncClient) -> None:
    """Case 081."""
    async with house.charger() as charger:
        asking = await begin(house, api, **SIGNED)
        sent = await expect(charger, "SignedUpdateFirmware", {"status": "Accepted"})
        await says_signed(charger, sent["requestId"], "Downloading", "Downloaded", "InvalidSignature")
        assert (await asking).json()["code"] == "invalid-signature"


@pytest.mark.parametrize("status", ["Rejected", "InvalidCertificate", "RevokedCertificate"])
async def test_a_signed_update_that_is_refused_is_told(house: House, api: httpx.AsyncClient, status: str) -> None:
    async with house.charger() as charger:
        asking = await begin(house, api, **SIGNED)
        await expect(charger, "SignedUpdateFirmware", {"status": status})
        assert (await asking).json()["code"] == status.casefold()


async def test_only_firmware_can_be_installed_and_only_if_it_is_there(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger():
        assert (await begun(api, "update_firmware", file_id=4711)).json()["code"] == "no-such-file"


@pytest.mark.parametrize(
    "wrong",
    [
        {"signature": "x"},
        {"signed": True},
        {"install_at": "2026-11-24T00:00:00Z"},
        {"retrieve_at": "2099-01-01T00:00:00Z"},
    ],
)
async def test_parameters_that_do_not_fit_are_told(house: House, api: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    async with house.charger():
        assert (await begun(api, "update_firmware", file_id=1, **wrong)).status_code == 422


async def test_the_address_is_the_one_the_charger_came_in_by_unless_it_is_set(settings: Settings) -> None:
    from onetime.services.files.addresses import FilePorts, Reached, location_of
    from onetime.services.files.transfers import FileProtocol, Transfer

    def told(reached: Reached, protocol: FileProtocol = FileProtocol.HTTP, **changed: Any) -> str:
        transfer = Transfer(1, 1, "X", 1, protocol, 0.0, kind=None, token="T", user="u")  # type: ignore[arg-type]
        ports = FilePorts(8000, 2121, https=9443)
        return location_of(transfer, reached, ports, settings.model_copy(update=changed))

    assert told(Reached("192.168.1.5")) == "http://192.168.1.5:8000/transfer/T/"
    assert told(Reached("fd00::5"), FileProtocol.FTP) == "ftp://u:T@[fd00::5]:2121/"
    assert told(Reached("192.168.1.5"), address="house.local") == "http://house.local:8000/transfer/T/"
    assert told(Reached("192.168.1.5"), FileProtocol.HTTPS) == "https://192.168.1.5:9443/transfer/T/"
    by_proxy = {"files_url": "https://house.example/"}
    assert told(Reached("10.0.0.1"), FileProtocol.HTTPS, **by_proxy) == "https://house.example/transfer/T/"
    assert told(Reached("10.0.0.1"), **by_proxy) == "http://10.0.0.1:8000/transfer/T/"
