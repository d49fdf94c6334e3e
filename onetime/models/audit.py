"""Who changed what, for everything that touches money or access."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from onetime.clock import utc_now
from onetime.models.types import UtcDateTime


class AuditEntry(SQLModel, table=True):
    """One change. ``actor`` is a login name, ``api:NAME`` for a token, or ``command line``."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
    actor: str
    action: str = Field(description="A verb phrase such as charger.accept.")
    subject: str
    detail: str | None = None
