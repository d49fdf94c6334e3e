"""What secures the chargers' connections: profiles, passwords, certificates, and what was noticed."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from onetime.clock import utc_now
from onetime.models.types import UtcDateTime, enum_text


class PasswordState(StrEnum):
    """How sure it is that a charger uses a password."""

    CURRENT = "current"  # it logged in with it, or a person entered it
    OFFERED = "offered"  # it was sent, and the charger's answer is not known
    CONFIRMED = "confirmed"  # it was accepted, and the charger has not logged in with it yet


class CertificateState(StrEnum):
    """What became of a certificate that was made for a charger."""

    OFFERED = "offered"  # it was made, and the charger's answer is not known
    ACCEPTED = "accepted"
    IN_USE = "in use"  # the charger logged in with it
    SUPERSEDED = "superseded"  # the charger logged in with a newer one
    REJECTED = "rejected"
    REVOKED = "revoked"


class ChargerSecurity(SQLModel, table=True):
    """Which security profile a charger must use. A charger without a row needs none."""

    __tablename__ = "charger_security"

    charger_id: int = Field(primary_key=True, foreign_key="charger.id", sa_column_kwargs={"autoincrement": False})
    profile: int = Field(default=0, description="A connection below this profile (0 to 3) is refused.")
    raising_to: int | None = Field(default=None, description="The higher profile it accepted and has not used yet.")
    password_form: str | None = Field(default=None, description="How it sent its password at its last login.")
    revision: int = Field(default=0, description="Grows with each change, so that other processes notice it.")


class ChargerPassword(SQLModel, table=True):
    """A password a charger may log in with, salted and hashed."""

    __tablename__ = "charger_password"

    id: int | None = Field(default=None, primary_key=True)
    charger_id: int = Field(foreign_key="charger.id", index=True)
    stored: str
    state: PasswordState = Field(sa_type=enum_text(PasswordState))
    made_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    made_by: str


class ChargerCertificate(SQLModel, table=True):
    """A certificate this house made for a charger. ``serial`` is its number in lower-case hexadecimal."""

    __tablename__ = "charger_certificate"

    id: int | None = Field(default=None, primary_key=True)
    charger_id: int = Field(foreign_key="charger.id", index=True)
    serial: str = Field(unique=True)
    common_name: str
    pem: str
    made_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    state: CertificateState = Field(default=CertificateState.OFFERED, sa_type=enum_text(CertificateState))
    state_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class SecurityEvent(SQLModel, table=True):
    """Something that concerns security: said by a charger (whitepaper, use case A04) or noticed by this house."""

    __tablename__ = "security_event"

    id: int | None = Field(default=None, primary_key=True)
    charger_id: int | None = Field(default=None, foreign_key="charger.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime, description="When it happened, by the clock of whoever says so.")
    received_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
    kind: str
    is_reported: bool = Field(description="A charger said it; otherwise this house noticed it.")
    is_alert: bool = Field(description="Somebody should look at it.")
    detail: str | None = None
    seen_by: str | None = Field(default=None, description="Who put the alert away.")
    count: int = Field(default=1, description="How often the same has come, until somebody put it away.")
    last_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="When it came last, if repeated.")
