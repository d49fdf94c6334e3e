"""The pages as a browser is given them: encrypted too, with their own scripts only, and to their own pages alone."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import Browser, expect
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tests.browser.conftest import NAME, PASSWORD, Watch
from tests.browser.running import RunningHouse, free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningHouse, str]]:
    """A house of its own with both ports, and the address of the encrypted one."""
    port = free_port()
    house = RunningHouse(tmp_path_factory.mktemp("encrypted"), ONETIME_HTTPS_PORT=str(port))
    yield house, f"https://127.0.0.1:{port}"
    assert house.stop() == 0, house.log


async def test_the_pages_work_encrypted_and_plain_in_one_browser(
    browser: Browser, encrypted: tuple[RunningHouse, str]
) -> None:
    house, secure = encrypted
    context = await browser.new_context(locale="en-GB", ignore_https_errors=True)
    page, watch = await context.new_page(), Watch()
    watch.over(page)
    await page.goto(secure)
    for field, text in (("#house", "Seestrasse 12"), ("#name", NAME), ("#password", PASSWORD)):
        await page.fill(field, text)
    await page.get_by_role("button", name="Create the house").click()
    await page.wait_for_url(f"{secure}/")
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()

    await page.goto(house.url)  # a browser trusts this computer itself, and sends it the same cookie without TLS
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()

    cookies = {cookie["name"]: cookie for cookie in await context.cookies([secure])}
    login = cookies["__Host-onetime_login"]
    assert (login["secure"], login["httpOnly"], login["sameSite"]) == (True, True, "Strict")
    assert watch.errors == []
    await context.close()


async def test_a_line_that_somebody_slips_into_a_page_does_not_run(
    browser: Browser, encrypted: tuple[RunningHouse, str]
) -> None:
    page = await browser.new_page()
    await page.goto(encrypted[0].url)
    await page.evaluate(
        "const line = document.createElement('script'); line.textContent = 'window.slipped = true';"
        "document.body.append(line);"
        "document.body.insertAdjacentHTML('beforeend', '<img src=/none onerror=\"window.slipped = true\">')"
    )
    await page.wait_for_timeout(300)
    assert await page.evaluate("window.slipped") is None
    await page.close()


async def test_no_page_elsewhere_shows_this_one_in_a_frame(
    browser: Browser, encrypted: tuple[RunningHouse, str]
) -> None:
    page = await browser.new_page()
    await page.set_content(f"<iframe src='{encrypted[0].url}/login'></iframe>")
    frame = page.frames[-1]
    await page.wait_for_timeout(500)
    assert await frame.locator("form").count() == 0
    await page.close()


@pytest.mark.parametrize(
    ("host", "origin"), [("evil.example", "http://evil.example"), ("127.0.0.1", "http://127.0.0.1:1")]
)
async def test_a_foreign_page_gets_no_live_connection(
    encrypted: tuple[RunningHouse, str], host: str, origin: str
) -> None:
    house = encrypted[0]
    address = f"ws://{host}:{house.http_port}/_event/?EIO=4&transport=websocket"
    with pytest.raises(InvalidStatus, match=r"403|421"):
        async with connect(address, host="127.0.0.1", port=house.http_port, origin=Origin(origin)):
            pass
    async with connect(address.replace(host, "localhost"), host="127.0.0.1", port=house.http_port):
        pass


EVIL = {"Host": "evil.example"}
PREFLIGHT = {"Origin": "http://evil.example", "Access-Control-Request-Method": "GET"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/login/", {}, 200),
        ("GET", "/login/", {"Accept": "text/html", "Accept-Encoding": "gzip, br"}, 200),
        ("GET", "/login", {}, 307),
        ("HEAD", "/login/", {}, 200),
        ("GET", "/nowhere", {}, 404),
        ("GET", "/base.css", {}, 200),
        ("GET", "/base.css", {"Range": "bytes=0-9"}, 206),
        ("GET", "/base.css", {"Range": "bytes=9999999-"}, 416),
        ("GET", "/base.css", {"Range": "bytes=9-0"}, 400),
        ("GET", "/ping", {}, 200),
        ("GET", "/ping", PREFLIGHT, 200),
        ("OPTIONS", "/ping", PREFLIGHT, 400),
        ("OPTIONS", "/login/", PREFLIGHT, 403),
        ("OPTIONS", "/api/v1/cards", PREFLIGHT, 400),
        ("GET", "/api/v1/cards", {}, 401),
        ("POST", "/api/v1/cards", {}, 401),
        ("GET", "/api/v1/nowhere", {}, 404),
        ("GET", "/api/docs", {}, 200),
        ("GET", "/api/openapi.json", {}, 200),
        ("GET", "/api/v1/security/ca.pem", {}, 200),
        ("GET", "/download/reports/none.xlsx", {}, 403),
        ("GET", "/download/files/1", {}, 403),
        ("GET", "/download/files/x", {}, 422),
        ("GET", "/download/files/1", {"Sec-Fetch-Site": "same-site"}, 403),
        ("POST", "/login/ticket", {}, 403),
        ("GET", "/login/ticket", {}, 404),
        ("POST", "/logout", {}, 204),
        ("POST", "/logout", {"Origin": "http://evil.example"}, 403),
        ("POST", "/upload/firmware", {}, 403),
        ("GET", "/_event/?EIO=4&transport=polling", {}, 400),
        ("GET", "/_event/?EIO=4&transport=polling", {"Origin": "http://evil.example"}, 403),
        ("GET", "/_event/?EIO=1&transport=none", {}, 400),
        ("GET", "/transfer/none", {}, 404),
        ("GET", "/login/", EVIL, 421),
        ("POST", "/logout", EVIL, 421),
        ("GET", "/_event/?EIO=4&transport=polling", EVIL, 421),
    ],
)
async def test_every_answer_of_the_port_is_hardened(
    encrypted: tuple[RunningHouse, str], method: str, path: str, headers: dict[str, str], status: int
) -> None:
    house, secure = encrypted
    for address in (house.url, secure):
        async with httpx.AsyncClient(base_url=address, verify=False) as client:  # noqa: S501 - nobody is on this way
            answer = await client.request(method, path, headers=headers)
        said = answer.headers
        assert answer.status_code == status
        assert said["x-content-type-options"] == "nosniff"
        assert said["referrer-policy"] == "same-origin"
        assert said["cross-origin-resource-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in said["content-security-policy"]
        assert said["cache-control"]
        assert said.get("cross-origin-opener-policy") == ("same-origin" if address == secure else None)
        assert not {"access-control-allow-origin", "server", "x-powered-by"} & said.keys()


async def test_what_is_built_is_kept_and_what_is_asked_is_not(encrypted: tuple[RunningHouse, str]) -> None:
    async with httpx.AsyncClient(base_url=encrypted[0].url) as client:
        page = await client.get("/login/", headers={"Accept": "text/html"})
        script = page.text.partition('modulepreload" href="')[2].partition('"')[0]
        asset, api = await client.get(script), await client.get("/api/v1/cards")
        foreign = await client.get("/login/", headers={"Host": "evil.example"})
    assert "immutable" in asset.headers["cache-control"]
    assert (page.headers["cache-control"], api.headers["cache-control"]) == ("no-cache", "no-store")
    scripts = page.headers["content-security-policy"].partition("script-src")[2].partition(";")[0]
    assert "'sha256-" in scripts
    assert "'unsafe-inline'" not in scripts
    assert foreign.status_code == 421
