"""The house that one installation serves."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from onetime.clock import utc_now
from onetime.models.types import UtcDateTime


class Site(SQLModel, table=True):
    """The house: one row, created at first run."""

    __tablename__ = "site"

    id: int = Field(default=1, primary_key=True)
    name: str
    time_zone: str = "Europe/Zurich"
    language: str = "en"
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
