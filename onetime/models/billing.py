"""Closed months: what was billed, frozen, and what has changed since."""

from datetime import datetime

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from onetime.clock import utc_now
from onetime.models.types import UtcDateTime


class ClosedMonth(SQLModel, table=True):
    """A month whose report does not change any more. While it is being closed ``closed_at`` is None."""

    __tablename__ = "closed_month"

    id: int | None = Field(default=None, primary_key=True)
    month: str = Field(unique=True, description="Such as 2026-10.")
    begun_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: str
    site_name: str
    time_zone: str
    tenants: str = Field(description="JSON: [id, name] of everybody who lived here.")


class ClosedConnector(SQLModel, table=True):
    """One connector's sessions in a closed month, as they were at a closing.

    The first row, booked in the month itself, is what its report rests on. A later row is what they were when another
    month was closed: the difference to the row before is what that month's report carries as corrections.
    """

    __tablename__ = "closed_connector"
    __table_args__ = (UniqueConstraint("month_id", "connector_id", "booked_in_id"),)

    id: int | None = Field(default=None, primary_key=True)
    month_id: int = Field(foreign_key="closed_month.id", index=True)
    connector_id: int = Field(foreign_key="connector.id")
    booked_in_id: int = Field(foreign_key="closed_month.id", index=True)
    content: bytes = Field(sa_type=LargeBinary, description="As onetime.billing.frozen writes it.")
