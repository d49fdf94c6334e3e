"""Accounts: the first run, and what people and administrators change about users."""

import asyncio
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlmodel import Session

from onetime.models import Role, Site, User
from onetime.services.people.login_rows import new_login, replace_password, shut_out
from onetime.services.people.logins import Admission, LoginService, Person, Visit
from onetime.services.people.passwords import hash_password, new_token, token_hash
from onetime.services.people.users import (
    Account,
    AccountError,
    create_user,
    enable_user,
    user_named,
    user_of,
    users,
)
from onetime.store.database import Database
from onetime.texts import LANGUAGES, _

LONGEST_HOUSE_NAME = 80


@dataclass(frozen=True, slots=True)
class House:
    """The house as the first run named it."""

    name: str
    time_zone: str
    language: str


class AccountService:
    """Sets the house up, and changes its users."""

    def __init__(self, database: Database, logins: LoginService) -> None:
        self._database = database
        self._logins = logins
        self._setting_up = asyncio.Lock()

    async def house(self) -> House | None:
        """Return the house, or None before the first run."""
        return await self._database.read(read_house)

    async def set_up(self, house: House, name: str, password: str) -> Admission:
        """Create the house and its administrator, and log them in. Raises ``AccountError``, ``ValueError``."""
        async with self._setting_up:
            await self._database.read(_check_new)
            _check_house(house)
            stored = await asyncio.to_thread(hash_password, password, [name, house.name])
            admission = Admission(new_token(), new_token())
            await self._database.write(lambda s: _set_up(s, house, name, stored, admission.login))
        return admission

    async def choose_language(self, user_id: int, language: str) -> None:
        """Remember a person's language."""
        await self._database.write(lambda s: _store_language(s, user_id, language))

    async def change_password(self, person: Person, present: str, new: str, login: str | None, visit: Visit) -> None:
        """Let a person choose a new password, and end their logins but this one.

        Raises ``AccountError`` when the present password is wrong, ``WeakPasswordError`` when the new one is weak.
        """
        await self._logins.check_password(person, present, visit)
        stored = await asyncio.to_thread(hash_password, new, [person.name])
        but = token_hash(login) if login else None
        ended = await self._database.write(
            lambda s: replace_password(s, user_of(s, person.user_id), stored, person.name, but)
        )
        self._logins.ended(ended)

    async def users(self) -> list[Account]:
        """Return everybody who has ever had a password, by name."""
        return await self._database.read(users)

    async def disable(self, user_id: int, actor: str) -> None:
        """Let somebody in no more, and end their logins. Raises ``AccountError`` for the last administrator."""
        self._logins.ended(await self._database.write(lambda s: shut_out(s, user_of(s, user_id), actor)))

    async def enable(self, user_id: int, actor: str) -> None:
        """Let somebody in again, with the password they had. Raises ``AccountError``."""
        await self._database.write(lambda s: enable_user(s, user_of(s, user_id), actor))


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
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = _("“{name}” is not a time zone; one is called Europe/Zurich.", name=name[:100])
        raise AccountError(msg) from error


def _check_house(house: House) -> None:
    check_time_zone(house.time_zone)
    if house.language not in LANGUAGES:
        msg = _("Onetime does not speak this language.")
        raise AccountError(msg)


def _check_new(session: Session) -> None:
    if session.get(Site, 1) is not None:
        msg = _("This house has been set up already; log in instead.")
        raise AccountError(msg)


def _set_up(session: Session, house: House, name: str, password_hash: str, login: str) -> None:
    _check_new(session)
    session.add(Site(id=1, name=_house_name(house), time_zone=house.time_zone, language=house.language))
    create_user(session, name, password_hash, Role.ADMINISTRATOR, house.language)
    session.flush()
    user = user_named(session, name)
    if user is not None and user.id is not None:
        session.add(new_login(user.id, login))


def _house_name(house: House) -> str:
    name = house.name.strip()
    if not name:
        msg = _("The house needs a name, such as its street and number.")
        raise AccountError(msg)
    if len(name) > LONGEST_HOUSE_NAME:
        msg = _("The house’s name has at most {maximum} letters and signs.", maximum=LONGEST_HOUSE_NAME)
        raise AccountError(msg)
    return name


def _store_language(session: Session, user_id: int, language: str) -> None:
    user = session.get_one(User, user_id)
    user.language = language
    session.add(user)
