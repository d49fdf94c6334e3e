"""Quarter-hour intervals of a period, in pages."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from sqlmodel import Session

from onetime.billing.intervals import Interval, connector_intervals
from onetime.billing.registers.readings import review_reason
from onetime.services.sessions.readings.metered import billed_connectors, overlapping_sessions


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the list: a connector, by its place among all, and a quarter-hour."""

    connector: int
    start: datetime

    def cursor(self) -> str:
        """Return the place as it stands in an address."""
        return f"{self.connector}.{int(self.start.timestamp())}"

    @classmethod
    def from_cursor(cls, text: str) -> Self:
        """Return the place an address names. Raises ``ValueError``."""
        connector, seconds = text.split(".")
        try:
            return cls(int(connector), datetime.fromtimestamp(int(seconds), UTC))
        except (OverflowError, OSError) as error:
            raise ValueError(text) from error


@dataclass(frozen=True, slots=True)
class ConnectorInterval:
    """One quarter-hour of one connector."""

    identity: str
    connector_number: int
    interval: Interval
    position: Position


def list_intervals(
    session: Session, start: datetime, end: datetime, limit: int, after: Position | None
) -> list[ConnectorInterval]:
    """Return up to ``limit`` intervals of a period after a place, by connector id and time."""
    found: list[ConnectorInterval] = []
    for connector, identity in sorted(billed_connectors(session), key=lambda row: row[0].id or 0):
        connector_id = connector.id or 0
        if after is not None and connector_id < after.connector:
            continue
        sessions = [s for s in overlapping_sessions(session, connector, start, end) if review_reason(s) is None]
        for interval in connector_intervals(sessions, start, end):
            if after is not None and connector_id == after.connector and interval.start <= after.start:
                continue
            found.append(
                ConnectorInterval(identity, connector.number, interval, Position(connector_id, interval.start))
            )
            if len(found) == limit:
                return found
    return found
