"""Who looks at a page, and in which language: what every page knows of its visitor."""

from dataclasses import dataclass

import reflex as rx

from onetime.services.people.accounts import House
from onetime.services.people.login_cookie import device_in, login_in, read_cookies
from onetime.services.people.logins import NOWHERE, Person, Visit
from onetime.services.people.permissions import PERMISSIONS, Permission
from onetime.services.runtime import current
from onetime.texts import LANGUAGES
from onetime.web.frame.times import Clockwork

LANGUAGE_COOKIE = "onetime_language"
DEFAULT_TIME_ZONE = "Europe/Zurich"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: a person or nobody, in the house or before its first run."""

    person: Person | None
    house: House | None
    language: str
    login: str | None
    visit: Visit = NOWHERE

    @property
    def clockwork(self) -> Clockwork:
        """Formats times and numbers for this visitor."""
        return Clockwork(self.language, self.house.time_zone if self.house else DEFAULT_TIME_ZONE)

    @property
    def actor(self) -> str:
        """The name the audit log keeps."""
        return self.person.name if self.person else "nobody"

    def may(self, permission: Permission) -> bool:
        """Say whether the visitor may do this."""
        return self.person is not None and permission in PERMISSIONS[self.person.role]


class Session(rx.State):
    """What pages show of their visitor. It decides nothing: every handler asks the database again."""

    ready: bool = False
    language: str = "en"
    time_zone: str = DEFAULT_TIME_ZONE
    name: str = ""
    house: str = ""
    permissions: list[str] = []
    _chosen_language: str = ""


# Functions, not methods: a public method of a state is an event any browser may call.


async def recognise(session: Session) -> Visitor:
    """Find out who asks, from the browser's login cookie, and show it."""
    headers = session.router.headers
    cookies = read_cookies(headers.cookie)
    login = login_in(cookies)
    people = current().people
    person, house = await people.logins.recognise(login), await people.accounts.house()
    chosen = session._chosen_language or cookies.get(LANGUAGE_COOKIE, "")
    language = person.language if person else preferred_language(chosen, headers.accept_language)
    visit = Visit(session.router.session.client_ip, headers.user_agent, device_in(cookies))
    visitor = Visitor(person, house, language, login, visit)
    _show(session, visitor)
    return visitor


def choose_language(session: Session, language: str) -> None:
    """Use this language in this tab from now on."""
    session._chosen_language = language
    session.language = language


def _show(session: Session, visitor: Visitor) -> None:
    session.language = visitor.language
    session.name = visitor.person.name if visitor.person else ""
    session.house = visitor.house.name if visitor.house else ""
    session.time_zone = visitor.house.time_zone if visitor.house else DEFAULT_TIME_ZONE
    session.permissions = [permission.value for permission in Permission if visitor.may(permission)]
    session.ready = True


def preferred_language(chosen: str, accepted: str) -> str:
    """Return the language to speak to a stranger: the chosen one, else the browser's first that exists here."""
    if chosen in LANGUAGES:
        return chosen
    for part in accepted.split(","):  # browsers list them by preference
        language = part.split(";")[0].strip().lower()[:2]
        if language in LANGUAGES:
            return language
    return current().settings.language
