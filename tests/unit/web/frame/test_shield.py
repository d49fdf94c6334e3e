"""What every answer of the pages' port tells a browser, and which requests get none."""

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
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


async def ask(path: str, method: str = "GET", base: str = "http://house:8000", **headers: str) -> httpx.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url=base) as client:
        return await client.request(method, path, headers=GERMAN | given)


async def connect(path: str = "/_event", *, can_deny: bool = True, **headers: str) -> list[Message]:
    """Open a websocket and return what the server said to that."""
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        said.append(message)

    raw = [(name.encode(), value.encode()) for name, value in (GERMAN | headers).items()]
    scope: dict[str, Any] = {"type": "websocket", "scheme": "ws", "path": path, "headers": raw, "query_string": b""}
    denial = {"websocket.http.response": {}} if can_deny else {}
    await APP({**scope, "subprotocols": [], "extensions": denial}, receive, send)
    return said


def hashed(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


async def test_a_page_runs_its_own_lines_and_no_others() -> None:
    policy = dict(part.split(" ", 1) for part in (await ask("/")).headers["content-security-policy"].split("; "))
    assert set(policy["script-src"].split()) == {"'self'", "'unsafe-eval'", hashed("one()"), hashed("two()")}
    assert {policy[name] for name in ("frame-ancestors", "object-src", "base-uri")} == {"'none'"}
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
    start, body = await connect(**headers)
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 421 if len(headers) == 1 else 403)
    assert body["body"]
    _is_hardened(Headers(raw=start["headers"]))
    assert [said["type"] for said in await connect(can_deny=False, **headers)] == ["websocket.close"]
    accepted = [said["type"] for said in await connect(host="house", origin="http://house")]
    assert accepted == ["websocket.accept", "websocket.close"]


async def test_a_live_connection_the_app_refuses_is_hardened_too() -> None:
    start, _body = await connect("/nowhere", host="house")
    assert start["status"] == 403
    _is_hardened(Headers(raw=start["headers"]))


def _is_hardened(headers: Mapping[str, str]) -> None:
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_the_opener_is_cut_off_where_browsers_heed_that() -> None:
    assert (await ask("/", base="https://house")).headers["cross-origin-opener-policy"] == "same-origin"
    assert "cross-origin-opener-policy" not in (await ask("/")).headers


async def test_a_page_that_has_not_changed_keeps_its_policy() -> None:
    async def unchanged(_request: Request) -> Response:
        return Response(status_code=304)

    shielded = Shield(Starlette(routes=[Route("/", unchanged)]), lambda: Hosts(Settings()), open_routes=())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(shielded), base_url="http://house") as client:
        assert "content-security-policy" not in (await client.get("/")).headers
