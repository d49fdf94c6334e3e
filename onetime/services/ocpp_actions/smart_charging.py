"""Smart Charging profile: limits over time, set, cleared and read back (sections 3.13 and 5.16)."""

from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from onetime.services.ocpp_actions.base import MOST_ITEMS, ConnectorOrAll, Instant, Integer, Payload, Tenths, Whole


class ChargingProfilePurpose(StrEnum):
    """Section 7.10."""

    CHARGE_POINT_MAX = "ChargePointMaxProfile"
    TX_DEFAULT = "TxDefaultProfile"
    TX = "TxProfile"


class ChargingProfileKind(StrEnum):
    """Section 7.9."""

    ABSOLUTE = "Absolute"
    RECURRING = "Recurring"
    RELATIVE = "Relative"


class RecurrencyKind(StrEnum):
    """Section 7.37."""

    DAILY = "Daily"
    WEEKLY = "Weekly"


class ChargingRateUnit(StrEnum):
    """Section 7.12. A counts per phase, W in total."""

    AMPERE = "A"
    WATT = "W"


class ChargingSchedulePeriod(Payload):
    """Section 7.14. ``start_period`` in seconds after the schedule's start; ``limit`` in the schedule's unit."""

    start_period: Whole
    limit: Tenths
    number_phases: Annotated[int, Field(ge=1, le=3)] | None = None


Periods = Annotated[list[ChargingSchedulePeriod], Field(min_length=1, max_length=MOST_ITEMS)]


class ChargingSchedule(Payload):
    """Section 7.13. ``duration`` in seconds; without it the last period holds on."""

    duration: Whole | None = None
    start_schedule: Instant | None = None
    charging_rate_unit: ChargingRateUnit
    charging_schedule_period: Periods
    min_charging_rate: Tenths | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        """Hold section 7.14: the first period starts at 0, each later one after the one before."""
        starts = [period.start_period for period in self.charging_schedule_period]
        if starts[0] != 0:
            msg = "the first period starts at 0 (section 7.14)"
            raise ValueError(msg)
        if any(later <= earlier for earlier, later in pairwise(starts)):
            msg = "periods come in the order of their start, each start once (section 7.14)"
            raise ValueError(msg)
        return self


class ChargingProfile(Payload):
    """Section 7.8. The highest ``stack_level`` of a purpose counts."""

    charging_profile_id: Integer
    transaction_id: Integer | None = None
    stack_level: Whole
    charging_profile_purpose: ChargingProfilePurpose
    charging_profile_kind: ChargingProfileKind
    recurrency_kind: RecurrencyKind | None = None
    valid_from: Instant | None = None
    valid_to: Instant | None = None
    charging_schedule: ChargingSchedule

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        """Hold section 7.8: what belongs to a purpose or a kind comes with it only."""
        if self.transaction_id is not None and self.charging_profile_purpose is not ChargingProfilePurpose.TX:
            msg = "a transactionId belongs to a TxProfile only (section 7.8)"
            raise ValueError(msg)
        if (self.recurrency_kind is not None) != (self.charging_profile_kind is ChargingProfileKind.RECURRING):
            msg = "a recurrencyKind belongs to the kind Recurring, and to no other (section 7.8)"
            raise ValueError(msg)
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            msg = "validTo must be later than validFrom"
            raise ValueError(msg)
        return self


class RemoteStartProfile(ChargingProfile):
    """The profile of a session that a remote start begins: a TxProfile without a transaction (section 5.11)."""

    @model_validator(mode="after")
    def _for_a_session_to_come(self) -> Self:
        if self.charging_profile_purpose is not ChargingProfilePurpose.TX or self.transaction_id is not None:
            msg = "a remote start takes a TxProfile without a transactionId (section 5.11)"
            raise ValueError(msg)
        return self


class SetChargingProfile(Payload):
    """Section 6.43. A profile of the same id, or of the same purpose and stack level, is replaced."""

    connector_id: ConnectorOrAll
    cs_charging_profiles: ChargingProfile

    @model_validator(mode="after")
    def _at_the_right_place(self) -> Self:
        """Hold section 5.16: the charger's maximum at connector 0, a session's profile at a connector."""
        purpose = self.cs_charging_profiles.charging_profile_purpose
        if purpose is ChargingProfilePurpose.CHARGE_POINT_MAX and self.connector_id != 0:
            msg = "a ChargePointMaxProfile is set at connector 0 only (section 3.13.1)"
            raise ValueError(msg)
        if purpose is ChargingProfilePurpose.TX and self.connector_id == 0:
            msg = "a TxProfile is set at the connector of its session, not at 0 (section 3.13.1)"
            raise ValueError(msg)
        return self


class ChargingProfileStatus(StrEnum):
    """Section 7.11."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    NOT_SUPPORTED = "NotSupported"


class SetChargingProfileResponse(Payload):
    """Section 6.44."""

    status: ChargingProfileStatus


class ClearChargingProfile(Payload):
    """Section 6.13: clear what matches all that is given; an id alone counts, and nothing given clears all."""

    id: Integer | None = None
    connector_id: ConnectorOrAll | None = None
    charging_profile_purpose: ChargingProfilePurpose | None = None
    stack_level: Whole | None = None


class ClearChargingProfileStatus(StrEnum):
    """Section 7.21."""

    ACCEPTED = "Accepted"
    UNKNOWN = "Unknown"


class ClearChargingProfileResponse(Payload):
    """Section 6.14."""

    status: ClearChargingProfileStatus


class GetCompositeSchedule(Payload):
    """Section 6.21: what limits hold together for the next ``duration`` seconds."""

    connector_id: ConnectorOrAll
    duration: Whole
    charging_rate_unit: ChargingRateUnit | None = None


class GetCompositeScheduleStatus(StrEnum):
    """Section 7.26."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"


class GetCompositeScheduleResponse(Payload):
    """Section 6.22."""

    status: GetCompositeScheduleStatus
    connector_id: Integer | None = None
    schedule_start: Instant | None = None
    charging_schedule: ChargingSchedule | None = None
