"""The rows of logins and of the browsers people are known by: how each is stored, found and ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from onetime.clock import utc_now
from onetime.models import LoginDevice, LoginSession, User
from onetime.services.people.audit import record
from onetime.services.people.passwords import token_hash
from onetime.services.people.users import disable_user, set_password, user_named

LOGIN_LASTS = timedelta(days=30)
DEVICE_LASTS = timedelta(days=365)
# Open logins of a person; the one longest unused ends for the next. Whoever has a password fills no disk.
LOGINS_EACH = 100
DEVICES_EACH = 20  # browsers a person is known by; the one longest unused gives way


def new_login(user_id: int, token: str, address: str | None = None, browser: str | None = None) -> LoginSession:
    """Return the row of a login that begins now."""
    now = utc_now()
    return LoginSession(
        token_hash=token_hash(token),
        user_id=user_id,
        created_at=now,
        expires_at=now + LOGIN_LASTS,
        seen_at=now,
        address=address,
        browser=browser,
    )


def end_logins(session: Session, user_id: int, actor: str, but: str | None = None) -> list[str]:
    """End a person's logins but the one with the hash ``but``, and return the hashes of those ended."""
    hashes = [each for each in login_hashes(session, user_id) if each != but]
    if hashes:
        close_logins(session, hashes)
        user = session.get_one(User, user_id)
        record(session, actor, "login.end", user.name, f"{len(hashes)} logins")
    return hashes


def shut_out(session: Session, user: User, actor: str) -> list[str]:
    """Let somebody in no more, and return the hashes of the logins that ends. Raises ``AccountError``."""
    disable_user(session, user, actor)
    return end_logins(session, user.id or 0, actor)


def replace_password(session: Session, user: User, password_hash: str, actor: str, but: str | None = None) -> list[str]:
    """Give a user a new password, and return the hashes of the logins that ends: all but the one with ``but``."""
    set_password(session, user, password_hash, actor)
    return end_logins(session, user.id or 0, actor, but)


def known_browser(session: Session, key: str, device: str | None) -> tuple[User | None, str | None]:
    """Return who has a name, and the hash of the browser they are known by."""
    user = user_named(session, key)
    if user is None or not device:
        return user, None
    known = session.get(LoginDevice, token_hash(device))
    return user, known.token_hash if known and known.user_id == user.id else None


def store_login(session: Session, login: dict[str, object], device: str, old: datetime | None) -> None:
    """Store a login; delete those beyond the limit, and those expired by ``old``, the time of deleting."""
    if old is not None:
        session.exec(delete(LoginSession).where(col(LoginSession.expires_at) <= old))
        session.exec(delete(LoginDevice).where(col(LoginDevice.used_at) <= old - DEVICE_LASTS))
    row = LoginSession.model_validate(login)
    latest = select(LoginSession).where(LoginSession.user_id == row.user_id).order_by(col(LoginSession.seen_at).desc())
    for unused_login in session.exec(latest.offset(LOGINS_EACH - 1)):
        session.delete(unused_login)
    session.add(row)
    known = session.get(LoginDevice, device)
    if known is None:
        known = LoginDevice(token_hash=device, user_id=row.user_id)
    known.used_at = row.created_at
    session.add(known)
    session.flush()
    newest = select(LoginDevice).where(LoginDevice.user_id == row.user_id).order_by(col(LoginDevice.used_at).desc())
    for unused in session.exec(newest.offset(DEVICES_EACH)):
        session.delete(unused)


def note_visit(session: Session, hashed: str, now: datetime) -> None:
    """Write down when a browser came last."""
    login = session.get(LoginSession, hashed)
    if login is not None:
        login.seen_at = now
        session.add(login)


def login_hashes(session: Session, user_id: int) -> Sequence[str]:
    """Return the hashes of a person's logins."""
    return session.exec(select(LoginSession.token_hash).where(LoginSession.user_id == user_id)).all()


def close_logins(session: Session, hashes: Sequence[str]) -> None:
    """End logins by their hashes."""
    session.exec(delete(LoginSession).where(col(LoginSession.token_hash).in_(hashes)))
