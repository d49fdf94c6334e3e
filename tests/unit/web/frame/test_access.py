"""Every page and every event handler says who may use it."""

from collections.abc import Iterator

import pytest
import reflex as rx
from reflex.event import EventHandler

import onetime.web.pages  # noqa: F401 - registers every page
from onetime.models import Role
from onetime.services.people.accounts import House
from onetime.services.people.logins import Person
from onetime.services.people.permissions import Permission
from onetime.web.frame import access, routes
from onetime.web.frame.registry import PAGES, PUBLIC, page, permission_of
from onetime.web.frame.session import Visitor

HOUSE = House("Seestrasse 12", "Europe/Zurich", "en")


def our_states(parent: type[rx.state.BaseState] = rx.State) -> Iterator[type[rx.state.BaseState]]:
    for state in parent.get_substates():
        if state.__module__.startswith("onetime."):
            yield state
        yield from our_states(state)


def handlers() -> list[tuple[str, EventHandler]]:
    return [
        (f"{state.__name__}.{name}", handler)
        for state in our_states()
        for name, handler in state.event_handlers.items()
        if name != "setvar"
    ]


def test_every_event_handler_says_who_may_use_it() -> None:
    unguarded = [name for name, handler in handlers() if not permission_of(handler)]
    assert unguarded == []


def test_only_first_run_login_and_the_missing_page_are_public() -> None:
    assert {name.split(".")[0] for name, handler in handlers() if permission_of(handler) == PUBLIC} == {
        "Setup",
        "Login",
        "NotFound",
    }
    assert {known.route for known in PAGES if known.permission == PUBLIC} == {
        routes.SETUP,
        routes.LOGIN,
        routes.NOT_FOUND,
    }


def test_every_permission_named_by_a_handler_is_in_the_table() -> None:
    named = {permission_of(handler) for _name, handler in handlers()} - {PUBLIC}
    assert named <= {permission.value for permission in Permission}


def test_a_page_nobody_guards_is_refused() -> None:
    async def open_it() -> None: ...

    with pytest.raises(ValueError, match="does not say who may open it"):
        page("/secret", "Secret", open_it)(rx.fragment)


def test_the_walk_finds_the_handlers_of_all_pages() -> None:
    assert {"Dashboard.accept", "ChargerActions.stop", "Cards.block", "Billing.make"} <= {
        name for name, _h in handlers()
    }


@pytest.mark.parametrize(
    ("visitor", "permission", "leads_to"),
    [
        (Visitor(None, None, "en", None), Permission.SEE_DASHBOARD, routes.SETUP),
        (Visitor(None, HOUSE, "en", None), Permission.SEE_DASHBOARD, routes.LOGIN),
        (Visitor(Person(1, "mia", Role.TENANT, "en"), HOUSE, "en", "x"), Permission.SEE_DASHBOARD, routes.SESSIONS),
        (Visitor(Person(1, "jo", Role.INSTALLER, "en"), HOUSE, "en", "x"), Permission.DOWNLOAD_REPORT, routes.MORE),
    ],
)
def test_who_may_not_is_led_to_where_they_can_go_on(visitor: Visitor, permission: Permission, leads_to: str) -> None:
    refusal = access.refusal(visitor, permission)
    assert refusal is not None
    assert f'"{leads_to}"' in [str(value) for _name, value in refusal.args]


def test_who_may_is_let_through() -> None:
    manager = Visitor(Person(1, "eva", Role.MANAGER, "en"), HOUSE, "en", "x")
    assert access.refusal(manager, Permission.DOWNLOAD_REPORT) is None
    assert access.refusal(Visitor(None, None, "en", None), None) is None
