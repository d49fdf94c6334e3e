"""From nothing to the empty dashboard, and the way in and out."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.browser.conftest import DESK, NAME, PASSWORD, PHONE, OpenPage, set_up
from tests.browser.running import RunningHouse
from tests.integration.driving.raw_charger import RawCharger

pytestmark = pytest.mark.asyncio(loop_scope="session")

SETUP, LOGIN = re.compile("/setup/?$"), re.compile("/login/?$")


@pytest.fixture
def fresh_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHouse]:
    started = RunningHouse(tmp_path_factory.mktemp("fresh"))
    yield started
    started.stop()


async def test_a_newcomer_is_led_from_the_first_page_to_the_address_for_chargers(
    browser: Browser, fresh_house: RunningHouse
) -> None:
    page = await browser.new_page(locale="en-GB", viewport={"width": 390, "height": 844})
    await page.goto(f"{fresh_house.url}/sessions")
    await page.wait_for_url(SETUP)
    await expect(page.locator("#time_zone")).to_have_value("Europe/Zurich")
    await set_up(page, fresh_house)
    await expect(page.get_by_role("heading", name="Connect your first charger")).to_be_visible()
    await expect(page.locator("code")).to_contain_text(f"ws://127.0.0.1:{fresh_house.ocpp_port}/")
    await expect(page.get_by_text("New chargers are let in until")).to_be_visible()
    await page.goto(f"{fresh_house.url}/setup")
    await page.wait_for_url(f"{fresh_house.url}/")
    await page.close()


async def test_a_short_password_is_refused_in_words_and_nothing_typed_is_lost(
    browser: Browser, fresh_house: RunningHouse
) -> None:
    page = await browser.new_page(locale="de-CH")
    await page.goto(fresh_house.url)
    await page.fill("#house", "Seestrasse 12")
    await page.fill("#name", NAME)
    await page.fill("#password", "kurz")
    await page.eval_on_selector("form", "form => form.noValidate = true")
    await page.get_by_role("button", name="Haus anlegen").click()
    await expect(page.get_by_role("alert")).to_contain_text("mindestens 10 Zeichen; dieses hat 4")
    await expect(page.locator("#house")).to_have_value("Seestrasse 12")
    await page.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_a_charger_nobody_knows_is_turned_away_and_let_in_by_its_name(
    open_page: OpenPage, house: RunningHouse, size: dict[str, int]
) -> None:
    name = f"EINSTELLHALLE-NORD-{size['width']}"
    deciding, watching = await open_page("/more", viewport=size), await open_page("/", viewport=size)
    await deciding.get_by_role("button", name="Close now").click()
    try:
        await expect(deciding.get_by_text("New chargers are turned away.", exact=True)).to_be_visible()
        with pytest.raises(InvalidStatus, match="404"):
            await connect(f"{house.charger_url}/{name}", subprotocols=["ocpp1.6"])  # type: ignore[list-item]
        stranger = watching.get_by_role("listitem").filter(has_text=name)
        await expect(stranger).to_contain_text("from 127.0.0.1")
        assert await watching.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        found = await Axe().run(watching)
        assert found.violations_count == 0, found.generate_report()
        await stranger.get_by_role("button", name="Let in").click()
        await expect(stranger).to_have_count(0)
        async with RawCharger.connected(f"{house.charger_url}/{name.lower()}") as socket:
            answer = await socket.call("BootNotification", {"chargePointVendor": "Keba", "chargePointModel": "P30"})
            assert answer["status"] == "Accepted"
    finally:
        await deciding.get_by_label("For how long").select_option("week")
        await deciding.get_by_role("button", name="Let new chargers in").click()
        await expect(deciding.get_by_text("New chargers are let in until")).to_be_visible()


async def test_whoever_is_not_logged_in_is_asked_to(browser: Browser, house: RunningHouse, login: object) -> None:
    page = await browser.new_page(locale="en-GB")
    await page.goto(f"{house.url}/cards")
    await page.wait_for_url(LOGIN)
    await _log_in(page, "wrong password")
    await expect(page.get_by_role("alert")).to_have_text("This name and password do not fit together.")
    await expect(page.locator("#name")).to_have_value(NAME)
    await _log_in(page, PASSWORD)
    await page.wait_for_url(f"{house.url}/")
    assert await page.evaluate("document.cookie") == ""  # no script can read the login
    await page.reload()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    await page.close()


async def test_logging_out_ends_the_login_and_not_only_on_this_page(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page("/login")  # logged in already, so it leads on
    await page.wait_for_url(f"{house.url}/")
    await page.context.clear_cookies()
    await page.goto(f"{house.url}/login")
    await _log_in(page, PASSWORD)
    await page.wait_for_url(f"{house.url}/")
    stolen = await page.context.cookies()
    await page.goto(f"{house.url}/more")
    await page.get_by_role("button", name="Log out").click()
    await page.wait_for_url(LOGIN)
    await page.context.add_cookies([{k: c[k] for k in ("name", "value", "domain", "path")} for c in stolen])  # type: ignore[literal-required, misc]
    await page.goto(f"{house.url}/")
    await page.wait_for_url(LOGIN)


async def _log_in(page: Page, password: str) -> None:
    await page.fill("#name", NAME)
    await page.fill("#password", password)
    await page.get_by_role("button", name="Log in").click()
