"""Tokens of the REST API: made on the command line, listed, revoked, expiring."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from onetime.budgets import TOKEN_CHARACTERS
from onetime.clock import utc_now
from onetime.models import ApiToken, Role
from onetime.services.people.audit import COMMAND_LINE, record
from onetime.services.people.passwords import new_token, token_hash
from onetime.services.people.users import AccountError
from onetime.store.database import Database
from onetime.store.unreadable import readable_rows
from onetime.texts import _

LONGEST_NAME = 100
LONGEST_LIFE_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """Who calls the REST API. ``actor`` is how the audit names them, ``api:NAME``."""

    actor: str
    role: Role


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as a list shows it; the token itself cannot be shown again."""

    token_id: int
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    @property
    def lets_in(self) -> bool:
        """Whether it opens anything."""
        return self.revoked_at is None and (self.expires_at is None or utc_now() < self.expires_at)


class TokenService:
    """Recognises tokens, lists and revokes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def holder(self, token: str) -> TokenHolder | None:
        """Return who a token was made for, or None when it is unknown, revoked or has expired."""
        if len(token) > TOKEN_CHARACTERS:
            return None
        return await self._database.read(lambda s: _holder(s, token_hash(token), utc_now()))

    async def all(self) -> list[TokenRow]:
        """Return every token, the newest first."""
        return await self._database.read(tokens)

    async def revoke(self, token_id: int, actor: str) -> None:
        """Let nobody in with a token any more. Raises ``AccountError`` when there is none."""
        await self._database.write(lambda s: revoke_token(s, _token(s, token_id), actor))


def create_api_token(
    session: Session, name: str, role: Role = Role.MANAGER, *, days: int | None = None, actor: str = COMMAND_LINE
) -> str:
    """Add a token and return it; it cannot be read again. Raises ``AccountError`` for a name or time that cannot be."""
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise AccountError(_("A token’s name has between 1 and {maximum} letters and signs.", maximum=LONGEST_NAME))
    if days is not None and not 0 < days <= LONGEST_LIFE_DAYS:
        raise AccountError(_("A token lasts between 1 and {maximum} days.", maximum=LONGEST_LIFE_DAYS))
    token, now = new_token(), utc_now()
    expires_at = now + timedelta(days=days) if days else None
    session.add(ApiToken(name=name, role=role, token_hash=token_hash(token), created_at=now, expires_at=expires_at))
    record(session, actor, "token.create", name, role.value)
    return token


def tokens(session: Session) -> list[TokenRow]:
    """Return every token, the newest first."""
    rows = readable_rows(session, select(ApiToken).order_by(col(ApiToken.id).desc()), col(ApiToken.id))
    return [TokenRow(r.id or 0, r.name, r.role, r.created_at, r.expires_at, r.revoked_at) for r in rows]


def tokens_called(session: Session, name: str) -> list[ApiToken]:
    """Return the tokens of a name that are not revoked."""
    return list(session.exec(select(ApiToken).where(ApiToken.name == name, col(ApiToken.revoked_at).is_(None))))


def revoke_token(session: Session, token: ApiToken, actor: str) -> None:
    """Let nobody in with a token any more."""
    if token.revoked_at is not None:
        return
    token.revoked_at = utc_now()
    session.add(token)
    record(session, actor, "token.revoke", token.name)


def _token(session: Session, token_id: int) -> ApiToken:
    token = session.get(ApiToken, token_id)
    if token is None:
        raise AccountError(_("There is no such token any more."))
    return token


def _holder(session: Session, hashed: str, now: datetime) -> TokenHolder | None:
    token = session.exec(select(ApiToken).where(ApiToken.token_hash == hashed)).first()
    if token is None or token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now):
        return None
    return TokenHolder(f"api:{token.name}", token.role)
