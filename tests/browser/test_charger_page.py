"""A charger's page: start, stop, restart, name a spot, read its log."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import DESK, OpenPage
from tests.browser.garage import ObedientCharger, accept, boot, charger, measure, report, start, stop
from tests.browser.running import RunningHouse

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def let_in(page: Page, socket: ObedientCharger, identity: str) -> None:
    """Accept a charger and go to its page."""
    await accept(page, identity)
    await boot(socket)
    await report(socket, "Available")
    await page.locator(".tile", has_text=identity).click()
    await page.wait_for_url(f"**/chargers/{identity}")
    await expect(page.get_by_role("heading", level=1, name=identity)).to_be_visible()


async def add_card(page: Page, number: str, tenant: str) -> None:
    """Add a card on its page."""
    await page.get_by_role("button", name="Add a card").first.click()
    dialog = page.get_by_role("dialog", name="Add a card")
    await dialog.get_by_label("Card number").fill(number)
    await dialog.get_by_label("Tenant").fill(tenant)
    await dialog.get_by_role("button", name="Add the card").click()
    await expect(page.get_by_role("cell", name=number)).to_be_visible()
    await expect(dialog).to_have_count(0)


async def test_a_session_is_started_and_stopped_from_the_page(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page("/cards")
    await add_card(page, "CARD-PAGE", "Familie Brunner")
    page = await open_page()
    async with charger(house, "PAGE-01") as socket:
        await let_in(page, socket, "PAGE-01")
        await page.get_by_role("button", name="Start charging").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Who pays?").select_option("CARD-PAGE")
        await dialog.get_by_role("button", name="Start charging").click()
        operation = page.locator(".operations .operation[data-operation=start]")
        await expect(operation).to_contain_text("PAGE-01 will start.")
        assert ("RemoteStartTransaction", {"connectorId": 1, "idTag": "CARD-PAGE"}) in socket.told

        number = await start(socket, "CARD-PAGE")
        await expect(operation).to_contain_text("The session has begun.")
        await measure(socket, number, 2_000, 7_400)
        await expect(page.locator(".connector")).to_contain_text("7.4\u202fkW")
        await page.get_by_role("button", name="Stop charging").click()
        await page.get_by_role("dialog").get_by_role("button", name="Stop charging").click()
        await expect(page.locator(".operation[data-operation=stop]")).to_contain_text("PAGE-01 will end the session.")
        assert ("RemoteStopTransaction", {"transactionId": number}) in socket.told

        await page.get_by_role("link", name="Operations").click()  # left, and come back to
        await expect(page.locator(".history .operation").first).to_contain_text("Stop PAGE-01")
        await stop(socket, number, 3_500)
        await expect(page.locator(".history .operation").first).to_contain_text("The session has ended.")
        await page.get_by_role("link", name="Now").click()
        row = page.get_by_role("row").filter(has_text="Familie Brunner")
        await expect(row).to_contain_text("2.5\u202fkWh")
        await expect(page.get_by_role("button", name="Start charging")).to_be_visible()


async def test_a_refusal_is_told_in_words(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page(viewport=DESK)
    async with charger(house, "PAGE-02") as socket:
        await let_in(page, socket, "PAGE-02")
        socket.refuses = True
        await page.get_by_role("button", name="Actions").click()
        await page.get_by_role("dialog").get_by_role("button", name="Restart").click()
        dialog = page.get_by_role("dialog", name="Restart PAGE-02?")
        await expect(dialog).to_contain_text("a running session may only be counted to its last reading")
        await dialog.get_by_role("button", name="Restart", exact=True).click()
        operation = page.locator(".operations .operation")
        await expect(operation).to_contain_text("PAGE-02 answered “Rejected”.")
        await expect(operation).to_contain_text("Chargers refuse what does not fit their state.")
        assert ("Reset", {"type": "Soft"}) in socket.told
        await operation.get_by_role("button", name="Put away").click()
        await expect(operation).to_have_count(0)
    await expect(page.locator(".connector")).to_contain_text("Offline")
    await expect(page.get_by_role("button", name="Start charging")).to_be_disabled()


async def test_a_spot_is_named_and_shown_everywhere(open_page: OpenPage, house: RunningHouse) -> None:
    page, other = await open_page(), await open_page()
    async with charger(house, "PAGE-03") as socket:
        await let_in(page, socket, "PAGE-03")
        await page.get_by_role("button", name="Name the parking spot").click()
        await page.get_by_role("dialog").get_by_label("Parking spot").fill("Guests 3")
        await page.get_by_role("dialog").get_by_role("button", name="Save").click()
        await expect(page.get_by_role("heading", name="Guests 3")).to_be_visible()
        await expect(other.locator(".tile", has_text="Guests 3")).to_be_visible()


async def test_messages_appear_as_they_come_and_open_to_the_raw_frame(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page(viewport=DESK)
    async with charger(house, "PAGE-04") as socket:
        await let_in(page, socket, "PAGE-04")
        await page.get_by_role("link", name="Log").click()
        await expect(page.locator(".log")).to_be_visible()
        await socket.call("DataTransfer", {"vendorId": "a vendor of its own", "data": "hello"})
        await expect(page.locator(".log li").filter(has_text="DataTransfer").first).to_be_visible()
        await page.get_by_label("Find in messages").fill("of its own")
        await page.get_by_label("Find in messages").press("Enter")
        await expect(page.locator(".log li")).to_have_count(1)
        await page.locator(".log-line").click()
        await expect(page.locator(".log-frame")).to_contain_text('"vendorId":')


async def test_a_charger_nobody_knows_is_told_so(open_page: OpenPage) -> None:
    page = await open_page("/chargers/NO-SUCH")
    await expect(page.get_by_text("There is no charger of this name")).to_be_visible()
