"""Charging sessions (OCPP: transactions), what is doubtful about them, and what a person decided."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from onetime.clock import utc_now
from onetime.models.types import UtcDateTime, enum_text


class TransactionState(StrEnum):
    """Whether energy may still flow."""

    OPEN = "open"
    ENDED = "ended"


class ReviewState(StrEnum):
    """Whether a session may be billed: held and discarded ones are not."""

    CLEAR = "clear"
    HELD = "held"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    DISCARDED = "discarded"


class Transaction(SQLModel, table=True):
    """One charging session. ``id`` is the OCPP transaction id: positive, unique, never used twice.

    Registers are the connector's cumulative meter in Wh. A session that the charger never closed is ended from
    its last reading with ``stop_estimated``; the charger's own StopTransaction, should it come, replaces that.
    Times are the charger's; where its clock was wrong they are corrected, and ``charger_…_at`` keeps its own stamp.
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
    tenant_id: int | None = Field(
        default=None, foreign_key="tenant.id", description="Who is billed, where a person said so; else the card tells."
    )
    authorization_status: str = Field(default="Accepted", description="What StartTransaction was answered.")
    started_at: datetime = Field(sa_type=UtcDateTime)
    charger_started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    start_received_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    meter_start_wh: int = Field(sa_type=BigInteger)
    reservation_id: int | None = None
    state: TransactionState = Field(default=TransactionState.OPEN, sa_type=enum_text(TransactionState))
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    charger_stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stop_received_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    meter_stop_wh: int | None = Field(default=None, sa_type=BigInteger)
    stop_reason: str | None = None
    stop_id_tag: str | None = None
    stop_estimated: bool = False
    time_corrected: bool = Field(
        default=False,
        description="A time of it was not the charger's own: its clock was wrong, or it sent none.",
        sa_column_kwargs={"server_default": sa.false()},
    )
    is_thinned: bool = Field(
        default=False,
        description="Only the readings its quarter-hours rest on are kept.",
        sa_column_kwargs={"server_default": sa.false()},
    )
    changed_since_closing: bool = Field(
        default=True,
        description="Set by every change; a month that is closed has seen the session as it is and takes it away.",
        sa_column_kwargs={"server_default": sa.true(), "onupdate": True},
    )
    review_state: ReviewState = Field(
        default=ReviewState.CLEAR,
        sa_type=enum_text(ReviewState),
        sa_column_kwargs={"server_default": ReviewState.CLEAR.value},
    )


class TransactionCorrection(SQLModel, table=True):
    """What a session said before a person changed it; one row per change."""

    __tablename__ = "transaction_correction"

    id: int | None = Field(default=None, primary_key=True)
    transaction_id: int = Field(foreign_key="transaction.id", index=True)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    actor: str
    note: str
    started_at: datetime = Field(sa_type=UtcDateTime)
    meter_start_wh: int = Field(sa_type=BigInteger)
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    meter_stop_wh: int | None = Field(default=None, sa_type=BigInteger)


class ReviewItem(SQLModel, table=True):
    """Something a person has to look at because it could not be settled from the facts alone."""

    __tablename__ = "review_item"

    id: int | None = Field(default=None, primary_key=True)
    reason: str = Field(description="A key of the review reasons, such as stop_without_start.")
    charger_id: int | None = Field(default=None, foreign_key="charger.id")
    connector_id: int | None = Field(default=None, foreign_key="connector.id")
    transaction_id: int | None = Field(default=None, foreign_key="transaction.id", index=True)
    evidence: str = Field(description="The raw message as JSON.")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    resolution: str | None = Field(
        default=None, description="accepted, corrected, assigned, matched, discarded or settled."
    )
    resolved_by: str | None = None
    note: str | None = None
    undo: str | None = Field(default=None, description="JSON: what the decision changed, so that it can be undone.")
