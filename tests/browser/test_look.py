"""How all pages look: nothing from elsewhere, nothing too wide, readable for everybody, in every language."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.garage import accept, boot, charger, report, start, stop
from tests.browser.running import RunningHouse

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATHS = ("/", "/chargers/LOOK-01", "/sessions", "/cards", "/billing", "/reviews", "/more")
TABS = ("operations", "limits", "settings", "files", "security", "log", "console")
TAB_PATHS = tuple(f"/chargers/LOOK-01/{tab}" for tab in TABS)

# The heading of the overview and the word for a free spot.
WORDS = {"de": ("Übersicht", "Frei"), "fr": ("Aperçu", "Libre"), "it": ("Panoramica", "Libera")}

LONGEST_WORDS = "de"


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


async def furnish(page: Page, house: RunningHouse) -> None:
    """Have a charger with a long name, a session and a card nobody knows."""
    async with charger(house, "LOOK-01") as socket:
        if await page.get_by_text("LOOK-01").count() == 0:
            await expect(page.get_by_text("LOOK-01")).to_be_visible()
        if await page.get_by_role("listitem").filter(has_text="LOOK-01").get_by_role("button").count():
            await accept(page, "LOOK-01")
            await boot(socket)
        await report(socket, "SuspendedEVSE")
        await stop(socket, await start(socket, "04LOOKLOOKLOOK"), 22_000)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_every_page_fits_is_accessible_and_stays_at_home(
    open_page: OpenPage, house: RunningHouse, size: dict[str, int], scheme: str
) -> None:
    page = await open_page(viewport=size, color_scheme=scheme)
    await furnish(page, house)
    # A charger's other pages are looked at on a dark phone and a light desk: between them all is seen.
    is_half_of_them = (size is PHONE) == (scheme == "dark")
    for path in PATHS + (TAB_PATHS if is_half_of_them else ()):
        await page.goto(house.url + path)
        await expect(page.locator("h1")).to_be_visible()
        await expect(page.locator(".skeleton")).to_have_count(0)
        wide = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
        found = await Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        assert (await page.locator("html").get_attribute("class") or "").split().count(scheme) == 1


@pytest.mark.parametrize("language", WORDS)
async def test_the_pages_speak_the_chosen_language(open_page: OpenPage, house: RunningHouse, language: str) -> None:
    page = await open_page()
    await furnish(page, house)
    await page.goto(f"{house.url}/more")
    try:
        await page.locator("#language").select_option(language)
        heading, _free = WORDS[language]
        await page.get_by_role("link", name=heading).click()
        await expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        for path in PATHS + (TAB_PATHS if language == LONGEST_WORDS else ()):
            await page.goto(house.url + path)
            await expect(page.locator("h1")).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    finally:
        await page.goto(f"{house.url}/more")
        await page.locator("#language").select_option("en")
        await expect(page.get_by_role("heading", level=1, name="More")).to_be_visible()


async def test_the_browsers_language_greets_a_stranger(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page("/more", locale="fr-CH")
    await page.context.clear_cookies()
    await page.goto(f"{house.url}/login")
    await expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
    await page.get_by_role("button", name="Italiano").click()
    await page.reload()
    await expect(page.get_by_role("button", name="Accedi")).to_be_visible()


async def test_dark_is_chosen_and_stays(open_page: OpenPage) -> None:
    page = await open_page("/more", color_scheme="light")
    light = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    await page.locator("#colours").select_option("dark")
    await expect(page.locator("html.dark")).to_have_count(1)
    await page.reload()
    await expect(page.locator("html.dark")).to_have_count(1)
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") != light


async def test_a_wrong_address_leads_back(open_page: OpenPage, house: RunningHouse) -> None:
    page = await open_page()
    await page.goto(f"{house.url}/more")
    await expect(page.get_by_role("heading", name="More")).to_be_visible()
    await page.evaluate("window.history.pushState({}, '', '/nowhere')")
    await page.evaluate("window.dispatchEvent(new PopStateEvent('popstate'))")
    await expect(page.get_by_text("There is nothing at this address")).to_be_visible()
    await page.get_by_role("link", name="To the overview").click()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()


async def test_the_keyboard_reaches_the_content_and_the_places(open_page: OpenPage) -> None:
    page = await open_page(viewport=DESK)
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Overview")).to_be_focused()
