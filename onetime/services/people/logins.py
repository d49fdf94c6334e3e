"""Logins of browsers: opened with a name and its password, recognised by their cookie, listed, ended, expiring."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, select

from onetime.budgets import TOKEN_CHARACTERS
from onetime.clock import utc_now
from onetime.events import EventBus, LoginsEnded
from onetime.models import LoginSession, Role, User
from onetime.services.aging import Aging
from onetime.services.people.audit import record
from onetime.services.people.browsers import browser_name
from onetime.services.people.guesses import Guesses, Place, TooManyGuessesError
from onetime.services.people.login_audit import LoginAudit
from onetime.services.people.login_rows import (
    close_logins,
    end_logins,
    known_browser,
    login_hashes,
    new_login,
    note_visit,
    store_login,
)
from onetime.services.people.passwords import new_token, nobody, password_matches, token_hash
from onetime.services.people.unsaved_logins import UnsavedLogins
from onetime.services.people.users import AccountError, user_key
from onetime.store.commit_batch import Work
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseUnavailableError
from onetime.texts import _

logger = logging.getLogger(__name__)

UNUSED_LASTS = timedelta(days=14)  # OWASP ASVS 5.0, 7.3.1: whoever has not come for so long logs in again
SEEN_EVERY = timedelta(hours=1)  # a visit is written down so often at most
WRITE_PATIENCE_S = 3.0  # a person waits no longer for a login to be written down; it counts without that
HANDLE_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Person:
    """Who is logged in."""

    user_id: int
    name: str
    role: Role
    language: str
    tenant_id: int | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """From where somebody asks to be let in. ``device`` is the cookie of a browser that was let in before."""

    address: str = ""
    user_agent: str = ""
    device: str | None = None


NOWHERE = Visit()


@dataclass(frozen=True, slots=True)
class Admission:
    """What a browser gets for a right password: the token of its login, and that by which it is known again."""

    login: str
    device: str


@dataclass(frozen=True, slots=True)
class OpenLogin:
    """A browser that is logged in. ``handle`` names it in lists; nobody can log in with that."""

    handle: str
    browser: str | None
    address: str | None
    since: datetime
    seen_at: datetime
    is_this: bool = False


class LoginService:
    """Logs people in and out, and recognises them in between."""

    def __init__(self, database: Database, bus: EventBus, aging: Aging) -> None:
        self._database = database
        self._bus = bus
        self._aging = aging
        self._guesses = Guesses()
        self._audit = LoginAudit(database)
        self._unsaved = UnsavedLogins()

    async def log_in(self, name: str, password: str, visit: Visit = NOWHERE) -> Admission:
        """Let a browser in. Raises ``AccountError`` when name and password do not fit, or it has to wait."""
        key = user_key(name)
        user, device = await self._database.read(lambda s: known_browser(s, key, visit.device))
        fits = await self._guess(key, password, user, Place(visit.address, device))
        if not fits or user is None:
            self._audit.wrong(user.name if user else None, visit.address)
            raise AccountError(_("This name and password do not fit together."))
        if user.disabled_at is not None:
            raise AccountError(_("Nobody may log in with this name any more. Ask whoever looks after this house."))
        admission = Admission(new_token(), (visit.device if device else None) or new_token())
        await self._open(user, admission, visit)
        return admission

    async def check_password(self, person: Person, password: str, visit: Visit) -> None:
        """Make sure that whoever is logged in knows their password. Raises ``AccountError``."""
        user, device = await self._database.read(lambda s: known_browser(s, person.name, visit.device))
        if not await self._guess(person.name, password, user, Place(visit.address, device)):
            self._audit.wrong(person.name, visit.address)
            raise AccountError(_("This is not your present password."))

    async def recognise(self, token: str | None) -> Person | None:
        """Return who a login token belongs to, or None when it is unknown, ended or has expired."""
        if not token or len(token) > TOKEN_CHARACTERS:
            return None
        hashed, now = token_hash(token), utc_now()
        person, seen_at = await self._database.read(lambda s: self._recognised(s, hashed, now))
        if person and seen_at and now - seen_at > SEEN_EVERY:
            await self._try_to_write(lambda s: note_visit(s, hashed, now))
        return person

    async def open_among(self, hashes: Iterable[str]) -> set[str]:
        """Return which of these logins, by the hashes of their tokens, still let somebody in."""
        asked, now = list(hashes), utc_now()
        return await self._database.read(lambda s: {each for each in asked if self._recognised(s, each, now)[0]})

    async def log_out(self, token: str, person: Person | None = None, visit: Visit = NOWHERE) -> None:
        """End a login. It is over at once, also where that cannot be written down."""
        hashed = token_hash(token)
        self._unsaved.end(hashed)
        if await self._try_to_write(lambda s: close_logins(s, [hashed])):
            self._unsaved.saved(hashed)
        if person is not None:
            self._audit.out(person.name, visit.address)
        self._bus.publish(LoginsEnded((hashed,)))

    async def of(self, user_id: int, token: str | None = None) -> list[OpenLogin]:
        """Return where a person is logged in, the latest visit first; ``token`` marks their own browser."""
        this, now = token_hash(token) if token else None, utc_now()
        return await self._database.read(lambda s: _open_logins(s, user_id, this, now))

    async def end(self, user_id: int, handle: str, actor: str) -> None:
        """End one login of a person. Raises ``AccountError`` when it has ended already."""
        ended = await self._database.write(lambda s: _end(s, user_id, handle, actor))
        self.ended(ended)

    async def end_all(self, user_id: int, actor: str, but: str | None = None) -> None:
        """End all logins of a person, but the one of the token ``but``."""
        kept = token_hash(but) if but else None
        self.ended(await self._database.write(lambda s: end_logins(s, user_id, actor, kept)))

    def ended(self, hashes: Sequence[str]) -> None:
        """Tell open pages of logins that a transaction has ended."""
        for hashed in hashes:
            self._unsaved.saved(hashed)
        if hashes:
            self._bus.publish(LoginsEnded(tuple(hashes)))

    async def _guess(self, key: str, password: str, user: User | None, place: Place) -> bool:
        stored = user.password_hash if user else await asyncio.to_thread(nobody)
        try:
            async with self._guesses.guess(key, place):
                fits = await asyncio.to_thread(password_matches, password, stored)
        except TooManyGuessesError as error:
            raise AccountError(error.args[0]) from error
        if fits:
            self._guesses.right(key, place)
        return fits

    async def _open(self, user: User, admission: Admission, visit: Visit) -> None:
        browser = browser_name(visit.user_agent)
        login = new_login(user.id or 0, admission.login, visit.address[:64] or None, browser)
        old, device = self._aging.now(), token_hash(admission.device)
        self._unsaved.begin(login.token_hash, login.user_id, login.expires_at)
        if await self._try_to_write(lambda s: store_login(s, login.model_dump(), device, old)):
            self._unsaved.saved(login.token_hash)
        self._audit.right(user.name, visit.address, browser)

    def _recognised(self, session: Session, hashed: str, now: datetime) -> tuple[Person | None, datetime | None]:
        """Return who is logged in, and when they were last noted; None for the latter where nothing is stored."""
        if self._unsaved.is_ended(hashed):
            return None, None
        user_id = self._unsaved.user(hashed, now)
        if user_id is not None:
            return _person(session, user_id), None
        login = session.get(LoginSession, hashed)
        if login is None or not _is_open(login, now):
            return None, None
        return _person(session, login.user_id), login.seen_at or login.created_at

    async def _try_to_write(self, work: Work[None]) -> bool:
        """Write what became of a login; where the disk is full this process remembers it alone."""
        try:
            async with asyncio.timeout(WRITE_PATIENCE_S):
                await self._database.write(work)
        except (TimeoutError, DatabaseUnavailableError) as error:
            logger.warning("A login or logout was not written down; it holds until a restart. %s", error)
            return False
        return True


def _is_open(login: LoginSession, now: datetime) -> bool:
    return now < login.expires_at and now - (login.seen_at or login.created_at) < UNUSED_LASTS


def _person(session: Session, user_id: int) -> Person | None:
    user = session.get(User, user_id)
    if user is None or user.disabled_at is not None:
        return None
    return Person(user_id, user.name, user.role, user.language, user.tenant_id)


def _open_logins(session: Session, user_id: int, this: str | None, now: datetime) -> list[OpenLogin]:
    rows = session.exec(select(LoginSession).where(LoginSession.user_id == user_id)).all()
    logins = [
        OpenLogin(
            row.token_hash[:HANDLE_LENGTH],
            row.browser,
            row.address,
            row.created_at,
            row.seen_at or row.created_at,
            row.token_hash == this,
        )
        for row in rows
        if _is_open(row, now)
    ]
    return sorted(logins, key=lambda login: (login.is_this, login.seen_at), reverse=True)


def _end(session: Session, user_id: int, handle: str, actor: str) -> list[str]:
    found = [each for each in login_hashes(session, user_id) if each[:HANDLE_LENGTH] == handle]
    if not found:
        raise AccountError(_("This login has ended already."))
    close_logins(session, found)
    record(session, actor, "login.end", session.get_one(User, user_id).name, handle)
    return found
