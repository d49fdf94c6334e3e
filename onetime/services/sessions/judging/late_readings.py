"""Readings that come after the end of their session: does the end still stand?"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, func, select

from onetime.billing.registers.contradictions import MATERIAL_WH
from onetime.billing.registers.readings import JITTER_WH, highest_power_w, is_deliverable
from onetime.models import Connector, ReviewState, Transaction, TransactionState
from onetime.services.chargers.measurements import AT_THE_END, AT_THE_START, Measurement
from onetime.services.sessions.judging.ends import judge
from onetime.services.sessions.readings.estimates import last_believable
from onetime.store.unreadable import row_if_readable, what_is_readable

Late = Sequence[tuple[int | None, Measurement]]


def misfits(session: Session, late: Late) -> set[int]:
    """Return the ended sessions of which a late reading does not lie between the ends, as nearly all do."""
    found = set[int]()
    for transaction_id, reading in late:
        row = row_if_readable(session, Transaction, transaction_id) if transaction_id is not None else None
        if row is not None and row.state is TransactionState.ENDED and not _fits(session, row, reading):
            found.add(row.id or 0)
    return found


def recheck_ended(session: Session, late: Late) -> None:
    """Hold the sessions that their late readings belie, where nobody has decided about them.

    An end that was guessed from the readings known then is guessed again.
    """
    for transaction_id in misfits(session, late):
        row = session.get_one(Transaction, transaction_id)
        if row.review_state is not ReviewState.CLEAR:
            continue
        connector = what_is_readable(session, Connector, row.connector_id)
        if row.stop_estimated:
            last = last_believable(session, row, connector, _next_start(session, row))
            row.stopped_at, row.meter_stop_wh = last.at, last.register_wh
            session.add(row)
        judge(session, row, connector, None)


def _next_start(session: Session, row: Transaction) -> datetime | None:
    query = select(func.min(Transaction.started_at)).where(
        Transaction.connector_id == row.connector_id, Transaction.started_at > row.started_at
    )
    return session.exec(query).one()


def _fits(session: Session, row: Transaction, reading: Measurement) -> bool:
    register = reading.register_wh
    if row.stopped_at is None or row.meter_stop_wh is None:
        return True
    if reading.power_w and row.meter_stop_wh - row.meter_start_wh <= JITTER_WH:
        return False  # power that flowed beside a meter that did not move
    if register is None:
        return True
    if reading.context in (AT_THE_START, AT_THE_END):
        return False  # of an end itself: judged as exactly as when it comes with the stop
    if not row.started_at < reading.taken_at < row.stopped_at:
        return reading.taken_at <= row.stopped_at or not row.stop_estimated
    low, high = row.meter_start_wh - MATERIAL_WH, row.meter_stop_wh + MATERIAL_WH
    limit_w = highest_power_w(what_is_readable(session, Connector, row.connector_id).believable_power_w)
    return (
        low <= register <= high
        and is_deliverable(register - row.meter_start_wh, reading.taken_at - row.started_at, limit_w)
        and is_deliverable(row.meter_stop_wh - register, row.stopped_at - reading.taken_at, limit_w)
    )
