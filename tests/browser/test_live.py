"""What chargers do is on the open page at once."""

import time

import pytest
from playwright.async_api import expect

from bench.open_pages.latency import measure as measure_times
from bench.open_pages.latency import percentile
from tests.browser.conftest import DESK, OpenPage
from tests.browser.garage import accept, boot, charger, measure, report, start, stop
from tests.browser.running import RunningHouse

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHANGES = 40
SHOWN_WITHIN_MS = 150  # at the 95th percentile


async def test_a_new_charger_appears_within_a_second_and_is_let_in_by_one_click(
    open_page: OpenPage, house: RunningHouse
) -> None:
    page = await open_page()
    called = time.monotonic()
    async with charger(house, "NEW-01") as socket:
        await expect(page.get_by_text("NEW-01")).to_be_visible(timeout=1_000)
        assert time.monotonic() - called < 1.5
        await accept(page, "NEW-01")
        await boot(socket)
        await report(socket, "Available")
        await expect(page.locator(".tile", has_text="NEW-01")).to_contain_text("Free")


async def test_a_session_is_followed_from_plug_to_unplug(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page(viewport=DESK)
    async with charger(house, "LIVE-01") as socket:
        await accept(page, "LIVE-01")
        await boot(socket)
        await report(socket, "Preparing")
        tile = page.locator(".tile", has_text="LIVE-01")
        await expect(tile).to_contain_text("Connected")
        number = await start(socket, "UNKNOWN-CARD")
        await measure(socket, number, 3_340, 11_040)
        await expect(tile).to_contain_text("Charging")
        await expect(tile).to_contain_text("11.0\u202fkW")
        await expect(tile).to_contain_text("2.34\u202fkWh")
        await stop(socket, number, 3_400)
        await expect(tile).to_contain_text("Free")
    await expect(tile).to_contain_text("Offline")
    await expect(tile).to_contain_text("since ")


async def test_a_change_is_on_the_page_within_150_ms(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page()
    async with charger(house, "FAST-01"):
        await accept(page, "FAST-01")
    times = await measure_times(page, f"{house.charger_url}/FAST-01", CHANGES)
    assert len(times) == CHANGES
    assert percentile(times, 0.95) <= SHOWN_WITHIN_MS, sorted(times)


async def test_chips_count_and_filter_and_the_search_finds_a_spot(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page()
    async with charger(house, "CHIP-01") as socket:
        await accept(page, "CHIP-01")
        await boot(socket)
        await report(socket, "Faulted", errorCode="GroundFailure", info="Residual current")
        tile = page.locator(".tile", has_text="CHIP-01")
        await expect(tile).to_contain_text("Residual current")
        await page.get_by_role("button", name="Fault").click()
        await expect(page.locator(".tile")).to_have_count(1)
        await report(socket, "Available")
        await expect(page.get_by_text("No spot fits.")).to_be_visible()
        await page.get_by_role("button", name="All").click()
        await expect(tile).to_be_visible()
