"""The state of the own account's page: the password, and where one is logged in."""

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from onetime.services.people.logins import OpenLogin
from onetime.services.people.passwords import WeakPasswordError
from onetime.services.people.permissions import Permission
from onetime.services.people.users import AccountError
from onetime.services.runtime import current
from onetime.store.group_commit import DatabaseError
from onetime.texts import _, say
from onetime.web.frame.access import loads, needs, tell, visitor
from onetime.web.frame.session import Visitor
from onetime.web.people.words import browser_in_words

PRESENT, NEW, AGAIN = "present-password", "new-password", "new-password-again"


@dataclasses.dataclass(frozen=True, slots=True)
class LoginLine:
    """One browser that is logged in, every part ready to be read."""

    handle: str
    browser: str
    address: str
    since: str
    seen: str
    is_this: bool


class Account(rx.State):
    """What a person does with their own account."""

    loaded: bool = False
    logins: list[LoginLine] = []
    problem: str = ""
    busy: bool = False

    @loads(Permission.SEE_OWN_ACCOUNT)
    async def open(self) -> None:
        """Show the page."""
        self.problem, self.busy = "", False
        await self._read()
        self.loaded = True

    @needs(Permission.SEE_OWN_ACCOUNT)
    async def change_password(self, form: dict[str, str]) -> AsyncIterator[Any]:
        """Choose a new password; all other browsers are logged out."""
        someone = visitor()
        if someone.person is None:
            return
        present, new, again = (str(form.get(name, "")) for name in (PRESENT, NEW, AGAIN))
        if new != again:
            self.problem = say(_("The two new passwords are not the same."), someone.language)
            return
        self.problem, self.busy = "", True
        yield
        self.busy = False
        accounts = current().people.accounts
        try:
            await accounts.change_password(someone.person, present, new, someone.login, someone.visit)
        except (AccountError, WeakPasswordError, DatabaseError) as error:
            self.problem = say(error.args[0], someone.language)
            return
        await self._read()
        yield rx.call_script("document.getElementById('password-form').reset()")
        yield tell(_("Your password is changed. All other browsers are logged out."), good=True)

    @needs(Permission.SEE_OWN_ACCOUNT)
    async def end(self, handle: str) -> object:
        """Log one browser out."""
        person = visitor().person
        if person is None:
            return None
        await current().people.logins.end(person.user_id, handle, person.name)
        await self._read()
        return tell(_("This browser is logged out."), good=True)

    @needs(Permission.SEE_OWN_ACCOUNT)
    async def end_others(self) -> object:
        """Log out every browser but this one."""
        someone = visitor()
        if someone.person is None:
            return None
        await current().people.logins.end_all(someone.person.user_id, someone.person.name, but=someone.login)
        await self._read()
        return tell(_("All other browsers are logged out."), good=True)

    async def _read(self) -> None:
        someone = visitor()
        if someone.person is not None:
            logins = await current().people.logins.of(someone.person.user_id, someone.login)
            self.logins = [login_line(login, someone) for login in logins]


def login_line(login: OpenLogin, someone: Visitor) -> LoginLine:
    """Return a login as it is listed."""
    return LoginLine(
        login.handle,
        browser_in_words(login, someone.language),
        login.address or "–",
        someone.clockwork.moment(login.since),
        someone.clockwork.moment(login.seen_at),
        login.is_this,
    )
