"""The review inbox: a doubtful session is judged by its evidence, decided about, and taken back."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.garage import accept, boot, charger, report, start, stop
from tests.browser.running import RunningHouse
from tests.browser.test_charger_page import add_card

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_doubtful_session_is_corrected_and_the_correction_taken_back(
    open_page: OpenPage, house: RunningHouse
) -> None:
    page = await open_page("/cards", viewport=DESK)
    await add_card(page, "CARD-DOUBT", "Familie Doubt")
    await page.goto(house.url)
    async with charger(house, "DOUBT-01") as socket:
        await accept(page, "DOUBT-01")
        await boot(socket)
        await report(socket, "Available")
        number = await start(socket, "CARD-DOUBT", 50_000)
        await page.goto(f"{house.url}/reviews")
        ended = {"transactionId": number, "meterStop": 40_000, "timestamp": "2026-11-20T10:00:00Z"}
        await socket.call("StopTransaction", ended)
    lines = page.locator(".review-line").filter(has_text="DOUBT-01")
    await expect(lines).to_have_count(1)  # pushed, not reloaded
    await expect(page.get_by_role("link", name="To review").locator(".badge")).to_be_visible()
    await lines.click()
    await expect(page.get_by_text("DOUBT-01").first).to_be_visible()
    for scheme, size in (("light", DESK), ("dark", PHONE)):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    await page.get_by_label("Meter at the end, kWh").fill("40")
    await page.get_by_label("Why").fill("Read off the meter.")
    await page.get_by_role("button", name="Correct the session").click()
    await expect(page.get_by_role("alert").filter(has_text="must not be below")).to_be_visible()
    await expect(page.get_by_label("Why")).to_have_value("Read off the meter.")
    await page.get_by_label("Meter at the end, kWh").fill("56.5")
    await page.get_by_role("button", name="Correct the session").click()
    await page.wait_for_url("**/reviews")
    decided = page.get_by_role("listitem").filter(has_text="Read off the meter.")
    await page.get_by_role("button", name="Close toast").click()  # on a phone it may lie over the list's end
    await decided.get_by_role("button", name="Undo").click()
    await expect(page.locator(".review-line").filter(has_text="DOUBT-01")).to_have_count(1)
    await page.locator(".review-line").filter(has_text="DOUBT-01").click()
    await page.get_by_role("button", name="Discard …").click()
    await page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    await page.wait_for_url("**/reviews")


async def test_any_session_is_looked_into_from_the_list(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page("/cards", viewport=DESK)
    await add_card(page, "CARD-LOOK", "Familie Look")
    await page.goto(house.url)
    async with charger(house, "LOOKAT-01") as socket:
        await accept(page, "LOOKAT-01")
        await boot(socket)
        await report(socket, "Available")
        await stop(socket, await start(socket, "CARD-LOOK"), 3_000)
    await page.goto(f"{house.url}/sessions?q=LOOKAT-01")
    await page.get_by_role("button", name="Look into the session").click()
    await page.wait_for_url("**/reviews/*")
    await page.get_by_label("Tenant").select_option("Familie Look")
    await page.get_by_role("button", name="Assign", exact=True).click()
    await expect(page.get_by_text("The session is billed to Familie Look.")).to_be_visible()
    await page.get_by_role("button", name="Accept as measured").click()
    await page.wait_for_url("**/reviews")


async def test_a_connectors_power_is_set_in_amperes(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page(viewport=DESK)
    async with charger(house, "POWER-01") as socket:
        await accept(page, "POWER-01")
        await boot(socket)
        await report(socket, "Available")
        await page.goto(f"{house.url}/chargers/POWER-01")
        await expect(page.get_by_text("power not set")).to_be_visible()
        await page.get_by_role("button", name="Set the power of").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Fuse, A").fill("2")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog.get_by_text("6 to 630 A")).to_be_visible()
        await dialog.get_by_label("Fuse, A").fill("16")
        await dialog.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("delivers 11.0")).to_be_visible()
