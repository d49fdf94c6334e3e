"""From nothing to the empty dashboard, and the way in and out."""

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import NAME, PASSWORD, OpenPage, set_up
from tests.browser.running import RunningHouse

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
