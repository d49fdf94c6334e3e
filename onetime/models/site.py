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


class HouseClock(SQLModel, table=True):
    """How far time had come here, for sure: one row. What is deleted for its age goes by ``reached_at``.

    ``seen_at`` is what the system's clock showed at the same moment, ``leapt_at`` what it showed after a leap ahead
    that does not stand yet.
    """

    __tablename__ = "house_clock"

    id: int = Field(default=1, primary_key=True)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    reached_at: datetime = Field(sa_type=UtcDateTime)
    leapt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Commissioning(SQLModel, table=True):
    """Until when chargers nobody knows may connect: one row, created at the first start. Both empty: they may not.

    ``open_for_s`` is how many seconds it will be open, while the system's time cannot be right and so no end be named.
    How chargers can come in since the last start is here too, for the command line, which may lack its environment.
    """

    __tablename__ = "commissioning"

    id: int = Field(default=1, primary_key=True)
    open_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    open_for_s: int | None = None
    has_encrypted_port: bool | None = Field(default=None, description="Whether the last start opened it.")
    trusts_other_authorities: bool | None = Field(default=None, description="Whether the last start trusted any.")
