"""Sessions handed in after an outage by a charger whose clock had no time: their lengths, and their order, are known.

Each arrives as if it had ended just now. What the charger counted from its start to its stop gives it its length back;
and of several on one connector the earlier ones make room, for a connector carries one at a time.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from onetime.models import MeterReading, ReviewState, Transaction
from onetime.services.chargers.own_clock import EARLIEST
from onetime.store.unreadable import first_if_readable

# A session whose charger counted much longer than we did between its start and stop was replayed at once.
REPLAYED_FASTER_BY = timedelta(minutes=1)
LONGEST_SESSION = timedelta(days=30)
ONE_QUEUE = timedelta(minutes=5)  # between two sessions of it
MOST_OF_A_QUEUE = 1_000
_DECIDED = frozenset({ReviewState.ACCEPTED, ReviewState.CORRECTED})


def undo_replay(session: Session, row: Transaction) -> None:
    """Give a session replayed with a wrong clock its length back: the charger's clock was wrong, but it ran."""
    if row.charger_started_at is None or row.charger_stopped_at is None or row.stopped_at is None:
        return
    length = row.charger_stopped_at - row.charger_started_at
    if length > LONGEST_SESSION or length <= row.stopped_at - row.started_at + REPLAYED_FASTER_BY:
        return
    row.started_at = row.charger_started_at + (row.stopped_at - row.charger_stopped_at)
    session.add(row)
    session.flush()
    _move_readings(session, row)
    _make_room(session, row)


def _make_room(session: Session, row: Transaction) -> None:
    """Move the sessions that came before one in the same queue to before its start.

    Where the clock ran on from one to the next it tells how long before; where it began anew nobody knows more.
    """
    following = row
    for _number in range(MOST_OF_A_QUEUE):
        before = _before_in_queue(session, following)
        if before is None or before.charger_stopped_at is None or before.charger_started_at is None:
            return
        assert following.charger_started_at is not None  # noqa: S101 - replayed, as its query asks for
        ran_on = before.charger_stopped_at <= following.charger_started_at
        own_end = before.charger_stopped_at if ran_on else following.charger_started_at
        offset = following.started_at - following.charger_started_at
        before.stopped_at = own_end + offset
        before.started_at = before.stopped_at - (before.charger_stopped_at - before.charger_started_at)
        before.changed_since_closing = True
        session.add(before)
        session.flush()
        _move_readings(session, before)
        following = before


def _before_in_queue(session: Session, row: Transaction) -> Transaction | None:
    """Return the session of no time that was handed in right before another one, if they lie over each other."""
    query = (
        select(Transaction)
        .where(
            Transaction.connector_id == row.connector_id,
            Transaction.id != row.id,
            col(Transaction.charger_started_at) < EARLIEST,
            col(Transaction.charger_stopped_at) < EARLIEST,
            col(Transaction.stop_received_at) <= row.start_received_at,
            col(Transaction.stop_received_at) >= row.start_received_at - ONE_QUEUE,
        )
        .order_by(col(Transaction.stop_received_at).desc(), col(Transaction.id).desc())
    )
    before = first_if_readable(session, query, col(Transaction.id))
    if before is None or before.review_state in _DECIDED or before.stopped_at is None:
        return None
    return before if before.stopped_at > row.started_at else None


def _move_readings(session: Session, row: Transaction) -> None:
    """Let a session's readings go with its ends; those of another clock stay."""
    begin, end = row.charger_started_at, row.charger_stopped_at
    if begin is None or end is None:
        return
    offset = row.started_at - begin
    query = select(MeterReading).where(
        MeterReading.transaction_id == row.id, col(MeterReading.charger_taken_at).between(begin, end)
    )
    for reading in session.exec(query):
        own: datetime | None = reading.charger_taken_at
        if own is not None:
            reading.taken_at = own + offset
            session.add(reading)
