"""People: who may log in, who lives here, and the cards they charge with."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from onetime.clock import utc_now
from onetime.models.types import UtcDateTime, enum_text


class Role(StrEnum):
    """What a person may do; the permission table says which role may do what."""

    ADMINISTRATOR = "administrator"
    INSTALLER = "installer"
    MANAGER = "manager"
    TENANT = "tenant"


class CardStatus(StrEnum):
    """What a card may do. ``UNKNOWN`` was shown to a charger and waits for somebody to say whose it is."""

    ACCEPTED = "accepted"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


class Tenant(SQLModel, table=True):
    """A household or firm that is billed."""

    __tablename__ = "tenant"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class User(SQLModel, table=True):
    """A person with a password."""

    __tablename__ = "user_account"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, description="The login name, in lower case.")
    password_hash: str
    role: Role = Field(sa_type=enum_text(Role))
    language: str = "en"
    tenant_id: int | None = Field(default=None, foreign_key="tenant.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="From when on nobody gets in.")


class LoginSession(SQLModel, table=True):
    """A browser that is logged in. Only the SHA-256 of its cookie is kept."""

    __tablename__ = "login_session"

    token_hash: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="Its last visit, to the hour.")
    address: str | None = Field(default=None, description="Where it logged in from.")
    browser: str | None = Field(default=None, description="What it calls itself, such as Firefox on Android.")


class LoginDevice(SQLModel, table=True):
    """A browser that has logged in under a name before, so that strangers' guesses do not keep it out."""

    __tablename__ = "login_device"

    token_hash: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", index=True)
    used_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ApiToken(SQLModel, table=True):
    """A bearer token of the REST API. Only its SHA-256 is kept."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    role: Role = Field(default=Role.MANAGER, sa_type=enum_text(Role))
    token_hash: str = Field(unique=True)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="None: it lasts.")


class Card(SQLModel, table=True):
    """A card or key fob (OCPP: id tag). ``id_tag_key`` is what two readings of one card have in common."""

    __tablename__ = "card"

    id: int | None = Field(default=None, primary_key=True)
    id_tag: str
    id_tag_key: str = Field(unique=True)
    label: str | None = None
    status: CardStatus = Field(default=CardStatus.UNKNOWN, sa_type=enum_text(CardStatus))
    tenant_id: int | None = Field(default=None, foreign_key="tenant.id", index=True)
    parent_id_tag: str | None = Field(default=None, description="The group it belongs to (OCPP parentIdTag).")
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    last_refused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CardPastHolder(SQLModel, table=True):
    """Who a card belonged to before it was handed over: sessions that began before ``until`` stay theirs.

    Without a tenant it had belonged to nobody. Of several rows the one with the earliest ``until`` after an instant
    tells whose the card was then; without one it was ``Card.tenant_id``'s.
    """

    __tablename__ = "card_past_holder"

    id: int | None = Field(default=None, primary_key=True)
    card_id: int = Field(foreign_key="card.id", index=True)
    tenant_id: int | None = Field(default=None, foreign_key="tenant.id")
    until: datetime = Field(sa_type=UtcDateTime)
