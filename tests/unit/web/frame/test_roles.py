"""Every role against every event of every page. A new handler fails until it is listed with what it asks."""

import inspect
from typing import Any

import pytest
from reflex.event import EventHandler

from onetime.models import Role
from onetime.services.people.accounts import House
from onetime.services.people.logins import Person
from onetime.services.people.permissions import Permission, allowed
from onetime.web.frame import access
from onetime.web.frame.access import refusal
from onetime.web.frame.registry import PUBLIC
from onetime.web.frame.session import Visitor
from tests.unit.web.frame.test_access import handlers

HANDLERS: dict[Permission | str, str] = {
    PUBLIC: """
        Login: log_in open speak
        NotFound: open
        Setup: create open speak
    """,
    Permission.SEE_OWN_ACCOUNT: """
        Account: change_password end end_others open
        More: log_out open speak
    """,
    Permission.SEE_OWN_SESSIONS: """
        Sessions: more narrow open
    """,
    Permission.SEE_DASHBOARD: """
        Dashboard: open
    """,
    Permission.SEE_CHARGER: """
        ChargerHead: cancel put_away refresh
        ChargerOperations: more open refresh
        ChargerPage: open refresh
    """,
    Permission.ACCEPT_CHARGER: """
        ChargerActions: retire
        Commissioning: close_house let_in open_house
        Dashboard: accept remove_waiting
    """,
    Permission.NAME_SPOT: """
        ChargerPage: name_spot
    """,
    Permission.CONTROL_CHARGING: """
        ChargerActions: cancel_reservation limit remove_limit reserve start stop unlock
        ChargerLimits: ask clear_profiles open refresh
    """,
    Permission.RESET_CHARGER: """
        ChargerActions: change_availability restart
    """,
    Permission.SEND_COMMAND: """
        ChargerActions: ask_for
        ChargerSettings: choose open read refresh write
    """,
    Permission.USE_CONSOLE: """
        ChargerConsole: again choose open refresh send
    """,
    Permission.SECURE_CHARGER: """
        ChargerSecurityPage: change_password delete_root enter install list_roots open
        ChargerSecurityPage: propose put_away raise_profile refresh renew require_profile revoke
    """,
    Permission.SEE_MESSAGES: """
        ChargerLog: more narrow open refresh toggle_frame
    """,
    Permission.MANAGE_FILES: """
        ChargerFiles: choose delete fetch look look_at open refresh update_firmware uploaded
    """,
    Permission.DOWNLOAD_REPORT: """
        Billing: choose make open refresh
    """,
    Permission.MANAGE_CARDS: """
        Cards: accept block change open remove_waiting
    """,
    Permission.PUSH_CARDS: """
        ChargerActions: clear_cache push_cards
    """,
    Permission.MANAGE_PEOPLE: """
        Access: disable enable log_out open revoke
    """,
    Permission.REVIEW_SESSIONS: """
        ReviewPage: accept assign correct discard make match open undo
        Reviews: narrow open refresh undo
        SessionActions: review
    """,
    Permission.CLOSE_MONTH: """
        Billing: close
    """,
    Permission.SET_CONNECTOR_POWER: """
        ChargerMetering: begin set_power
    """,
}

HOUSE = House("Seestrasse 12", "Europe/Zurich", "en")
LISTED = {
    f"{state.strip()}.{name}": permission
    for permission, text in HANDLERS.items()
    for state, _colon, names in (line.partition(":") for line in text.strip().splitlines())
    for name in names.split()
}


def test_every_event_handler_is_listed_with_what_it_asks() -> None:
    assert {name for name, _handler in handlers()} == LISTED.keys()


class EnteredError(BaseException):
    """The handler itself has begun."""


class Page:
    """Stands for a page's state: it can be asked who its visitor is, and whatever else is done with it is too much."""

    class router:  # noqa: N801 - as Reflex calls it
        class session:  # noqa: N801
            session_id = "socket"

    async def get_state(self, _state: Any) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        raise EnteredError(name)

    def __setattr__(self, name: str, _value: Any) -> None:
        raise EnteredError(name)


@pytest.fixture
def nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_arguments: Any) -> None: ...

    for name in ("stop_watching", "watch_house", "watch_house_in_full", "watch_reviews"):
        monkeypatch.setattr(access, name, nothing)


async def outcome(handler: EventHandler, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return ``refused`` for an event that leads away without a look, ``entered`` when the handler itself begins."""

    async def recognise(_session: Any) -> Visitor:
        return visitor

    monkeypatch.setattr(access, "recognise", recognise)
    monkeypatch.setattr(access, "tell", _told)
    refusals = []
    monkeypatch.setattr(access, "refusal", lambda *asked: refusals.append(refusal(*asked)) or refusals[-1])
    given: list[Any] = [{} for _parameter in list(inspect.signature(handler.fn).parameters)[1:]]
    try:
        said = [event async for event in handler.fn(Page(), *given)]
    except EnteredError:
        return "entered"
    return "refused" if said == refusals != [None] else "entered"


def _told(_sentence: str, **_how: Any) -> None:
    """Stand for a toast: the handler has begun, and could not go on with what it was given."""
    raise EnteredError


ROLES = [None, *Role]


@pytest.mark.parametrize("role", ROLES, ids=[str(role) for role in ROLES])
@pytest.mark.usefixtures("nobody_watches")
async def test_an_event_does_something_only_for_those_who_may(
    role: Role | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(Person(1, "ann", role, "en") if role else None, HOUSE, "en", "x" if role else None)
    lost = []
    for name, handler in handlers():
        asked = LISTED[name]
        may = asked == PUBLIC or allowed(role, Permission(asked))
        became = await outcome(handler, visitor, monkeypatch)
        if became != ("entered" if may else "refused"):
            lost.append(f"{name}: {became}")
    assert lost == []
