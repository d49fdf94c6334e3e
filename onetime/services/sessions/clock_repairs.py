"""What is put right once a charger's clock is found to be off: the sessions and readings it had stamped before.

A clock that is ahead is found out by its first message, one that is behind only by messages that keep arriving
equally late. What came before was stored as the charger stamped it; its own stamps are kept beside the corrected
ones, and the sessions are marked, so that every list and sheet says so.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from onetime.models import OUTSIDE_SESSIONS, Connector, MeterReading, Transaction, TransactionState
from onetime.services.chargers.clocks import ClockLearnt
from onetime.services.chargers.own_clock import CLOCK_ALIGNED, PROMPT, QUARTER
from onetime.services.sessions.doubts.reasons import Doubt
from onetime.services.sessions.judging.second_look import judge_again

LOOKED_BACK = timedelta(days=31)  # a month: what is older has been billed
# What waited for a connection shares the clock of what is told by it, as long as nobody has set it in between.
WAITED = timedelta(days=1)
_ABOUT_TIME = frozenset({Doubt.CLOCK_WENT_BACK, Doubt.FASTER_THAN_CONNECTOR})


def repair_times(session: Session, learnt: ClockLearnt, now: datetime) -> list[Transaction]:
    """Move what a charger stamped by a clock now known to be off; return the sessions that changed."""
    connectors = session.exec(select(Connector.id).where(Connector.charger_id == learnt.charger_id)).all()
    since = max(learnt.since or now - LOOKED_BACK, now - LOOKED_BACK)
    query = select(Transaction).where(
        col(Transaction.connector_id).in_(connectors),
        (col(Transaction.state) == TransactionState.OPEN)
        | (col(Transaction.start_received_at) > since)
        | (col(Transaction.stop_received_at) > since),
    )
    repair = _Repair(learnt, since, max(since, now - WAITED))
    changed = []
    for row in session.exec(query.order_by(col(Transaction.id))).all():
        readings = session.exec(_readings(row.id or 0, connectors, since)).all()
        if repair.move(session, row, readings):
            session.flush()
            judge_again(session, row, now, _ABOUT_TIME)
            changed.append(row)
    for reading in session.exec(_readings(OUTSIDE_SESSIONS, connectors, repair.waited_since)).all():
        if repair.move_reading(reading, None):
            reading.transaction_id = _session_at(session, reading)
            session.add(reading)
    return changed


class _Repair:
    """Says what stamps mean by the clock that was found; ``since`` bounds what came by it, by time of receipt."""

    def __init__(self, learnt: ClockLearnt, since: datetime, waited_since: datetime) -> None:
        self._lag = learnt.lag
        self._is_confirmed = learnt.is_confirmed
        self._late_by_interval = QUARTER if learnt.stamps_interval_start else timedelta()
        self._since = since
        self.waited_since = waited_since

    def move(self, session: Session, row: Transaction, readings: Sequence[MeterReading]) -> bool:
        """Move a session's ends and readings; return whether anything changed."""
        begun = self._move_start(row)
        is_of_clock = begun is not None
        ended = self._move_stop(row, begun)
        moved = [self.move_reading(reading, begun) for reading in readings]
        for reading in readings:
            session.add(reading)
        if not (is_of_clock or ended or any(moved)):
            return False
        row.time_corrected = row.changed_since_closing = True
        session.add(row)
        return True

    def move_reading(self, reading: MeterReading, begun: datetime | None) -> bool:
        """Move a reading, of a session that ``begun`` by this clock or of none; return whether it changed."""
        own = reading.charger_taken_at or reading.taken_at
        late = self._late_by_interval if reading.context == CLOCK_ALIGNED else timedelta()
        instant = self._meant(own + late, reading.received_at, begun)
        if instant is None or abs(instant - reading.taken_at) <= timedelta(seconds=1):
            return False
        reading.taken_at, reading.charger_taken_at = instant, own
        return True

    def _move_start(self, row: Transaction) -> datetime | None:
        """Move a session's start; return the charger's own stamp of it, None where it is of another clock or none."""
        if row.time_corrected and row.charger_started_at is None:
            return None
        own = row.charger_started_at or row.started_at
        instant = self._meant(own, row.start_received_at, None)
        if instant is None:
            return None
        if abs(instant - row.started_at) > timedelta(seconds=1):
            row.started_at, row.charger_started_at = instant, own
        return own

    def _move_stop(self, row: Transaction, begun: datetime | None) -> bool:
        if row.stopped_at is None or row.stop_received_at is None:
            return False
        if row.stop_estimated:
            return self._move_estimated_end(row, begun)
        own = row.charger_stopped_at or row.stopped_at
        instant = self._meant(own, row.stop_received_at, begun)
        if instant is None or abs(instant - row.stopped_at) <= timedelta(seconds=1):
            return False
        row.stopped_at, row.charger_stopped_at = instant, own
        return True

    def _move_estimated_end(self, row: Transaction, begun: datetime | None) -> bool:
        """Keep the length of a session that was ended at a reading of this clock."""
        if begun is None or row.stopped_at is None or row.charger_started_at is None or row.stopped_at < begun:
            return False
        row.stopped_at = min(row.stopped_at + (row.started_at - begun), row.stop_received_at or row.stopped_at)
        return True

    def _meant(self, own: datetime, received_at: datetime, begun: datetime | None) -> datetime | None:
        """Return the instant a stamp means, or None where it may be of a clock that was right.

        It is of this clock where it arrived as late as the messages that tell; and where it had waited, in a session
        that began by this clock, or when the clock is confirmed and nothing has been right since.
        """
        if received_at <= self._since:
            return None
        instant = own + self._lag
        if abs(received_at - instant) <= PROMPT:
            return min(instant, received_at)
        has_waited = instant < received_at
        is_of_session = begun is not None and own >= begun
        if has_waited and (is_of_session or (self._is_confirmed and received_at > self.waited_since)):
            return instant
        return None


def _readings(transaction_id: int, connectors: Sequence[int | None], since: datetime) -> SelectOfScalar[MeterReading]:
    return select(MeterReading).where(
        MeterReading.transaction_id == transaction_id,
        col(MeterReading.connector_id).in_(connectors),
        MeterReading.received_at > since,
    )


def _session_at(session: Session, reading: MeterReading) -> int:
    """Return the session that ran when a reading outside of any was really taken."""
    query = (
        select(Transaction.id)
        .where(
            Transaction.connector_id == reading.connector_id,
            Transaction.started_at <= reading.taken_at,
            col(Transaction.stopped_at).is_(None) | (col(Transaction.stopped_at) >= reading.taken_at),
        )
        .order_by(col(Transaction.started_at).desc())
        .limit(1)
    )
    return session.exec(query).first() or OUTSIDE_SESSIONS
