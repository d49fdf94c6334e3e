"""What every answer of the pages' port tells a browser, and which requests get none."""

import base64
import hashlib
import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message
from starlette.websockets import WebSocket

from onetime.settings import Settings
from onetime.web.frame.hosts import Hosts
from onetime.web.frame.shield import Shield, page_policy

PAGE = '<script type="module" src="/assets/a.js"></script><script>one()</script><p></p><script async="">two()</script>'
GERMAN = {"accept-language": "de"}


async def page(_request: Request) -> Response:
    return HTMLResponse(PAGE)


async def anything(_request: Request) -> Response:
    return JSONResponse({})


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close()


INNER = Starlette(routes=[Route("/", page), Route("/{path:path}", anything, methods=["GET", "POST"])])
INNER.router.add_websocket_route("/_event", socket)
APP = Shield(INNER, lambda: Hosts(Settings()), open_routes=("/transfer/",))


async def ask(path: str, method: str = "GET", **headers: str) -> httpx.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="http://house:8000") as client:
        return await client.request(method, path, headers=GERMAN | given)


async def connect(**headers: str) -> list[str]:
    """Open a websocket and return what the server said to that."""
    said: list[str] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        said.append(message["type"])

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "websocket", "path": "/_event", "headers": raw, "query_string": b"", "subprotocols": []}
    await APP(scope, receive, send)
    return said


def hashed(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


async def test_a_page_runs_its_own_lines_and_no_others() -> None:
    policy = dict(part.split(" ", 1) for part in (await ask("/")).headers["content-security-policy"].split("; "))
    assert set(policy["script-src"].split()) == {"'self'", "'unsafe-eval'", hashed("one()"), hashed("two()")}
    assert (policy["frame-ancestors"], policy["object-src"], policy["base-uri"]) == ("'none'", "'none'", "'self'")
    assert policy["connect-src"] == "'self' ws://house:8000 wss://house:8000"


def test_a_script_that_is_not_in_the_page_has_no_hash() -> None:
    assert hashed("evil()") not in page_policy(PAGE.encode(), "house")


@pytest.mark.parametrize("path", ["/", "/api/v1/cards", "/base.css", "/assets/a-1.js", "/transfer/x"])
async def test_every_answer_is_hardened(path: str) -> None:
    headers = (await ask(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/api/v1/cards", "no-store"),
        ("/api/openapi.json", "no-store"),
        ("/download/reports/a.xlsx", "no-store"),
        ("/login/ticket", "no-store"),
        ("/assets/index-Bx1.js", "public, max-age=31536000, immutable"),
        ("/", "no-cache"),
        ("/base.css", "no-cache"),
    ],
)
async def test_a_browser_keeps_what_does_not_change(path: str, kept: str) -> None:
    assert (await ask(path)).headers["cache-control"] == kept


@pytest.mark.parametrize("path", ["/", "/download/files/1", "/login/ticket", "/assets/a.js"])
async def test_a_name_that_leads_here_from_outside_is_refused(path: str) -> None:
    answer = await ask(path, host="evil.example:8000")
    assert answer.status_code == 421
    assert re.search("antwortet nicht .*evil.example:8000", answer.text)


@pytest.mark.parametrize("path", ["/login/ticket", "/logout", "/upload/firmware"])
@pytest.mark.parametrize("origin", ["http://evil.example", "http://house:9999", "null"])
async def test_a_page_of_another_address_cannot_use_the_cookie(path: str, origin: str) -> None:
    assert (await ask(path, "POST", origin=origin)).status_code == 403
    assert (await ask(path, "POST", origin="http://house:8000")).status_code == 200
    assert (await ask(path, "POST", sec_fetch_site="same-site")).status_code == 403


async def test_a_report_is_given_to_no_page_of_another_port() -> None:
    assert (await ask("/download/reports/a.xlsx", sec_fetch_site="same-site")).status_code == 403
    assert (await ask("/download/reports/a.xlsx", sec_fetch_site="same-origin")).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/cards", "/transfer/token", "/ping"])
async def test_machines_call_by_any_name(path: str) -> None:
    assert (await ask(path, host="charging.example")).status_code == 200


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"host": "house", "origin": "http://house:9999"}])
async def test_the_live_connection_is_refused_as_well(headers: dict[str, str]) -> None:
    assert await connect(**headers) == ["websocket.close"]
    assert "websocket.accept" in await connect(host="house", origin="http://house")


async def test_a_page_that_has_not_changed_keeps_its_policy() -> None:
    async def unchanged(_request: Request) -> Response:
        return Response(status_code=304)

    shielded = Shield(Starlette(routes=[Route("/", unchanged)]), lambda: Hosts(Settings()), open_routes=())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(shielded), base_url="http://house") as client:
        assert "content-security-policy" not in (await client.get("/")).headers
