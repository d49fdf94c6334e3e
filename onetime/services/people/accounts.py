"""Accounts: first run, users, logins and the tokens of the REST API."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlmodel import Session, col, delete, select

from onetime.budgets import LOGIN_NAME_CHARACTERS, TOKEN_CHARACTERS
from onetime.clock import utc_now
from onetime.models import ApiToken, LoginSession, Role, Site, User
from onetime.services.aging import Aging
from onetime.services.people.audit import record
from onetime.services.people.passwords import hash_password, new_token, nobody, password_matches, token_hash
from onetime.store.database import Database
from onetime.texts import _

LOGIN_LASTS = timedelta(days=30)
ATTEMPTS = 5  # wrong passwords for one name before it has to wait
ATTEMPT_WINDOW_S = 60.0


class AccountError(Exception):
    """An account cannot be made or used as asked; the text says why."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is logged in."""

    user_id: int
    name: str
    role: Role
    language: str
    tenant_id: int | None = None


@dataclass(frozen=True, slots=True)
class House:
    """The house as the first run named it."""

    name: str
    time_zone: str
    language: str


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """Who calls the REST API. ``actor`` is how the audit names them, ``api:NAME``."""

    actor: str
    role: Role


class AccountService:
    """Creates accounts, logs people in and recognises them again."""

    def __init__(self, database: Database, aging: Aging) -> None:
        self._database = database
        self._aging = aging
        self._failures: dict[str, list[float]] = {}

    async def house(self) -> House | None:
        """Return the house, or None before the first run."""
        return await self._database.read(read_house)

    async def set_up(self, house: House, name: str, password: str) -> str:
        """Create the house and its administrator, and return a login token. Raises ``AccountError``, ``ValueError``."""
        stored = await asyncio.to_thread(hash_password, password)
        check_time_zone(house.time_zone)
        token = new_token()
        await self._database.write(lambda s: _set_up(s, house, name, stored, token_hash(token)))
        return token

    async def rename_house(self, house: House, actor: str) -> None:
        """Change the house's name, time zone and language. Raises ``AccountError``."""
        check_time_zone(house.time_zone)
        await self._database.write(lambda s: _rename_house(s, house, actor))

    async def log_in(self, name: str, password: str) -> str:
        """Return a login token for a name and its password. Raises ``AccountError`` when they do not fit."""
        key = login_key(name)
        self._check_attempts(key)
        user = await self._database.read(lambda s: _user(s, key))
        if (
            not await asyncio.to_thread(password_matches, password, user.password_hash if user else nobody())
            or not user
        ):
            self._failures.setdefault(key, []).append(time.monotonic())
            msg = _("This name and password do not fit together.")
            raise AccountError(msg)
        self._failures.pop(key, None)
        token = new_token()
        user_id = user.id or 0
        now, old = utc_now(), self._aging.now()
        await self._database.write(lambda s: _open_login(s, user_id, token_hash(token), now, old))
        return token

    async def recognise(self, token: str | None) -> Person | None:
        """Return who a login token belongs to, or None when it is unknown or has expired."""
        if not token or len(token) > TOKEN_CHARACTERS:
            return None
        return await self._database.read(lambda s: _person(s, token_hash(token), utc_now()))

    async def log_out(self, token: str) -> None:
        """End a login."""
        await self._database.write(lambda s: _close_login(s, token_hash(token)))

    async def choose_language(self, user_id: int, language: str) -> None:
        """Remember a person's language."""
        await self._database.write(lambda s: _store_language(s, user_id, language))

    async def token_role(self, token: str) -> Role | None:
        """Return what a REST token may do, or None when it is unknown or revoked."""
        holder = await self.token_holder(token)
        return holder.role if holder else None

    async def token_holder(self, token: str) -> TokenHolder | None:
        """Return who a REST token was made for, or None when it is unknown or revoked."""
        if len(token) > TOKEN_CHARACTERS:
            return None
        return await self._database.read(lambda s: _token_holder(s, token_hash(token)))

    def _check_attempts(self, key: str) -> None:
        """Slow down guessing. Raises ``AccountError`` while a name has to wait."""
        now = time.monotonic()
        recent = [at for at in self._failures.get(key, []) if now - at < ATTEMPT_WINDOW_S]
        self._failures[key] = recent
        if len(recent) >= ATTEMPTS:
            msg = _("Too many wrong passwords. Wait a minute and try again.")
            raise AccountError(msg)
        if len(self._failures) > 1_000:
            self._failures.clear()


