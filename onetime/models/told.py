"""What chargers were told to hold: reservations, cards they may let charge without asking, and charging profiles."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from onetime.clock import utc_now
from onetime.models.types import UtcDateTime, enum_text


class ReservationState(StrEnum):
    """How far a reservation has come. An active one ends by itself at its ``until``."""

    ASKED = "asked"
    ACTIVE = "active"
    USED = "used"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    EXPIRED = "expired"
    DROPPED = "dropped"  # the charger no longer knew of it


class Reservation(SQLModel, table=True):
    """A connector kept free for a card. ``id`` is the OCPP reservation id, never used twice; connector 0 means any."""

    __tablename__ = "reservation"
    __table_args__ = (
        Index("ix_reservation_charger_state", "charger_id", "state"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    charger_id: int = Field(foreign_key="charger.id")
    connector_number: int
    id_tag: str
    parent_id_tag: str | None = None
    until: datetime = Field(sa_type=UtcDateTime)
    state: ReservationState = Field(default=ReservationState.ASKED, sa_type=enum_text(ReservationState))
    transaction_id: int | None = Field(default=None, description="The session that used it.")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)

    def state_at(self, now: datetime) -> ReservationState:
        """Return the state at an instant: nobody tells when a reservation runs out."""
        runs_out = self.state is ReservationState.ACTIVE and self.until <= now
        return ReservationState.EXPIRED if runs_out else self.state


class LocalList(SQLModel, table=True):
    """The authorization list a charger has, as far as this house has sent it.

    ``cards`` are OCPP's AuthorizationData by id tag in upper case.
    """

    __tablename__ = "local_list"

    charger_id: int = Field(primary_key=True, foreign_key="charger.id")
    version: int
    cards: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    sent_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ChosenSetting(SQLModel, table=True):
    """A setting of the house's own that somebody wrote otherwise: it stays, until they write the house's value."""

    __tablename__ = "chosen_setting"

    charger_id: int = Field(primary_key=True, foreign_key="charger.id", sa_column_kwargs={"autoincrement": False})
    key: str = Field(primary_key=True, description="The configuration key, in lower case.")
    value: str
    chosen_by: str
    chosen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class StoredProfile(SQLModel, table=True):
    """A charging profile a charger has accepted. ``content`` is OCPP's csChargingProfiles as it was sent.

    A TxProfile without a transaction came with a remote start for the card ``id_tag`` (as it was sent), and belongs to
    the session that start leads to.
    """

    __tablename__ = "charging_profile"
    __table_args__ = (UniqueConstraint("charger_id", "profile_id"),)

    id: int | None = Field(default=None, primary_key=True)
    charger_id: int = Field(foreign_key="charger.id")
    connector_number: int
    profile_id: int
    purpose: str
    stack_level: int
    transaction_id: int | None = None
    id_tag: str | None = None
    content: dict[str, Any] = Field(sa_type=sa.JSON)
    accepted_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
