"""Every page by every way people open it: it works as its content security policy lets it, and no browser complains."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, expect

import onetime.web.pages
from onetime.web.frame import registry, routes
from tests.browser.chromium import INSECURE_HOST
from tests.browser.conftest import DESK, NAME, PASSWORD, Watch
from tests.browser.garage import accept, boot, charger, report, start, stop
from tests.browser.running import RunningHouse, free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")

assert onetime.web.pages  # registers them
LOGIN, SETUP = re.compile("/login/?$"), re.compile("/setup/?$")
CHARGER = "EVERY-01"
BEFORE_A_LOGIN = (routes.SETUP, routes.LOGIN, routes.NOT_FOUND)  # these lead on, or are seen by other tests


@dataclass
class Furnished:
    """A house with something on every page."""

    house: RunningHouse
    https_port: int
    review: str = ""

    def paths(self) -> list[str]:
        """Return the address of every page there is."""
        pages = [page.route for page in registry.PAGES if page.route not in BEFORE_A_LOGIN]
        return [route.replace("[identity]", CHARGER).replace("[item]", self.review) for route in pages]


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    port = free_port()
    house = RunningHouse(tmp_path_factory.mktemp("every"), ONETIME_HTTPS_PORT=str(port))
    yield Furnished(house, port)
    assert house.stop() == 0, house.log


@pytest.mark.parametrize("way", ["insecure", "localhost", "encrypted"])
async def test_no_page_meets_its_policy(browser: Browser, furnished: Furnished, way: str) -> None:
    plain = furnished.house.http_port
    url = {
        "insecure": f"http://{INSECURE_HOST}:{plain}",
        "localhost": f"http://localhost:{plain}",
        "encrypted": f"https://{INSECURE_HOST}:{furnished.https_port}",
    }[way]
    context = await browser.new_context(
        locale="en-GB", viewport=DESK, ignore_https_errors=True, reduced_motion="reduce"
    )
    page, watch = await context.new_page(), Watch()
    watch.over(page)
    await page.goto(url)
    if furnished.review:
        await page.wait_for_url(LOGIN)
        await log_in(page)
    else:
        await page.wait_for_url(SETUP)
        await page.fill("#house", "Seestrasse 12")
        await log_in(page, "Create the house")
        await furnish(page, furnished)
    await expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    for path in furnished.paths():
        await page.goto(url + path)
        await expect(page.locator("h1")).to_be_visible()
        await expect(page.locator(".skeleton")).to_have_count(0)
        assert watch.errors == [], path
    await use(page, url, furnished.house.ocpp_port)
    assert watch.errors == []
    assert {host.split(":")[0] for host in watch.hosts} == {url.split("/")[2].split(":")[0]}
    await context.close()


async def log_in(page: Page, button: str = "Log in") -> None:
    await page.fill("#name", NAME)
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name=button).click()


async def furnish(page: Page, furnished: Furnished) -> None:
    """Have a charger that is known, and a session somebody has to judge."""
    async with charger(furnished.house, CHARGER) as socket:
        await accept(page, CHARGER)
        await boot(socket)
        await report(socket, "Available")
        await stop(socket, await start(socket, "CARD-EVERY"), 22_000)
        number = await start(socket, "CARD-EVERY", 50_000)
        ended = {"transactionId": number, "meterStop": 40_000, "timestamp": "2026-11-20T10:00:00Z"}
        await socket.call("StopTransaction", ended)
    await page.get_by_role("link", name="To review").click()
    await page.locator(".review-line").first.click()
    await page.wait_for_url("**/reviews/*")
    furnished.review = page.url.rpartition("/")[2]
    await page.goto(page.url.partition("/reviews")[0])


async def use(page: Page, url: str, ocpp_port: int) -> None:
    """Do what runs code of the page: a dialog, a copied text, another language, a download, leaving."""
    await page.goto(f"{url}/more")
    await page.get_by_role("button", name="Copy").first.click()
    await expect(page.get_by_text("Copied")).to_be_visible()
    assert f":{ocpp_port}/" in await pasted(page)
    await page.locator("#language").select_option("de")
    await expect(page.get_by_role("heading", level=1, name="Mehr")).to_be_visible()
    await page.locator("#language").select_option("en")
    await expect(page.get_by_role("heading", level=1, name="More")).to_be_visible()
    await page.goto(f"{url}/cards")
    await page.get_by_role("button", name="Add a card").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.goto(f"{url}/billing")
    async with page.expect_download() as coming:
        make, save = page.get_by_role("button", name="Download Excel"), page.get_by_role("link", name="Save onetime-")
        await make.or_(save).click()
    assert (await coming.value).suggested_filename.endswith(".xlsx")
    await page.goto(f"{url}/more")
    await page.get_by_role("button", name="Log out").click()
    await page.wait_for_url(LOGIN)


async def pasted(page: Page) -> str:
    """Return what a person would paste now."""
    await page.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    await page.locator("main textarea").focus()
    await page.keyboard.press("Control+V")
    return await page.locator("main textarea").input_value()
