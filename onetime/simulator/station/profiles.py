"""Charging profiles: which limit holds at which moment (OCPP 1.6, 3.13)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from onetime.simulator.station.car import MAINS_VOLTAGE
from onetime.simulator.vocabulary import JsonObject, parse_time

MAX_PROFILE = "ChargePointMaxProfile"
DEFAULT_PROFILE = "TxDefaultProfile"
TRANSACTION_PROFILE = "TxProfile"
_RECURRENCE = {"Daily": timedelta(days=1), "Weekly": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True)
class Limit:
    """The most a connector may draw: A per phase, on so many phases."""

    amperes: float
    phases: int = 3


@dataclass(frozen=True, slots=True)
class Profile:
    """One installed profile, on the connector it was set for (0 for all)."""

    connector_id: int
    profile_id: int
    stack_level: int
    purpose: str
    kind: str
    valid_from: datetime | None
    valid_to: datetime | None
    starts_at: datetime | None
    recurrence: timedelta | None
    duration: timedelta | None
    periods: tuple[tuple[timedelta, Limit], ...]
    source: JsonObject

    @classmethod
    def read(cls, connector_id: int, source: JsonObject) -> "Profile":
        """Read a csChargingProfiles object; KeyError or ValueError when it is malformed."""
        schedule = source["chargingSchedule"]
        recurrence = source.get("recurrencyKind") if source["chargingProfileKind"] == "Recurring" else None
        duration = schedule.get("duration")
        return cls(
            connector_id,
            source["chargingProfileId"],
            source["stackLevel"],
            source["chargingProfilePurpose"],
            source["chargingProfileKind"],
            _optional_time(source.get("validFrom")),
            _optional_time(source.get("validTo")),
            _optional_time(schedule.get("startSchedule")),
            _RECURRENCE[recurrence] if recurrence else None,
            timedelta(seconds=duration) if duration is not None else None,
            tuple(_periods(schedule)),
            source,
        )

    def limit_at(self, at: datetime, charging_since: datetime | None) -> Limit | None:
        """Return the limit at an instant, None while the profile says nothing."""
        origin = self._origin(at, charging_since)
        if origin is None or not self._is_valid(at):
            return None
        offset = at - origin
        if self.duration is not None and offset >= self.duration:
            return None
        reached = [limit for start, limit in self.periods if start <= offset]
        return reached[-1] if reached else None

    def changes(self, after: datetime, until: datetime, charging_since: datetime | None) -> Iterator[datetime]:
        """Yield the instants after `after`, up to `until`, at which the limit may change."""
        instants = [instant for instant in (self.valid_from, self.valid_to, self.starts_at) if instant]
        origin = self._origin(after, charging_since)
        while origin is not None and origin <= until:
            instants += [origin + start for start, _ in self.periods]
            instants += [origin + self.duration] if self.duration is not None else []
            origin = origin + self.recurrence if self.recurrence else None
        yield from (instant for instant in instants if after < instant <= until)

    def _is_valid(self, at: datetime) -> bool:
        begun = self.valid_from is None or self.valid_from <= at
        return begun and (self.valid_to is None or at < self.valid_to)

    def _origin(self, at: datetime, charging_since: datetime | None) -> datetime | None:
        """Return the instant the periods count from; without a start they count from the begin of charging."""
        start = charging_since if self.kind == "Relative" else self.starts_at or charging_since
        if start is None or at < start:
            return None
        return start + (at - start) // self.recurrence * self.recurrence if self.recurrence else start


class Profiles:
    """The installed profiles of one charger."""

    def __init__(self) -> None:
        self.installed: list[Profile] = []

    def install(self, profile: Profile) -> None:
        """Add a profile; it replaces one of the same id, or of the same purpose and stack level."""
        self.installed = [other for other in self.installed if not _replaces(profile, other)]
        self.installed.append(profile)

    def clear(self, criteria: JsonObject) -> bool:
        """Remove what fits ClearChargingProfile's fields; tell whether anything did (OCPP 1.6, 5.5)."""
        kept = [profile for profile in self.installed if not _fits(profile, criteria)]
        removed = len(kept) < len(self.installed)
        self.installed = kept
        return removed

    def end_transaction(self, connector_id: int) -> None:
        """Drop the profiles that were set for the connector's transaction."""
        ended = {"chargingProfilePurpose": TRANSACTION_PROFILE, "connectorId": connector_id}
        self.clear(ended)

    def limit(self, connector_id: int, at: datetime, charging_since: datetime | None) -> Limit | None:
        """Return the lowest of what the purposes allow, None when nothing limits."""
        if not self.installed:
            return None
        station = self._leading(MAX_PROFILE, (0,), at, charging_since)
        own = self._leading(TRANSACTION_PROFILE, (connector_id,), at, charging_since)
        own = own or self._leading(DEFAULT_PROFILE, (connector_id, 0), at, charging_since)
        limits = [limit for limit in (station, own) if limit is not None]
        if not limits:
            return None
        return Limit(min(limit.amperes for limit in limits), min(limit.phases for limit in limits))

    def changes(
        self, connector_id: int, after: datetime, until: datetime, charging_since: datetime | None
    ) -> list[datetime]:
        """Return the instants in (after, until] at which the limit may change, in order."""
        found = {
            instant
            for profile in self.installed
            if profile.connector_id in (0, connector_id)
            for instant in profile.changes(after, until, charging_since)
        }
        return sorted(found)

    def _leading(
        self, purpose: str, connectors: tuple[int, ...], at: datetime, charging_since: datetime | None
    ) -> Limit | None:
        """Return the limit of the highest stack level that says something; own connector before 0."""
        candidates = [p for p in self.installed if p.purpose == purpose and p.connector_id in connectors]
        candidates.sort(key=lambda profile: (profile.stack_level, profile.connector_id), reverse=True)
        return next((limit for p in candidates if (limit := p.limit_at(at, charging_since))), None)


def _replaces(new: Profile, old: Profile) -> bool:
    if new.profile_id == old.profile_id:
        return True
    return (new.connector_id, new.purpose, new.stack_level) == (old.connector_id, old.purpose, old.stack_level)


def _fits(profile: Profile, criteria: JsonObject) -> bool:
    if "id" in criteria:  # an id overrides the other fields
        return bool(profile.profile_id == criteria["id"])
    facts = {
        "connectorId": profile.connector_id,
        "chargingProfilePurpose": profile.purpose,
        "stackLevel": profile.stack_level,
    }
    return all(facts[name] == value for name, value in criteria.items() if name in facts)


def _periods(schedule: JsonObject) -> Iterator[tuple[timedelta, Limit]]:
    for period in sorted(schedule["chargingSchedulePeriod"], key=lambda period: period["startPeriod"]):
        phases = period.get("numberPhases") or 3
        amperes = period["limit"]
        if schedule["chargingRateUnit"] == "W":
            amperes = amperes / (MAINS_VOLTAGE * phases)
        yield timedelta(seconds=period["startPeriod"]), Limit(float(amperes), phases)


def _optional_time(text: str | None) -> datetime | None:
    return parse_time(text) if text else None
