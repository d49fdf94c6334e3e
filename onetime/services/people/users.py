"""Users: people with a name and a password, made, disabled and given new passwords."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from onetime.budgets import LOGIN_NAME_CHARACTERS
from onetime.clock import utc_now
from onetime.models import LoginSession, Role, Tenant, User
from onetime.services.people.audit import COMMAND_LINE, record
from onetime.store.unreadable import readable_rows
from onetime.texts import _

LONGEST_NAME = LOGIN_NAME_CHARACTERS


class AccountError(Exception):
    """An account cannot be made or used as asked; the text says why."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user as a list shows them. ``seen_at`` is their last visit with a login that is still stored."""

    user_id: int
    name: str
    role: Role
    tenant: str | None
    disabled_at: datetime | None
    seen_at: datetime | None


def user_key(name: str) -> str:
    """Return a name as it is looked up: without spaces at its ends, in lower case, cut where names end."""
    return name[: 4 * LONGEST_NAME].strip().casefold()[: LONGEST_NAME + 1]


def user_named(session: Session, name: str) -> User | None:
    """Return who has a name."""
    key = user_key(name)
    return session.exec(select(User).where(User.name == key)).first() if is_name(key) else None


def is_name(key: str) -> bool:
    """Say whether somebody can be called so."""
    return 0 < len(key) <= LONGEST_NAME and key.isprintable()


def users(session: Session) -> list[Account]:
    """Return everybody who has ever had a password, by name."""
    seen = (
        select(col(LoginSession.user_id), func.max(col(LoginSession.seen_at)).label("at"))
        .group_by(col(LoginSession.user_id))
        .subquery()
    )
    query = (
        select(User, Tenant.name, seen.c.at)
        .outerjoin(Tenant, col(Tenant.id) == col(User.tenant_id))
        .outerjoin(seen, seen.c.user_id == col(User.id))
        .order_by(col(User.name))
    )
    rows = readable_rows(session, query, col(User.id))
    return [Account(user.id or 0, user.name, user.role, tenant, user.disabled_at, at) for user, tenant, at in rows]


def create_user(
    session: Session,
    name: str,
    password_hash: str,
    role: Role,
    language: str = "en",
    *,
    tenant_id: int | None = None,
    actor: str = COMMAND_LINE,
) -> None:
    """Add a user. Raises ``AccountError`` when the name is taken, empty or too long."""
    key = user_key(name)
    if not key:
        raise AccountError(_("A user needs a name."))
    if not is_name(key):
        raise AccountError(_("A user’s name has at most {maximum} letters and signs.", maximum=LONGEST_NAME))
    if user_named(session, key) is not None:
        raise AccountError(_("There is already a user called {key}.", key=key))
    session.add(User(name=key, password_hash=password_hash, role=role, language=language, tenant_id=tenant_id))
    record(session, actor, "user.create", key, role.value)


def set_password(session: Session, user: User, password_hash: str, actor: str) -> None:
    """Give a user a new password; ``login_rows.replace_password`` ends their logins too."""
    user.password_hash = password_hash
    session.add(user)
    record(session, actor, "user.password", user.name)


def disable_user(session: Session, user: User, actor: str) -> None:
    """Let somebody in no more. Raises ``AccountError`` for the last administrator."""
    if user.disabled_at is not None:
        return
    if user.role is Role.ADMINISTRATOR and not _other_administrators(session, user):
        raise AccountError(_("{name} is the last administrator; nobody could let anybody in any more.", name=user.name))
    user.disabled_at = utc_now()
    session.add(user)
    record(session, actor, "user.disable", user.name)


def enable_user(session: Session, user: User, actor: str) -> None:
    """Let somebody in again, with the password they had."""
    if user.disabled_at is None:
        return
    user.disabled_at = None
    session.add(user)
    record(session, actor, "user.enable", user.name)


def user_of(session: Session, user_id: int) -> User:
    """Return a user. Raises ``AccountError`` when there is none."""
    user = session.get(User, user_id)
    if user is None:
        raise AccountError(_("There is no such user any more."))
    return user


def user_called(session: Session, name: str) -> User:
    """Return who has a name. Raises ``AccountError`` when nobody has."""
    user = user_named(session, name)
    if user is None:
        raise AccountError(_("There is no user called {name}.", name=user_key(name)))
    return user


def _other_administrators(session: Session, user: User) -> Sequence[User]:
    return session.exec(
        select(User).where(User.role == Role.ADMINISTRATOR, col(User.disabled_at).is_(None), col(User.id) != user.id)
    ).all()
