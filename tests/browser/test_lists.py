"""Sessions with their filter, cards that wait for an owner, the month's sheet."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.async_api import expect

from tests.browser.conftest import DESK, OpenPage
from tests.browser.garage import accept, boot, charger, report, start, stop
from tests.browser.running import RunningHouse
from tests.browser.test_charger_page import add_card

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_sessions_are_found_by_charger_and_word_and_the_address_holds_the_filter(
    open_page: OpenPage, house: RunningHouse
) -> None:
    page = await open_page("/cards", viewport=DESK)
    await add_card(page, "CARD-LIST", "Rossi Giulia")
    await page.goto(house.url)
    for identity in ("LIST-01", "LIST-02"):
        async with charger(house, identity) as socket:
            await accept(page, identity)
            await boot(socket)
            await report(socket, "Available")
            await stop(socket, await start(socket, "CARD-LIST"), 6_000)
    await page.goto(f"{house.url}/sessions")
    await page.get_by_label("Search").fill("LIST-02")
    await page.get_by_role("button", name="Show", exact=True).click()
    await page.wait_for_url("**/sessions?q=LIST-02")
    rows = page.locator("tbody tr")
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("Rossi Giulia")
    await expect(page.locator("tfoot")).to_contain_text("1 sessions")
    await expect(page.locator("tfoot")).to_contain_text("5.0\u202fkWh")
    await page.reload()
    await expect(page.get_by_label("Search")).to_have_value("LIST-02")
    await page.goto(f"{house.url}/sessions?charger=LIST-01&state=open")
    await expect(page.get_by_text("No session fits")).to_be_visible()
    await page.get_by_role("link", name="Show all sessions").click()
    await expect(rows.filter(has_text="LIST-01")).to_have_count(1)


async def test_an_unknown_card_waits_for_a_name_and_may_then_charge(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page()
    async with charger(house, "CARDS-01") as socket:
        await accept(page, "CARDS-01")
        await boot(socket)
        assert (await socket.call("Authorize", {"idTag": "04A1B2C3"}))["idTagInfo"]["status"] == "Invalid"
        await page.goto(f"{house.url}/cards")
        waiting = page.get_by_role("listitem").filter(has_text="04A1B2C3")
        await waiting.get_by_label("Tenant").fill("Familie Keller")
        await waiting.get_by_role("button", name="Accept").click()
        await expect(page.get_by_text("04A1B2C3 may charge from now on.")).to_be_visible()
        await expect(waiting).to_have_count(0)
        assert (await socket.call("Authorize", {"idTag": "04A1B2C3"}))["idTagInfo"]["status"] == "Accepted"
        row = page.get_by_role("row").filter(has_text="04A1B2C3")
        await row.get_by_role("button", name="Change").click()
        await row.get_by_role("dialog").get_by_label("Blocked").check()
        await row.get_by_role("dialog").get_by_role("button", name="Save").click()
        await expect(row).to_contain_text("blocked")
        assert (await socket.call("Authorize", {"idTag": "04A1B2C3"}))["idTagInfo"]["status"] == "Blocked"


async def test_the_months_sheet_is_made_and_downloaded(
    open_page: OpenPage, house: RunningHouse, tmp_path: Path
) -> None:
    page = await open_page("/billing")
    async with page.expect_download(timeout=60_000) as download:
        await page.get_by_role("button", name="Download Excel sheet").click()
    saved = tmp_path / "sheet.xlsx"
    await (await download.value).save_as(saved)
    assert load_workbook(saved, read_only=True).sheetnames
    async with page.expect_download() as again:
        await page.get_by_role("link", name="Save onetime-").click()
    assert (await again.value).suggested_filename.startswith("onetime-")
    await page.goto(house.url)
    await page.goto(f"{house.url}/billing")  # left and come back to
    async with page.expect_download() as again:
        await page.get_by_role("link", name="Save onetime-").click()
    assert (await again.value).suggested_filename.startswith("onetime-")


async def test_a_sheet_is_not_given_to_strangers(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page("/billing")
    await page.context.clear_cookies()
    answer = await page.context.request.get(f"{house.url}/download/reports/onetime-2026-10-en.xlsx")
    assert answer.status == 403
