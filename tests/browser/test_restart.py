"""Onetime is updated while a page is open."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import set_up
from tests.browser.garage import accept, boot, charger, report
from tests.browser.running import RunningHouse

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_open_page_says_calmly_that_it_waits_and_goes_on_by_itself(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    house = RunningHouse(tmp_path_factory.mktemp("restarted"))
    page = await browser.new_page(locale="en-GB")
    await set_up(page, house)
    async with charger(house, "STAYS-01") as socket:
        await accept(page, "STAYS-01")
        await boot(socket)
        await report(socket, "Available")
        await expect(page.locator(".tile")).to_contain_text("Free")
    house.stop()
    await expect(page.get_by_text("No connection to Onetime.")).to_be_visible()
    await expect(page.locator(".tile")).to_have_count(1)  # what was known is still there
    house.start()
    await expect(page.get_by_text("No connection to Onetime.")).to_have_count(0, timeout=15_000)
    await expect(page.locator(".tile")).to_contain_text("Offline")
    async with charger(house, "STAYS-01") as socket:
        await report(socket, "Preparing")
        await expect(page.locator(".tile")).to_contain_text("Connected")
    await page.close()
    house.stop()
