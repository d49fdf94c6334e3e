"""Meter readings, one row per instant a charger measured."""

import time
from datetime import datetime
from itertools import count

from sqlalchemy import BigInteger, Column, ForeignKey, Integer
from sqlmodel import Field, SQLModel

from onetime.models.types import UtcDateTime

OUTSIDE_SESSIONS = 0  # the transaction id of readings that belong to no session
_ids = count(time.time_ns() // 1_000_000)  # goes on where another process has not been: no house has 1,000 readings/s


def next_reading_id() -> int:
    """Return a number that tells apart what one connector measured at one instant, even across restarts."""
    return next(_ids)


class MeterReading(SQLModel, table=True):
    """What one connector measured at one instant.

    ``register_wh`` is the cumulative import register; power is in W, current in A (largest phase), state of
    charge in percent. ``context`` is OCPP's reading context (Sample.Periodic, Sample.Clock, Transaction.End, …).

    Rows lie in the order of their key, session by session: a bill reads each session in one piece, and storing a
    reading changes one page and no index. Outside sessions ``transaction_id`` is ``OUTSIDE_SESSIONS``, because a key
    has no gaps; so it names no transaction there, and no foreign key can say so.
    """

    __tablename__ = "meter_reading"
    __table_args__ = ({"sqlite_with_rowid": False},)

    transaction_id: int = Field(
        default=OUTSIDE_SESSIONS, sa_column=Column(Integer, primary_key=True, autoincrement=False)
    )
    connector_id: int = Field(sa_column=Column(ForeignKey("connector.id"), primary_key=True))
    taken_at: datetime = Field(sa_column=Column(UtcDateTime, primary_key=True), description="When it was measured.")
    id: int = Field(
        default_factory=next_reading_id, sa_column=Column(BigInteger, primary_key=True, autoincrement=False)
    )
    received_at: datetime = Field(sa_type=UtcDateTime)
    charger_taken_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="The charger's own time stamp, where it had to be corrected."
    )
    context: str
    register_wh: int | None = Field(default=None, sa_type=BigInteger)
    power_w: int | None = None
    current_a: float | None = None
    soc_percent: int | None = None