def login_key(name: str) -> str:
    """Return a login name as it is compared. Raises ``AccountError`` for one that is too long to be anybody's."""
    if len(name) > LOGIN_NAME_CHARACTERS:
        msg = _("A name has at most {limit} characters.", limit=LOGIN_NAME_CHARACTERS)
        raise AccountError(msg)
    return name.strip().casefold()


def create_user(
    session: Session,
    name: str,
    password_hash: str,
    role: Role,
    language: str = "en",
    *,
    tenant_id: int | None = None,
) -> None:
    """Add a user. Raises ``AccountError`` when the name is taken, empty or too long."""
    key = login_key(name)
    if not key:
        msg = _("A user needs a name.")
        raise AccountError(msg)
    if _user(session, key) is not None:
        msg = _("There is already a user called {key}.", key=key)
        raise AccountError(msg)
    session.add(User(name=key, password_hash=password_hash, role=role, language=language, tenant_id=tenant_id))
    record(session, "command line", "user.create", key, role.value)


def create_api_token(session: Session, name: str, role: Role = Role.MANAGER) -> str:
    """Add a token for the REST API and return it; it cannot be read again."""
    token = new_token()
    session.add(ApiToken(name=name, role=role, token_hash=token_hash(token)))
    record(session, "command line", "token.create", name, role.value)
    return token


def read_house(session: Session) -> House | None:
    """Return the house, or None before the first run."""
    site = session.get(Site, 1)
    return House(site.name, site.time_zone, site.language) if site else None


def ensure_house(session: Session, language: str) -> None:
    """Give a house set up from the command line a name to start with; without one anybody could set it up."""
    if session.get(Site, 1) is None:
        session.add(Site(id=1, name="Onetime", language=language))


def check_time_zone(name: str) -> None:
    """Raise ``AccountError`` unless ``name`` is a time zone such as Europe/Zurich."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        msg = _("“{name}” is not a time zone; one is called Europe/Zurich.", name=name)
        raise AccountError(msg) from error


def _set_up(session: Session, house: House, name: str, password_hash: str, login: str) -> None:
    if session.get(Site, 1) is not None:
        msg = _("This house has been set up already; log in instead.")
        raise AccountError(msg)
    session.add(Site(id=1, name=_house_name(house), time_zone=house.time_zone, language=house.language))
    create_user(session, name, password_hash, Role.ADMINISTRATOR, house.language)
    session.flush()
    user = _user(session, name.strip().casefold())
    if user is not None and user.id is not None:
        _open_login(session, user.id, login, utc_now(), None)


def _rename_house(session: Session, house: House, actor: str) -> None:
    name = _house_name(house)
    site = session.get_one(Site, 1)
    record(session, actor, "house.change", site.name, f"{name}, {house.time_zone}, {house.language}")
    site.name, site.time_zone, site.language = name, house.time_zone, house.language
    session.add(site)


def _house_name(house: House) -> str:
    name = house.name.strip()
    if not name:
        msg = _("The house needs a name, such as its street and number.")
        raise AccountError(msg)
    return name


def _user(session: Session, key: str) -> User | None:
    return session.exec(select(User).where(User.name == key)).first()


def _open_login(session: Session, user_id: int, hashed: str, now: datetime, old: datetime | None) -> None:
    """Store a login, and delete those that have expired by ``old``, the time by which things are deleted."""
    if old is not None:
        session.exec(delete(LoginSession).where(col(LoginSession.expires_at) <= old))
    session.add(LoginSession(token_hash=hashed, user_id=user_id, created_at=now, expires_at=now + LOGIN_LASTS))


def _close_login(session: Session, hashed: str) -> None:
    session.exec(delete(LoginSession).where(col(LoginSession.token_hash) == hashed))


def _person(session: Session, hashed: str, now: datetime) -> Person | None:
    login = session.get(LoginSession, hashed)
    if login is None or login.expires_at <= now:
        return None
    user = session.get_one(User, login.user_id)
    return Person(user.id or 0, user.name, user.role, user.language, user.tenant_id)


def _store_language(session: Session, user_id: int, language: str) -> None:
    user = session.get_one(User, user_id)
    user.language = language
    session.add(user)


def _token_holder(session: Session, hashed: str) -> TokenHolder | None:
    token = session.exec(select(ApiToken).where(ApiToken.token_hash == hashed)).first()
    return TokenHolder(f"api:{token.name}", token.role) if token and token.revoked_at is None else None
