"""What a person with an open page feels, and what open pages cost."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page, async_playwright

from bench.figures import Conditions, Figure, not_measured, percentile
from bench.houses.product import Product, product, set_up
from bench.load.control import Load, loading
from bench.open_pages import latency, phones
from bench.processes import MeasurementError
from tests.browser.chromium import launch_options

TITLE = "Open pages"
LOGIN_COOKIE = "onetime_login"
CHARGERS = 200
PHONES = 20
INTERVALS_S = (60, 10)  # what the product sets chargers to, and what the liveliest of them do
GREETING_S = 7.0
LATENCY = "from StatusNotification to the changed text"


def measure(conditions: Conditions) -> list[Figure]:
    """Watch one charger in a browser, then 200 on 20 phones."""
    folder = conditions.folder / "pages"
    try:
        login = set_up(folder)
        with product(folder) as server:
            figures = _latency(conditions, server, login)
            return figures + _phones(conditions, server, login)
    except MeasurementError as error:
        return [not_measured(LATENCY, str(error))]


def _latency(conditions: Conditions, server: Product, login: str) -> list[Figure]:
    samples = 20 if conditions.quick else 200
    try:
        times = asyncio.run(_changes_seen(server, login, samples))
    except BrowserError as error:
        return [not_measured(LATENCY, f"Chromium could not be used: {error.message.splitlines()[0]}")]
    note = f"{samples} changes in Chromium, one at a time"
    return [
        Figure(f"{LATENCY}, median", percentile(times, 0.5), "ms", note=note),
        Figure(f"{LATENCY}, p95", percentile(times, 0.95), "ms", "at most 150"),
    ]


async def _changes_seen(server: Product, login: str, samples: int) -> list[float]:
    async with _dashboard(server, login) as page:
        return await latency.measure(page, f"ws://127.0.0.1:{server.port}/BENCH-0001", samples)


@asynccontextmanager
async def _dashboard(server: Product, login: str) -> AsyncIterator[Page]:
    address = f"http://127.0.0.1:{server.http_port}"
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(**launch_options())
        try:
            context = await chromium.new_context(viewport={"width": 390, "height": 844})
            await context.add_cookies([{"name": LOGIN_COOKIE, "value": login, "url": address}])
            page = await context.new_page()
            await page.goto(address)
            yield page
        finally:
            await chromium.close()


def _phones(conditions: Conditions, server: Product, login: str) -> list[Figure]:
    seconds = 10.0 if conditions.quick else 60.0
    with loading() as load:
        load.arrive("charging", server.port, CHARGERS)
        load.charge("charging")
        load.sample("charging", 1.0, GREETING_S)
        figures = [figure for interval in INTERVALS_S for figure in _watched(load, server, login, interval, seconds)]
        load.leave("charging")
    return figures


def _watched(load: Load, server: Product, login: str, interval: float, seconds: float) -> Iterator[Figure]:
    """Measure with nobody looking and then with everybody: the difference is what the phones cost."""
    load.begin_sampling("charging", interval, 2 * (seconds + phones.WARM_UP_S) + 2)
    before, began = server.cpu_s, time.monotonic()
    time.sleep(seconds)
    unwatched = (server.cpu_s - before) / (time.monotonic() - began) * 100
    host = f"127.0.0.1:{server.http_port}"
    cost = asyncio.run(phones.measure(host, login, server.process.pid, phones=PHONES, seconds=seconds))
    load.end_sampling()
    name = f"{PHONES} phones on {CHARGERS} charging connectors, readings every {interval} s"
    yield Figure(
        f"{name}: processor",
        cost.cpu_percent - unwatched,
        "% of a core",
        "less than 5",
        f"beyond the {unwatched:.1f} % with nobody looking",
    )
    yield Figure(
        f"{name}: to each phone", cost.bytes_per_s / 1000, "kB/s", "less than 5", f"{cost.updates_per_s:.1f} updates/s"
    )
