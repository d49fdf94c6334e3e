"""Whoever has no token is refused before the body of the request is read.

FastAPI reads and parses a body before it asks who sent it.
"""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from onetime.api.frame.access import NO_TOKEN
from onetime.api.frame.errors import problem
from onetime.services.runtime import current, is_running
from onetime.store.group_commit import DatabaseError

PREFIX = "/api/v1/"
WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")


class TokenFirst:
    """ASGI middleware around the API. The routes ask again, and what the token's holder may do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if await _is_refused(scope):
            headers = {"WWW-Authenticate": "Bearer", "Connection": "close"}
            await problem(HTTPStatus.UNAUTHORIZED, NO_TOKEN, headers)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def _is_refused(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in WITH_BODY or not scope["path"].startswith(PREFIX):
        return False
    if not is_running():
        return False  # the route says so
    scheme, _blank, token = Headers(scope=scope).get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return True
    try:
        return await current().people.tokens.holder(token.strip()) is None
    except DatabaseError:
        return False  # the route says so
