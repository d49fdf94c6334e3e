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

from onetime.services.people.login_cookie import (
    DEVICE_COOKIE,
    ENCRYPTED_DEVICE_COOKIE,
    ENCRYPTED_LOGIN_COOKIE,
    LOGIN_COOKIE,
)
from onetime.services.people.login_rows import DEVICE_LASTS, LOGIN_LASTS
from onetime.services.people.logins import Admission
from onetime.web.frame import routes

TICKET_LASTS_S = 30.0

_tickets: dict[str, tuple[Admission, float]] = {}


def issue(admission: Admission) -> str:
    """Keep what a login gives for the browser that comes with the returned ticket."""
    now = time.monotonic()
    for old in [ticket for ticket, (_admission, until) in _tickets.items() if until < now]:
        del _tickets[old]
    ticket = secrets.token_urlsafe(16)
    _tickets[ticket] = admission, now + TICKET_LASTS_S
    return ticket


def redeem(ticket: str) -> Admission | None:
    """Return what a ticket is for, once; None when it is unknown or too old."""
    admission, until = _tickets.pop(ticket, (None, 0.0))
    return admission if time.monotonic() < until else None


def enter(admission: Admission) -> EventSpec:
    """Make the page fetch its cookies and open the house."""
    return rx.call_script(
        f"fetch('{routes.LOGIN_TICKET}', {{method: 'POST', headers: {{'x-ticket': '{issue(admission)}'}}}})"
        f".then(() => window.location.assign('{routes.DASHBOARD}'))"
    )


def leave() -> EventSpec:
    """Make the page give its cookie back and ask for a login."""
    return rx.call_script(
        f"fetch('{routes.LOGOUT_TICKET}', {{method: 'POST'}}).then(() => window.location.assign('{routes.LOGIN}'))"
    )


async def _give_cookie(request: Request) -> Response:
    admission = redeem(request.headers.get("x-ticket", ""))
    if admission is None:
        return Response(status_code=403)
    response = Response(status_code=204)
    is_encrypted = request.url.scheme == "https"
    for name, encrypted_name, value, lasts in (
        (LOGIN_COOKIE, ENCRYPTED_LOGIN_COOKIE, admission.login, LOGIN_LASTS),
        (DEVICE_COOKIE, ENCRYPTED_DEVICE_COOKIE, admission.device, DEVICE_LASTS),
    ):
        response.set_cookie(
            encrypted_name if is_encrypted else name,
            value,
            max_age=int(lasts.total_seconds()),
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
