"""Every role against every route: REST, downloads, uploads, logins. A new route fails until it is listed."""

import re

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from onetime.models import Role
from onetime.onetime import api, app
from onetime.services.people.login_cookie import LOGIN_COOKIE
from onetime.services.people.passwords import hash_password
from onetime.services.people.permissions import Permission, allowed
from onetime.services.people.users import create_user
from onetime.web.frame.shield import COOKIE_ROUTES, OPEN_ROUTES
from tests.integration.conftest import House
from tests.integration.driving.api_client import client

CHARGER = "/api/v1/chargers/{charger_id}"

# Asked with the token of a script.
BY_TOKEN: dict[Permission, str] = {
    Permission.SEE_CHARGER: f"""
        GET /api/v1/house
        GET /api/v1/chargers
        GET {CHARGER}
        GET /api/v1/commissioning
        GET {CHARGER}/operations
        GET {CHARGER}/operations/{{operation_id}}
        DELETE {CHARGER}/operations/{{operation_id}}
        POST {CHARGER}/operations/{{name}}
        GET {CHARGER}/reservations
        GET {CHARGER}/security
        GET /api/v1/security/tls
        GET /api/v1/security/events
    """,
    Permission.ACCEPT_CHARGER: f"""
        PUT {CHARGER}
        DELETE {CHARGER}
        DELETE /api/v1/chargers
        PUT /api/v1/commissioning
        GET /api/v1/knocking
    """,
    Permission.USE_CONSOLE: f"GET {CHARGER}/commands, POST {CHARGER}/commands/{{action}}, "
    + ", ".join(
        f"POST {CHARGER}/commands/{action}"
        for action in (
            "ChangeAvailability", "ChangeConfiguration", "ClearCache", "DataTransfer", "GetConfiguration",
            "RemoteStartTransaction", "RemoteStopTransaction", "Reset", "UnlockConnector", "GetDiagnostics",
            "UpdateFirmware", "GetLocalListVersion", "SendLocalList", "CancelReservation", "ReserveNow",
            "ClearChargingProfile", "GetCompositeSchedule", "SetChargingProfile", "TriggerMessage",
            "CertificateSigned", "DeleteCertificate", "ExtendedTriggerMessage", "GetInstalledCertificateIds", "GetLog",
            "InstallCertificate", "SignedUpdateFirmware",
        )
    ),
    Permission.CONTROL_CHARGING: ", ".join(
        f"POST {CHARGER}/operations/{name}"
        for name in (
            "start", "stop", "unlock", "set_current_limit", "clear_current_limit", "clear_charging_profiles",
            "composite_schedule", "reserve", "cancel_reservation",
        )
    ),
    Permission.RESET_CHARGER: f"POST {CHARGER}/operations/reset, POST {CHARGER}/operations/change_availability",
    Permission.PUSH_CARDS: f"POST {CHARGER}/operations/push_authorization_list, POST {CHARGER}/operations/clear_cache",
    Permission.SEND_COMMAND: ", ".join(
        f"POST {CHARGER}/operations/{name}" for name in ("trigger", "read_settings", "write_settings")
    ),
    Permission.SECURE_CHARGER: f"""
        PUT {CHARGER}/security
        DELETE {CHARGER}/security/certificates/{{serial}}
        POST /api/v1/security/events/{{event_id}}/seen
    """
    + ", ".join(
        f"POST {CHARGER}/operations/{name}"
        for name in (
            "change_password", "renew_certificate", "raise_security_profile", "install_certificate",
            "list_certificates", "delete_certificate",
        )
    ),
    Permission.MANAGE_FILES: f"""
        POST /api/v1/files
        GET /api/v1/files
        GET /api/v1/files/{{file_id}}
        GET /api/v1/files/{{file_id}}/content
        DELETE /api/v1/files/{{file_id}}
        POST {CHARGER}/operations/update_firmware
        POST {CHARGER}/operations/fetch_diagnostics
        POST {CHARGER}/operations/fetch_log
    """,
    Permission.SEE_MESSAGES: "GET /api/v1/messages",
    Permission.MANAGE_CARDS: """
        GET /api/v1/cards
        DELETE /api/v1/cards
        GET /api/v1/cards/{id_tag}
        PUT /api/v1/cards/{id_tag}
        DELETE /api/v1/cards/{id_tag}
    """,
    Permission.SEE_SESSIONS: "GET /api/v1/transactions, GET /api/v1/transactions/{transaction_id}",
    Permission.SEE_INTERVALS: "GET /api/v1/intervals",
    Permission.REVIEW_SESSIONS: """
        GET /api/v1/reviews
        GET /api/v1/reviews/{item_id}
        POST /api/v1/reviews/{item_id}/session
    """,
}  # fmt: skip
# Asked with the cookie of a browser.
BY_COOKIE: dict[Permission, str] = {
    Permission.DOWNLOAD_REPORT: "GET /download/reports/{name}",
    Permission.MANAGE_FILES: "GET /download/files/{file_id}, POST /upload/firmware",
}
# Asked by anybody: what shows nothing of a house, a ticket or a one-time address of its own, and what chargers trust.
BY_ANYBODY = """
    GET /api/openapi.json
    GET /api/docs
    GET /docs/oauth2-redirect
    GET /api/v1/security/ca.pem
    GET /transfer/{token}
    GET /transfer/{token}/{name:path}
    POST /transfer/{token}
    POST /transfer/{token}/{name:path}
    PUT /transfer/{token}
    PUT /transfer/{token}/{name:path}
    POST /login/ticket
    POST /logout
    GET /ping
    GET /_health
"""
MOUNTED = {"/api/static", "/_event"}  # scripts of the API's page, and the live connection, whose events are below
GIVEN = {"operation_id": "999999", "transaction_id": "999999", "item_id": "999999", "file_id": "999999",
         "event_id": "999999", "serial": "AB", "name": "none", "action": "None"}  # fmt: skip


