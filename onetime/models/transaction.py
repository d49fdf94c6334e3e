"""Charging sessions (OCPP: transactions) and what could not be matched to one."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from onetime.clock import utc_now
from onetime.models.types import UtcDateTime, enum_text


class TransactionState(StrEnum):
    """Whether energy may still flow."""

    OPEN = "open"
    ENDED = "ended"


class Transaction(SQLModel, table=True):
    """One charging session. ``id`` is the OCPP transaction id: positive, unique, never used twice.

    Registers are the connector's cumulative meter in Wh. A session that the charger never closed is ended from
    its last reading with ``stop_estimated``; the charger's own StopTransaction, should it come, replaces that.
    """

    __tablename__ = "transaction"
    __table_args__ = (
        # A resent StartTransaction is the same start (SteVe, insertIgnoreTransaction, uses the same key).
        Index("ix_transaction_start", "connector_id", "id_tag_key", "started_at", "meter_start_wh"),
        Index("ix_transaction_started", "started_at"),
        Index("ix_transaction_connector_state", "connector_id", "state"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    connector_id: int = Field(foreign_key="connector.id")
    id_tag: str
    id_tag_key: str
    card_id: int | None = Field(default=None, foreign_key="card.id", index=True)
    authorization_status: str = Field(default="Accepted", description="What StartTransaction was answered.")
    started_at: datetime = Field(sa_type=UtcDateTime, description="The charger's time.")
    start_received_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    meter_start_wh: int = Field(sa_type=BigInteger)
    reservation_id: int | None = None
    state: TransactionState = Field(default=TransactionState.OPEN, sa_type=enum_text(TransactionState))
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="The charger's time.")
    stop_received_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    meter_stop_wh: int | None = Field(default=None, sa_type=BigInteger)
    stop_reason: str | None = None
    stop_id_tag: str | None = None
    stop_estimated: bool = False


class ReviewItem(SQLModel, table=True):
    """Something a person has to look at because it could not be settled from the facts alone."""

    __tablename__ = "review_item"

    id: int | None = Field(default=None, primary_key=True)
    reason: str = Field(description="A key of the review reasons, such as stop_without_start.")
    charger_id: int | None = Field(default=None, foreign_key="charger.id")
    transaction_id: int | None = Field(default=None, foreign_key="transaction.id")
    evidence: str = Field(description="The raw message as JSON.")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
