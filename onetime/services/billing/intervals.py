"""Quarter-hour intervals of a period, in pages.

Those of an open month are what is known now. Those of a closed one are what it was accounted for with last: they
change only when the closing of a later month books a correction, and then the month's revision goes up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from sqlmodel import Session

from onetime.billing.intervals import Interval, Quality, connector_intervals
from onetime.billing.periods import QUARTER_HOUR, Period, quarter_hour_of
from onetime.billing.registers.readings import MeteredSession, review_reason
from onetime.clock import utc_now
from onetime.models import ClosedMonth, Connector
from onetime.services.billing.closed_store import closed_months, latest_state, period_of, revision_of
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


OPEN = 0  # the revision of a month that is not closed yet


@dataclass(frozen=True, slots=True)
class ConnectorInterval:
    """One quarter-hour of one connector; ``is_empty`` where no session touched it: no energy for anybody."""

    identity: str
    connector_number: int
    interval: Interval
    position: Position
    revision: int = OPEN
    is_empty: bool = False


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of the period that lies in one closed month, or in none."""

    start: datetime
    end: datetime
    closed: ClosedMonth | None = None
    revision: int = OPEN


def list_intervals(
    session: Session, start: datetime, end: datetime, limit: int, after: Position | None, *, with_empty: bool = False
) -> list[ConnectorInterval]:
    """Return up to ``limit`` intervals of a period after a place, by connector id and time.

    ``with_empty`` lists those of no session too, up to now: who bills a ZEV wants 96 values a day.
    """
    found: list[ConnectorInterval] = []
    stretches = _stretches(session, start, end)
    for connector, identity in sorted(billed_connectors(session), key=lambda row: row[0].id or 0):
        connector_id = connector.id or 0
        if after is not None and connector_id < after.connector:
            continue
        since = after.start if after is not None and connector_id == after.connector else None
        for stretch in stretches:
            for each, is_empty in _of_stretch(session, connector, stretch, with_empty=with_empty):
                if since is not None and each.start <= since:
                    continue
                place = Position(connector_id, each.start)
                found.append(
                    ConnectorInterval(identity, connector.number, each, place, stretch.revision, is_empty=is_empty)
                )
                if len(found) == limit:
                    return found
    return found


def _stretches(session: Session, start: datetime, end: datetime) -> list[_Stretch]:
    """Cut a period at the ends of closed months, oldest first."""
    stretches, at = [], start
    for closed in closed_months(session):
        period: Period = period_of(session, closed)
        begin, finish = max(period.start, at), min(period.end, end)
        if begin >= finish:
            continue
        if at < begin:
            stretches.append(_Stretch(at, begin))
        stretches.append(_Stretch(begin, finish, closed, revision_of(session, closed)))
        at = finish
    return [*stretches, _Stretch(at, end)] if at < end else stretches


def _of_stretch(
    session: Session, connector: Connector, stretch: _Stretch, *, with_empty: bool
) -> Iterator[tuple[Interval, bool]]:
    """Yield the quarter-hours of a connector, oldest first, each with whether no session touched it."""
    intervals = connector_intervals(_sessions(session, connector, stretch), stretch.start, stretch.end)
    if not with_empty:
        yield from ((each, False) for each in intervals)
        return
    known = {each.start: each for each in intervals}
    begin, end = quarter_hour_of(stretch.start), min(stretch.end, utc_now())
    while begin < end or begin in known:
        end_of_it = begin + QUARTER_HOUR
        yield known.get(begin) or Interval(begin, end_of_it, 0, Quality.MEASURED), begin not in known
        begin = end_of_it


def _sessions(session: Session, connector: Connector, stretch: _Stretch) -> Sequence[MeteredSession]:
    """Return the sessions that count: as they are known, or as their month was accounted for last."""
    if stretch.closed is None:
        known = overlapping_sessions(session, connector, stretch.start, stretch.end)
        return [each for each in known if review_reason(each) is None]
    state = latest_state(session, stretch.closed, connector.id or 0)
    kept = state.sessions if state is not None else ()
    return [each.metered for each in kept if each.set_aside is None and review_reason(each.metered) is None]
