"""Chargers and their connectors (OCPP: charge point and connector)."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from onetime.clock import utc_now
from onetime.models.types import UtcDateTime, enum_text

# A house's service fuse: 250 A at three phases of 230 V. Of a connector whose power nobody has set only this is sure;
# whoever has a larger DC charger sets its power.
HOUSE_SUPPLY_W = 172_500


class Registration(StrEnum):
    """Whether this house lets the charger in (OCPP 1.6 edition 2, section 4.2)."""

    PENDING = "Pending"
    ACCEPTED = "Accepted"
    REJECTED = "Rejected"


class ConnectorStatus(StrEnum):
    """What a connector says of itself (OCPP 1.6 edition 2, section 7.7)."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"
    UNKNOWN = "Unknown"


class Charger(SQLModel, table=True):
    """A charger that has been in touch. ``identity`` is the spelling of its first contact, kept as canonical."""

    __tablename__ = "charger"

    id: int | None = Field(default=None, primary_key=True)
    identity: str = Field(unique=True)
    identity_key: str = Field(unique=True, description="The identity in lower case; chargers vary the case.")
    registration: Registration = Field(default=Registration.PENDING, sa_type=enum_text(Registration), index=True)
    vendor: str | None = None
    model: str | None = None
    serial_number: str | None = None
    firmware_version: str | None = None
    iccid: str | None = None
    imsi: str | None = None
    meter_type: str | None = None
    meter_serial_number: str | None = None
    firmware_status: str | None = None
    diagnostics_status: str | None = None
    subprotocol_missing: bool = Field(default=False, description="It asked for no OCPP version.")
    first_seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    booted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    offline_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    silent_since: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="Since when it had been offline before it came online."
    )
    clock_offset_s: int | None = Field(default=None, description="How far its clock is ahead of ours; behind: < 0.")
    clock_off_since: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="Since when its clock is known to be off."
    )
    stamps_interval_start: bool = Field(
        default=False,
        description="Its clock-aligned readings carry the start of their quarter-hour.",
        sa_column_kwargs={"server_default": sa.false()},
    )
    retired_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="When it was deleted; the row is kept for its sessions."
    )
    reboot_needed_for: str | None = Field(
        default=None, description="Settings that hold after the next boot only, separated by commas."
    )


class Connector(SQLModel, table=True):
    """One plug of a charger. Number 0 stands for the charger itself and its main meter."""

    __tablename__ = "connector"
    __table_args__ = (UniqueConstraint("charger_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    charger_id: int = Field(foreign_key="charger.id")
    number: int
    spot: str | None = Field(default=None, description="The parking spot people know it by, such as A12.")
    max_power_w: int = Field(default=22_000, description="What it can deliver; readings above are doubted.")
    power_is_known: bool = Field(
        default=False,
        description="Somebody has set the power; until then it is a guess, and no fact.",
        sa_column_kwargs={"server_default": sa.false()},
    )
    status: ConnectorStatus = Field(default=ConnectorStatus.UNKNOWN, sa_type=enum_text(ConnectorStatus))
    error_code: str = "NoError"
    status_info: str | None = None
    vendor_error_code: str | None = None
    status_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    status_received_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    wanted_available: bool | None = Field(default=None, description="What was last asked of it and not refused.")
    available_seen_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="When it last said that it is free, by our clock."
    )
    charging_seen_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="When it last said that a car charges, by our clock."
    )

    @property
    def believable_power_w(self) -> int:
        """What no session and no reading of it can exceed, in W."""
        return believable_power_w(self.max_power_w, is_known=self.power_is_known)


def believable_power_w(max_power_w: int, *, is_known: bool) -> int:
    """Return what a connector can deliver at the most, in W: where its power is a guess, what a house can be fed."""
    return max_power_w if is_known else max(max_power_w, HOUSE_SUPPLY_W)
