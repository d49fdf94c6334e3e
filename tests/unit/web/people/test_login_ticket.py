"""A login reaches the browser's cookie through a ticket that works once."""

import httpx
import pytest
from starlette.applications import Starlette

from onetime.services.people.login_cookie import ENCRYPTED_LOGIN_COOKIE, LOGIN_COOKIE, device_in, login_in
from onetime.services.people.logins import Admission
from onetime.web.frame import routes
from onetime.web.people import login_ticket

ADMISSION = Admission("secret-token", "known-browser")


async def post(path: str, ticket: str = "", scheme: str = "http") -> httpx.Response:
    transport = httpx.ASGITransport(Starlette(routes=login_ticket.ROUTES))
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://house.example") as browser:
        return await browser.post(path, headers={"x-ticket": ticket})


async def test_a_ticket_gives_the_cookie_once() -> None:
    ticket = login_ticket.issue(ADMISSION)
    given = await post(routes.LOGIN_TICKET, ticket)
    assert given.status_code == 204
    login, device = given.headers.get_list("set-cookie")
    assert login.startswith("onetime_login=secret-token")
    assert device.startswith("onetime_device=known-browser")
    for cookie in (login, device):
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
    assert (await post(routes.LOGIN_TICKET, ticket)).status_code == 403


async def test_the_cookie_is_for_https_only_where_the_page_is() -> None:
    given = await post(routes.LOGIN_TICKET, login_ticket.issue(ADMISSION), scheme="https")
    login, device = given.headers.get_list("set-cookie")
    assert "Secure" in login
    assert "Secure" in device
    assert login.startswith("__Host-onetime_login=secret-token")
    assert device.startswith("__Host-onetime_device=known-browser")


def test_the_cookie_that_came_encrypted_counts_first() -> None:
    both = {LOGIN_COOKIE: "plain", ENCRYPTED_LOGIN_COOKIE: "encrypted"}
    assert [login_in(cookies) for cookies in (both, {LOGIN_COOKIE: "plain"}, {})] == ["encrypted", "plain", None]


def test_a_browser_is_known_by_its_cookie() -> None:
    assert [device_in(cookies) for cookies in ({"onetime_device": "known"}, {})] == ["known", None]


def test_an_old_ticket_is_worth_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login_ticket, "TICKET_LASTS_S", -1.0)
    assert login_ticket.redeem(login_ticket.issue(ADMISSION)) is None


async def test_a_made_up_ticket_gives_nothing() -> None:
    refused = await post(routes.LOGIN_TICKET, "guess")
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers


async def test_logging_out_takes_the_cookie_away() -> None:
    answer = await post(routes.LOGOUT_TICKET)
    taken = answer.headers.get_list("set-cookie")
    assert [cookie.partition(";")[0] for cookie in taken] == ['onetime_login=""', '__Host-onetime_login=""']
