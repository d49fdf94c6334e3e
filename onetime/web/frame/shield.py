"""What stands before pages and API: whom they answer, and what a browser may do with the answer.

The headers are those of the OWASP Secure Headers Project and of ASVS 5, chapter V3.4. A page's own scripts are files,
but Reflex and React Router write a few lines into each page: these are named by their hashes, so that no other line
runs. What Reflex sends to be run as code of the page needs ``'unsafe-eval'``.

``Strict-Transport-Security`` is not among them: it counts for all ports of a name (RFC 6797, section 8.3), so it would
close the plain one.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onetime.texts import Text, _, say
from onetime.web.frame import routes
from onetime.web.frame.hosts import Hosts, is_foreign
from onetime.web.frame.session import preferred_language

API = "/api/"
ASSETS = "/assets/"  # their names hold a hash of what is in them
DOWNLOADS = "/download/"
COOKIE_ROUTES = (routes.LOGIN_TICKET, routes.LOGOUT_TICKET, "/upload/", DOWNLOADS, "/_event")
NEVER_KEPT = (API, *COOKIE_ROUTES)
OPEN_ROUTES = ("/api/v1/", "/ping")  # asked with a token or without anything, by any name

_INLINE = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NO_PAGE = "default-src 'none'; frame-ancestors 'none'"


class Shield:
    """ASGI middleware around everything on the port of the pages. ``open_routes`` are asked by machines."""

    def __init__(self, app: ASGIApp, hosts: Callable[[], Hosts], open_routes: Sequence[str]) -> None:
        self._app = app
        self._hosts = hosts
        self._open_routes = (*OPEN_ROUTES, *open_routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse to."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(scope, receive, send, *refusal)
        elif scope["type"] == "http":
            await self._app(_readable(scope), receive, _Answer(scope, send))
        else:
            await self._app(scope, receive, _Handshake(scope, send))

    def _refusal(self, scope: Scope) -> tuple[int, Text] | None:
        """Return status and sentence for a request that is not for this house, or not from its pages."""
        path, headers = scope["path"], Headers(scope=scope)
        if path.startswith(self._open_routes):
            return None
        host = headers.get("host", "")
        if not self._hosts().answers_to(host):
            return 421, _("Onetime does not answer to the name “{host}”. Add it to ONETIME_HOSTS.", host=host[:255])
        if (path.startswith(COOKIE_ROUTES) or "origin" in headers) and is_foreign(headers):
            return 403, _("This was sent by a page of another address; open Onetime itself.")
        return None


class _Answer:
    """Passes an answer on with its headers; a page is held until its scripts are known."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._path: str = scope["path"]
        self._always = _always(scope)
        self._host = Headers(scope=scope).get("host", "")
        self._send = send
        self._start: Message | None = None
        self._page = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            self._harden(headers, message["status"])
            message["headers"] = headers.raw
            if headers.get("content-type", "").startswith("text/html"):
                if "content-encoding" not in headers:
                    self._start = message
                    return
                headers["Cache-Control"] = "no-store"  # it does not name its scripts: no browser may show it later
                message["headers"] = headers.raw
        elif self._start is not None and message["type"] == "http.response.body":
            self._page += message.get("body", b"")
            if message.get("more_body"):
                return
            start, self._start = self._start, None
            MutableHeaders(raw=start["headers"])["Content-Security-Policy"] = page_policy(self._page, self._host)
            await self._send(start)
            message = {**message, "body": bytes(self._page)}
        await self._send(message)

    def _harden(self, headers: MutableHeaders, status: int) -> None:
        headers.update(self._always)
        if status != 304:  # it would replace what the browser keeps with the page, and that names its scripts
            headers["Content-Security-Policy"] = _NO_PAGE
        if self._path.startswith(NEVER_KEPT) and not self._path.startswith("/api/static/"):
            headers["Cache-Control"] = "no-store"
        elif self._path.startswith(ASSETS) and status in (200, 206, 304):
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            headers.setdefault("Cache-Control", "no-cache")


class _Handshake:
    """Passes on what a websocket says; a refusal of the app's goes with the same headers as any answer."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._is_open = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "websocket.accept":
            self._is_open = True
        if message["type"] == "websocket.close" and not self._is_open:
            await _refuse_websocket(self._scope, self._send, 403, b"")
            return
        if message["type"] == "websocket.http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", ())))
            headers.update(_refusal_headers(self._scope))
            message = {**message, "headers": headers.raw}
        await self._send(message)


def page_policy(page: bytes | bytearray, host: str) -> str:
    """Return the content security policy of a page: its own scripts as they are written, and nothing from elsewhere."""
    hashes = {base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _INLINE.findall(page)}
    scripts = " ".join(["'self'", "'unsafe-eval'", *(f"'sha256-{each}'" for each in sorted(hashes))])
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",  # components place themselves with style attributes
            "img-src 'self' data:",
            f"connect-src 'self' ws://{host} wss://{host}",  # older browsers do not count the websocket as 'self'
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _readable(scope: Scope) -> Scope:
    """Ask for a page as it is, not packed, so that its scripts can be hashed; it has a few kilobytes."""
    if "text/html" not in Headers(scope=scope).get("accept", ""):
        return scope
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]}


def _always(scope: Scope) -> dict[str, str]:
    """Return what every answer says. An opener policy makes browsers complain where nothing is encrypted."""
    is_encrypted = scope["scheme"] in ("https", "wss")
    return {**_ALWAYS, "Cross-Origin-Opener-Policy": "same-origin"} if is_encrypted else _ALWAYS


def _refusal_headers(scope: Scope) -> dict[str, str]:
    return {**_always(scope), "Content-Security-Policy": _NO_PAGE, "Cache-Control": "no-store"}


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, sentence: Text) -> None:
    language = preferred_language("", Headers(scope=scope).get("accept-language", ""))
    said = say(sentence, language)
    if scope["type"] == "websocket":
        await _refuse_websocket(scope, send, status, said.encode())
        return
    await PlainTextResponse(said, status, _refusal_headers(scope))(scope, receive, send)


async def _refuse_websocket(scope: Scope, send: Send, status: int, said: bytes) -> None:
    """Answer a handshake with HTTP, where the server can (ASGI, extension "websocket denial response")."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    headers = Headers(_refusal_headers(scope) | {"Content-Type": "text/plain; charset=utf-8"}).raw
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": said})
