"""Meter readings, one row per instant a charger measured."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from onetime.models.types import BigId, UtcDateTime


class MeterReading(SQLModel, table=True):
    """What one connector measured at one instant.

    ``register_wh`` is the cumulative import register; power is in W, current in A (largest phase), state of
    charge in percent. ``context`` is OCPP's reading context (Sample.Periodic, Sample.Clock, Transaction.End, …).
    """

    __tablename__ = "meter_reading"
    __table_args__ = (
        Index("ix_meter_reading_connector_taken", "connector_id", "taken_at"),
        Index("ix_meter_reading_transaction", "transaction_id"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    connector_id: int = Field(foreign_key="connector.id")
    transaction_id: int | None = Field(default=None, foreign_key="transaction.id")
    taken_at: datetime = Field(sa_type=UtcDateTime, description="When it was measured.")
    received_at: datetime = Field(sa_type=UtcDateTime)
    charger_taken_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="The charger's own time stamp, where it had to be corrected."
    )
    context: str
    register_wh: int | None = Field(default=None, sa_type=BigInteger)
    power_w: int | None = None
    current_a: float | None = None
    soc_percent: int | None = None
