"""The step from a login on a page to the browser's cookie.

A page talks over a websocket, which cannot set a cookie that scripts may not read. So a login leaves a ticket here,
and the page redeems it with one ordinary request. A ticket works once, within seconds.
"""

import secrets
import time

import reflex as rx
from reflex.event import EventSpec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onetime.services.people.login_cookie import ENCRYPTED_LOGIN_COOKIE, LOGIN_COOKIE
from onetime.services.people.logins import LOGIN_LASTS
from onetime.web.frame import routes

TICKET_LASTS_S = 30.0

_tickets: dict[str, tuple[str, float]] = {}


def issue(login: str) -> str:
    """Keep a login token for the browser that comes with the returned ticket."""
    now = time.monotonic()
    for old in [ticket for ticket, (_login, until) in _tickets.items() if until < now]:
        del _tickets[old]
    ticket = secrets.token_urlsafe(16)
    _tickets[ticket] = (login, now + TICKET_LASTS_S)
    return ticket


def redeem(ticket: str) -> str | None:
    """Return the login token of a ticket, once; None when it is unknown or too old."""
    login, until = _tickets.pop(ticket, ("", 0.0))
    return login if login and time.monotonic() < until else None


def enter(login: str) -> EventSpec:
    """Make the page fetch its cookie and open the house."""
    return rx.call_script(
        f"fetch('{routes.LOGIN_TICKET}', {{method: 'POST', headers: {{'x-ticket': '{issue(login)}'}}}})"
        f".then(() => window.location.assign('{routes.DASHBOARD}'))"
    )


def leave() -> EventSpec:
    """Make the page give its cookie back and ask for a login."""
    return rx.call_script(
        f"fetch('{routes.LOGOUT_TICKET}', {{method: 'POST'}}).then(() => window.location.assign('{routes.LOGIN}'))"
    )


async def _give_cookie(request: Request) -> Response:
    login = redeem(request.headers.get("x-ticket", ""))
    if login is None:
        return Response(status_code=403)
    response = Response(status_code=204)
    is_encrypted = request.url.scheme == "https"
    response.set_cookie(
        ENCRYPTED_LOGIN_COOKIE if is_encrypted else LOGIN_COOKIE,
        login,
        max_age=int(LOGIN_LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=is_encrypted,
    )
    return response


async def _take_cookie(_request: Request) -> Response:
    response = Response(status_code=204)
    response.delete_cookie(LOGIN_COOKIE, httponly=True, samesite="strict")
    response.delete_cookie(ENCRYPTED_LOGIN_COOKIE, httponly=True, samesite="strict", secure=True)
    return response


ROUTES = [
    Route(routes.LOGIN_TICKET, _give_cookie, methods=["POST"]),
    Route(routes.LOGOUT_TICKET, _take_cookie, methods=["POST"]),
]
