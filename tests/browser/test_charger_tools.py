"""A charger's tools for the electrician: its settings, and commands by hand."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.garage import accept, boot, charger, now, report
from tests.browser.running import RunningHouse
from tests.browser.test_charger_page import let_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def to_tab(page: Page, name: str) -> None:
    await page.get_by_role("navigation", name="Charger").get_by_role("link", name=name).click()


async def test_a_setting_is_changed_and_read_back(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page(viewport=PHONE)
    async with charger(house, "TOOL-01") as socket:
        await let_in(page, socket, "TOOL-01")
        await to_tab(page, "Settings")
        row = page.get_by_role("row").filter(has_text="HeartbeatInterval")
        await expect(row).to_contain_text("300")
        await expect(row).to_contain_text("Seconds between its signs of life.")
        await page.get_by_role("button", name="Change HeartbeatInterval").click()
        await page.get_by_role("dialog").get_by_label("Value").fill("900")
        await page.keyboard.press("Enter")
        await expect(row).to_contain_text("900")
        assert socket.settings["HeartbeatInterval"] == "900"

        socket.refuses = True
        await page.get_by_role("button", name="Change HeartbeatInterval").click()
        await page.get_by_role("dialog").get_by_label("Value").fill("1")
        await page.keyboard.press("Enter")
        refused = page.locator(".operation--failed")
        await expect(refused).to_contain_text("The charger refuses this value of HeartbeatInterval.")
        await expect(row).to_contain_text("900")

        socket.refuses = False
        await page.get_by_role("searchbox", name="Find a setting").fill("ping")
        await expect(page.locator(".table--settings tbody tr")).to_have_count(1)
        await page.get_by_role("button", name="Change WebSocketPingInterval").click()
        await page.get_by_role("dialog").get_by_label("Value").fill("30")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("A restart is needed before this holds: WebSocketPingInterval.")).to_be_visible()


async def test_a_command_is_sent_by_hand(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page(viewport=DESK)
    async with charger(house, "TOOL-02") as socket:
        await accept(page, "TOOL-02")
        await boot(socket)
        await report(socket, "Available")
        await page.goto(f"{house.url}/chargers/TOOL-02/console")
        await page.get_by_label("Command").select_option("ChangeAvailability")
        payload = page.get_by_label("Payload (JSON)")
        await expect(payload).to_have_value('{\n  "connectorId": 1,\n  "type": "Inoperative"\n}')

        await payload.fill('{"connectorId": -1, "type": "Off"}')
        await payload.press("Control+Enter")
        problems = page.get_by_role("alert")
        await expect(problems).to_contain_text("connectorId: it must be at least 0.")
        await expect(problems).to_contain_text("type: it must be 'Inoperative' or 'Operative'.")

        await payload.fill('{"connectorId": 1, "type": "Operative"}')
        await payload.press("Control+Enter")
        answer = page.locator(".history .operation").first
        await expect(answer).to_contain_text('"status": "Accepted"')
        await expect(problems).to_have_count(0)
        assert ("ChangeAvailability", {"connectorId": 1, "type": "Operative"}) in socket.told


async def test_a_firmware_is_uploaded_and_the_charger_asked_to_install_it(
    open_page: OpenPage, house: RunningHouse
) -> None:
    page = await open_page(viewport=PHONE)
    async with charger(house, "TOOL-03") as socket:
        await let_in(page, socket, "TOOL-03")
        await to_tab(page, "Files")
        upload = {"name": "KEBA_1.18.bin", "mimeType": "application/octet-stream", "buffer": b"firmware" * 1000}
        await page.locator("#firmware-file").set_input_files(upload)  # type: ignore[arg-type]
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("Install KEBA_1.18.bin on TOOL-03?")
        await dialog.get_by_role("button", name="Install it").click()
        operation = page.locator(".operations .operation[data-operation=update_firmware]")
        await expect(operation).to_contain_text("The charger is asked to fetch KEBA_1.18.bin")
        await socket.was_told("UpdateFirmware")
        for status in ("Downloading", "Downloaded", "Installing"):
            await socket.call("FirmwareStatusNotification", {"status": status})
        await expect(operation).to_contain_text("80\u202f% · The charger installs the firmware.")
        await boot(socket, firmware="1.18")
        await socket.call("FirmwareStatusNotification", {"status": "Installed"})
        await expect(operation).to_contain_text("The new firmware is installed.")

        await page.get_by_role("button", name="Delete KEBA_1.18.bin").click()
        await page.get_by_role("dialog").get_by_role("button", name="Delete it").click()
        await expect(page.get_by_text("There are no files yet.")).to_be_visible()


async def test_an_alert_is_put_away_and_a_certificate_saved(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page(viewport=DESK)
    async with charger(house, "TOOL-04") as socket:
        await let_in(page, socket, "TOOL-04")
        await to_tab(page, "Security")
        await expect(page.get_by_text("0 · No protection").first).to_be_visible()
        event = {"type": "TamperDetectionActivated", "timestamp": now()}
        await socket.call("SecurityEventNotification", event)
        alert = page.get_by_role("listitem").filter(has_text="Somebody opened the charger")
        await alert.get_by_role("button", name="Seen").click()
        await expect(alert).to_contain_text("seen by anna")
        async with page.expect_download() as saved:
            await page.get_by_role("link", name="Save ca.pem").click()
        assert (await (await saved.value).path()).read_text().startswith("-----BEGIN CERTIFICATE-----")
