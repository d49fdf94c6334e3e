"""A browser and a running house for all tests here; each test gets a page of its own, watched for errors."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, StorageState, async_playwright, expect

from tests.browser.chromium import launch_options
from tests.browser.running import RunningHouse

NAME, PASSWORD = "anna", "correct horse battery"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
# Without motion, so that a colour is measured when it has arrived and not on its way.
HABITS: dict[str, Any] = {"viewport": PHONE, "locale": "en-GB", "reduced_motion": "reduce"}

expect.set_options(timeout=8_000)


@dataclass
class Watch:
    """What a page did besides showing itself."""

    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def over(self, page: Page) -> None:
        """Note what this page complains of and whom it calls."""
        page.on("console", lambda m: self.errors.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.on("websocket", lambda opened: self.hosts.add(urlsplit(opened.url).netloc))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(**launch_options())
        yield opened
        await opened.close()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHouse]:
    """A house that is set up once and shared; tests use chargers of different names."""
    started = RunningHouse(tmp_path_factory.mktemp("house"), ONETIME_LANGUAGE="en")
    yield started
    assert started.stop() == 0, started.log


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def login(browser: Browser, house: RunningHouse) -> StorageState:
    """The cookies of a browser that went through the first run."""
    context = await browser.new_context(locale="en-GB")
    page = await context.new_page()
    await set_up(page, house)
    state = await context.storage_state()
    await context.close()
    return state


async def set_up(page: Page, house: RunningHouse) -> None:
    """Go through the first-run page."""
    await page.goto(house.url)
    await expect(page.locator("#house")).to_be_visible()
    await page.fill("#house", "Seestrasse 12")
    await page.fill("#name", NAME)
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="Create the house").click()
    await page.wait_for_url(f"{house.url}/")
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()


OpenPage = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, house: RunningHouse, login: StorageState) -> AsyncIterator[OpenPage]:
    """Open a page of the house as the administrator, on a phone unless told otherwise."""
    async with _pages(browser, login) as new_page:

        async def opened(path: str = "/", **options: Any) -> Page:
            page = await new_page(**options)
            await page.goto(house.url + path)
            await expect(page.locator("main")).to_be_visible()
            return page

        yield opened


@asynccontextmanager
async def _pages(browser: Browser, login: StorageState) -> AsyncIterator[OpenPage]:
    watch, contexts = Watch(), []

    async def new_page(**options: Any) -> Page:
        context: BrowserContext = await browser.new_context(storage_state=login, **(HABITS | options))
        contexts.append(context)
        page = await context.new_page()
        watch.over(page)
        return page

    yield new_page
    for context in contexts:
        await context.close()
    assert watch.errors == []
    assert {host.split(":")[0] for host in watch.hosts} <= {"127.0.0.1"}
