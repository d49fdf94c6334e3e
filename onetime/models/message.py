"""Every OCPP frame as it came and went."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from onetime.models.types import BigId, UtcDateTime, enum_text


class Direction(StrEnum):
    """Which way a frame went."""

    RECEIVED = "received"
    SENT = "sent"


class ChargerMessage(SQLModel, table=True):
    """One frame. ``problem`` says what had to be repaired or why it was refused."""

    __tablename__ = "charger_message"
    __table_args__ = (
        Index("ix_charger_message_charger", "charger_id", "id"),
        Index("ix_charger_message_at", "at"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    charger_id: int = Field(foreign_key="charger.id")
    at: datetime = Field(sa_type=UtcDateTime)
    direction: Direction = Field(sa_type=enum_text(Direction))
    action: str | None = None
    frame: str
    problem: str | None = None
