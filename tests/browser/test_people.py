"""Whose page it is: what one person saw stays with them, and ends when their login does."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, WebSocket, expect

import onetime.web.pages  # noqa: F401 - registers them
from onetime.web.frame import registry, routes
from tests.browser.conftest import DESK, HABITS, PHONE, OpenPage
from tests.browser.garage import accept, boot, charger, report, start, stop
from tests.browser.running import RunningHouse

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOGIN = re.compile("/login/?$")
MANAGER, TENANT, GUEST = ("mara", "the old oak tree"), ("tom", "a bicycle in the rain"), ("gil", "seven grey geese")
CARD = "04C0FFEE5EC2E7"


@pytest.fixture(scope="module")
def people(house: RunningHouse, login: object) -> RunningHouse:
    """The house with a manager, a tenant and a guest who manages for a while."""
    for (name, password), role in ((MANAGER, "manager"), (TENANT, "tenant"), (GUEST, "manager")):
        house.command("user", "create", "--name", name, "--role", role, typed=f"{password}\n")
    house.command("card", "add", CARD, "--tenant", "Secret Tenant")
    return house


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser nobody has logged in with."""
    context = await browser.new_context(**HABITS)
    yield context
    await context.close()


# What the browser itself has asked for comes back as its address.
ADDRESSED = re.compile(
    r"/chargers/NEIGHBOUR-01|[?&](charger|q)=NEIGHBOUR|\"(identity_rx_state_|charger|q)\":\"NEIGHBOUR"
)


class Frames:
    """Everything the server has sent to a page over its live connection."""

    def __init__(self, page: Page) -> None:
        self.text = ""
        page.on("websocket", self._open)

    def _open(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._add)

    def _add(self, frame: str | bytes) -> None:
        self.text += frame if isinstance(frame, str) else frame.decode(errors="replace")


async def log_in(page: Page, house: RunningHouse, who: tuple[str, str]) -> None:
    await page.goto(f"{house.url}/login")
    await fill_in(page, who)


async def fill_in(page: Page, who: tuple[str, str]) -> None:
    await page.fill("#name", who[0])
    await page.fill("#password", who[1])
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url(lambda url: "login" not in url)


async def test_a_logout_empties_every_tab_and_the_next_person_gets_nothing_of_it(
    people: RunningHouse, phone: BrowserContext
) -> None:
    first, second = await phone.new_page(), await phone.new_page()
    await log_in(first, people, MANAGER)
    await second.goto(f"{people.url}/cards")
    await expect(second.get_by_role("cell", name=CARD)).to_be_visible()
    await first.goto(f"{people.url}/more")
    await first.get_by_role("button", name="Log out").click()
    await second.wait_for_url(LOGIN)
    await first.wait_for_url(LOGIN)
    await expect(second.get_by_role("cell", name=CARD)).to_have_count(0)
    frames = Frames(second)
    await second.reload()
    await fill_in(second, TENANT)
    await expect(second.get_by_role("heading", name="Sessions", level=1)).to_be_visible()
    assert frames.text
    assert CARD not in frames.text
    assert "Secret Tenant" not in frames.text


async def test_logging_in_as_somebody_else_in_one_tab_gives_the_other_tab_nothing(
    people: RunningHouse, phone: BrowserContext
) -> None:
    page, other = await phone.new_page(), await phone.new_page()
    await log_in(page, people, MANAGER)
    await page.goto(f"{people.url}/cards")
    await expect(page.get_by_role("cell", name=CARD)).to_be_visible()
    await phone.clear_cookies()  # as when the cookie has expired
    await log_in(other, people, TENANT)
    frames = Frames(page)
    await page.goto(f"{people.url}/sessions")
    await expect(page.get_by_role("heading", name="Sessions", level=1)).to_be_visible()
    assert CARD not in frames.text