def listed(text: str) -> list[str]:
    """Return the routes of one entry of a table."""
    return [route.strip() for route in re.split(r"[,\n]", text) if route.strip()]


TOKEN_ROUTES = [(route, permission) for permission, text in BY_TOKEN.items() for route in listed(text)]
COOKIE_ROUTES_HERE = [(route, permission) for permission, text in BY_COOKIE.items() for route in listed(text)]


def known_routes() -> set[str]:
    """Return every route of the app, but what is mounted as a whole."""
    found = set()
    for route in [*iter_route_contexts(api.routes), *(app._api.routes if app._api else [])]:
        if isinstance(getattr(route, "original_route", route), Mount) or route.path in MOUNTED:
            continue
        found |= {f"{method} {route.path}" for method in (route.methods or ()) if method != "HEAD"}
    return found


def test_every_route_of_the_app_is_listed_with_what_it_asks() -> None:
    table = [route for route, _permission in TOKEN_ROUTES + COOKIE_ROUTES_HERE] + listed(BY_ANYBODY)
    assert len(table) == len(set(table))
    assert known_routes() == set(table)


def test_every_route_with_a_cookie_is_guarded_against_other_pages() -> None:
    browsers = [route.split()[1] for route, _permission in COOKIE_ROUTES_HERE]
    assert all(path.startswith(COOKIE_ROUTES) for path in [*browsers, "/login/ticket", "/logout", "/_event"])
    assert not any(path.startswith(OPEN_ROUTES) for path in browsers)


@pytest.fixture
def database_url() -> str | None:
    """These rules are the same on every database."""
    return None


def addressed(route: str) -> tuple[str, str]:
    """Return method and path with something in its gaps."""
    method, path = route.split()
    return method, re.sub(r"\{(\w+)(?::path)?\}", lambda gap: GIVEN.get(gap[1], "NONE-1"), path)


@pytest.mark.parametrize("role", Role)
async def test_a_token_does_what_its_role_may_and_nothing_else(house: House, role: Role) -> None:
    async with await client(house, role) as script:
        for route, permission in TOKEN_ROUTES:
            answer = await script.request(*addressed(route))
            assert (answer.status_code == 403) is not allowed(role, permission), (route, answer.text)
            assert answer.status_code not in (401, 500), (route, answer.text)


async def test_without_a_token_nothing_is_told(house: House) -> None:
    async with await client(house, Role.ADMINISTRATOR) as script:
        cookie = await logged_in(house, Role.ADMINISTRATOR)
        del script.headers["Authorization"]
        for route, _permission in TOKEN_ROUTES:
            for headers in ({}, {"Cookie": f"{LOGIN_COOKIE}={cookie}"}, {"Authorization": "Bearer none"}):
                answer = await script.request(*addressed(route), headers=headers)
                assert answer.status_code == 401, (route, answer.text)


async def logged_in(house: House, role: Role) -> str:
    """Return the login of somebody with this role."""
    stored = hash_password("correct horse battery")
    await house.services.database.write(lambda s: create_user(s, f"the-{role}", stored, role))
    return (await house.services.people.logins.log_in(f"the-{role}", "correct horse battery")).login


@pytest.mark.parametrize("role", [None, *Role])
async def test_a_browser_is_given_what_its_person_may_have(house: House, role: Role | None) -> None:
    headers = {"Cookie": f"{LOGIN_COOKIE}={await logged_in(house, role)}"} if role else {}
    async with await client(house, Role.ADMINISTRATOR) as script:
        token = script.headers.pop("Authorization")
        transport = httpx.ASGITransport(api)
    async with httpx.AsyncClient(transport=transport, base_url="http://house", headers=headers) as browser:
        for route, permission in COOKIE_ROUTES_HERE:
            answer = await browser.request(*addressed(route))
            assert (answer.status_code == 403) is not allowed(role, permission), (route, answer.text)
            assert answer.status_code not in (401, 500), (route, answer.text)
            with_token = await browser.request(*addressed(route), headers={"Authorization": token, "Cookie": ""})
            assert with_token.status_code == 403, route
