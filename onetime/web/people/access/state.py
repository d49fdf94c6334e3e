"""The state of the page about who gets in: people and the tokens of programs."""

import dataclasses

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.services.people.tokens import TokenRow
from onetime.services.people.users import Account
from onetime.services.runtime import current
from onetime.texts import _, say
from onetime.web.frame.access import loads, needs, tell, visitor
from onetime.web.frame.session import Visitor
from onetime.web.people.words import role_in_words


@dataclasses.dataclass(frozen=True, slots=True)
class PersonLine:
    """One user, every part ready to be read."""

    id: int
    name: str
    role: str
    seen: str
    disabled: bool
    is_self: bool


@dataclasses.dataclass(frozen=True, slots=True)
class TokenLine:
    """One token, every part ready to be read."""

    id: int
    name: str
    role: str
    since: str
    end: str
    lets_in: bool


class Access(rx.State):
    """Who gets in."""

    loaded: bool = False
    people: list[PersonLine] = []
    tokens: list[TokenLine] = []

    @loads(Permission.MANAGE_PEOPLE)
    async def open(self) -> None:
        """Show the page."""
        await self._read()
        self.loaded = True

    @needs(Permission.MANAGE_PEOPLE)
    async def disable(self, user_id: int) -> object:
        """Let somebody in no more."""
        await current().people.accounts.disable(user_id, visitor().actor)
        await self._read()
        return tell(_("From now on this person cannot log in."), good=True)

    @needs(Permission.MANAGE_PEOPLE)
    async def enable(self, user_id: int) -> object:
        """Let somebody in again."""
        await current().people.accounts.enable(user_id, visitor().actor)
        await self._read()
        return tell(_("This person can log in again."), good=True)

    @needs(Permission.MANAGE_PEOPLE)
    async def log_out(self, user_id: int) -> object:
        """Log somebody out everywhere."""
        someone = visitor()
        own = someone.login if someone.person and someone.person.user_id == user_id else None
        await current().people.logins.end_all(user_id, someone.actor, but=own)
        await self._read()
        return tell(_("This person is logged out everywhere."), good=True)

    @needs(Permission.MANAGE_PEOPLE)
    async def revoke(self, token_id: int) -> object:
        """Let nobody in with a token any more."""
        await current().people.tokens.revoke(token_id, visitor().actor)
        await self._read()
        return tell(_("This token opens nothing any more."), good=True)

    async def _read(self) -> None:
        someone, people = visitor(), current().people
        self.people = [person_line(account, someone) for account in await people.accounts.users()]
        self.tokens = [token_line(row, someone) for row in await people.tokens.all()]


def person_line(account: Account, someone: Visitor) -> PersonLine:
    """Return a user as they are listed."""
    role = role_in_words(account.role, someone.language)
    return PersonLine(
        account.user_id,
        account.name,
        f"{role}, {account.tenant}" if account.tenant else role,
        "" if account.seen_at is None else someone.clockwork.moment(account.seen_at),
        account.disabled_at is not None,
        someone.person is not None and someone.person.user_id == account.user_id,
    )


def token_line(row: TokenRow, someone: Visitor) -> TokenLine:
    """Return a token as it is listed."""
    clockwork = someone.clockwork
    if row.revoked_at is not None:
        end = say(_("revoked {time}", time=clockwork.moment(row.revoked_at)), someone.language)
    elif row.expires_at is not None and not row.lets_in:
        end = say(_("ended {time}", time=clockwork.moment(row.expires_at)), someone.language)
    elif row.expires_at is not None:
        end = say(_("until {time}", time=clockwork.moment(row.expires_at)), someone.language)
    else:
        end = say(_("until it is revoked"), someone.language)
    role = role_in_words(row.role, someone.language)
    return TokenLine(row.token_id, row.name, role, clockwork.moment(row.created_at), end, row.lets_in)