async def test_whoever_knows_the_name_of_a_tab_gets_nothing_without_its_login(
    people: RunningHouse, phone: BrowserContext, browser: Browser
) -> None:
    page = await phone.new_page()
    await log_in(page, people, MANAGER)
    await page.goto(f"{people.url}/cards")
    await expect(page.get_by_role("cell", name=CARD)).to_be_visible()
    tab = await page.evaluate("sessionStorage.getItem('token')")
    assert tab
    await page.close()
    stranger = await browser.new_page(**HABITS)
    frames = Frames(stranger)
    await stranger.add_init_script(f"sessionStorage.setItem('token', '{tab}')")
    await stranger.goto(f"{people.url}/cards")
    await stranger.wait_for_url(LOGIN)
    assert frames.text
    assert CARD not in frames.text
    await stranger.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_a_new_password_logs_every_other_browser_out(
    people: RunningHouse, browser: Browser, size: dict[str, int]
) -> None:
    here = await browser.new_page(**(HABITS | {"viewport": size}))
    there = await browser.new_page(**HABITS)
    try:
        await log_in(there, people, GUEST)
        await log_in(here, people, GUEST)
        await here.goto(f"{people.url}/account")
        await expect(here.get_by_text("this browser")).to_be_visible()
        await expect(here.locator("main .list > li").nth(1)).to_be_visible()
        assert await here.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        found = await Axe().run(here)
        assert found.violations_count == 0, found.generate_report()
        await here.fill("#present-password", GUEST[1])
        await here.fill("#new-password", "1234567890")
        await here.fill("#new-password-again", "1234567890")
        await here.get_by_role("button", name="Change the password").click()
        await expect(here.get_by_role("alert")).to_contain_text("tried first")
        await here.fill("#new-password", GUEST[1])
        await here.fill("#new-password-again", GUEST[1])
        await here.get_by_role("button", name="Change the password").click()
        await expect(here.get_by_text("Your password is changed.")).to_be_visible()
        await expect(here.locator("#present-password")).to_have_value("")
        await there.wait_for_url(LOGIN)
        await expect(here.locator("main .list > li")).to_have_count(1)
    finally:
        await here.close()
        await there.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_the_administrator_ends_what_others_have_open(
    people: RunningHouse, open_page: OpenPage, phone: BrowserContext, size: dict[str, int]
) -> None:
    people.command("token", "create", "--name", f"script {size['width']}", "--days", "30")
    guest = await phone.new_page()
    await log_in(guest, people, GUEST)
    page = await open_page("/access", viewport=size)
    line = page.get_by_role("listitem").filter(has_text=GUEST[0])
    await expect(line).to_contain_text("last seen")
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    await line.get_by_role("button", name="Let in no more").click()
    await page.get_by_role("dialog").get_by_role("button", name="Let in no more").click()
    await expect(line).to_contain_text("cannot log in")
    await guest.wait_for_url(LOGIN)
    await guest.fill("#name", GUEST[0])
    await guest.fill("#password", GUEST[1])
    await guest.get_by_role("button", name="Log in").click()
    await expect(guest.get_by_role("alert")).to_contain_text("any more")
    await line.get_by_role("button", name="Let in again").click()
    await expect(line).to_contain_text("not logged in")
    token = page.get_by_role("listitem").filter(has_text=f"script {size['width']}")
    await token.get_by_role("button", name="Revoke").click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await expect(token).to_contain_text("opens nothing")


async def test_only_the_administrator_sees_who_gets_in(people: RunningHouse, phone: BrowserContext) -> None:
    page = await phone.new_page()
    await log_in(page, people, MANAGER)
    await page.goto(f"{people.url}/access")
    await expect(page.get_by_role("heading", name="Sessions", level=1)).to_be_visible()
    await page.goto(f"{people.url}/more")
    await expect(page.get_by_role("link", name="Password and logins")).to_be_visible()
    await expect(page.get_by_role("heading", name="Who gets in")).to_have_count(0)


async def test_a_tenant_learns_the_name_of_no_charger_but_those_they_charged_at(
    open_page: OpenPage, people: RunningHouse, phone: BrowserContext
) -> None:
    tina = ("tina", "a kite above the hill")
    people.command("user", "create", "--name", tina[0], "--role", "tenant", "--tenant", "Tina", typed=f"{tina[1]}\n")
    people.command("card", "add", "CARD-TINA", "--tenant", "Tina")
    operator = await open_page("/", viewport=DESK)
    for identity, card in (("TINAS-01", "CARD-TINA"), ("NEIGHBOUR-01", CARD)):
        async with charger(people, identity) as socket:
            await accept(operator, identity)
            await boot(socket)
            await report(socket, "Available")
            await stop(socket, await start(socket, card), 22_000)
    page = await phone.new_page()
    said = Frames(page)
    await log_in(page, people, tina)
    await page.wait_for_url("**/sessions*")
    await expect(page.locator("option", has_text="TINAS-01")).to_have_count(1)
    for place in [each for each in registry.PAGES if each.route != routes.NOT_FOUND]:
        await page.goto(people.url + place.route.replace("[identity]", "NEIGHBOUR-01").replace("[item]", "1"))
        await expect(page.locator("main, form").first).to_be_visible()
    await page.goto(f"{people.url}/sessions?charger=NEIGHBOUR-01&q=NEIGHBOUR")
    await expect(page.locator("main")).to_be_visible()
    async with charger(people, "NEIGHBOUR-01") as socket:  # what is pushed reaches whoever may see it
        await report(socket, "Charging")
        await report(socket, "Available")
    assert "TINAS-01" in said.text
    found = [said.text[max(0, at.start() - 60) : at.end() + 40] for at in re.finditer("NEIGHBOUR", said.text)]
    assert [each for each in found if not ADDRESSED.search(each)] == []
