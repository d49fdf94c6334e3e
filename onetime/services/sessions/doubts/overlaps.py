"""Sessions of one connector that claim the same energy: one is held, so that the sum is what the meter moved."""

import json
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from onetime.billing.registers.contradictions import MATERIAL_WH
from onetime.billing.registers.counting import BELOW_WH
from onetime.billing.registers.readings import JITTER_WH
from onetime.models import Connector, MeterReading, ReviewState, Transaction, TransactionState
from onetime.services.sessions.doubts.reasons import Doubt, raise_doubt
from onetime.store.unreadable import first_if_readable, readable_rows

_SET_ASIDE = (ReviewState.HELD, ReviewState.DISCARDED)
_ENDS = ("Transaction.Begin", "Transaction.End")
MEASURED_OFTEN = 3  # readings that show at what pace a session is measured
SILENT_STEPS = 3  # of that pace without a reading before its stop
_DECIDED = (ReviewState.ACCEPTED, ReviewState.CORRECTED)
CLOCKS_DIFFER = timedelta(minutes=1)  # a stop and the next start may be stamped so much too late and too early


def hold_overlaps(session: Session, row: Transaction, connector: Connector) -> None:
    """Hold what overlaps with an ended session: of two the one that fell silent long before its stop, else the one with
    less energy, else the later one.

    One that a person has decided about stays, and of two open ones nobody can say yet.
    """
    for other in overlapping(session, row):
        if other.state is TransactionState.OPEN:
            held, kept = other, row
        else:
            held, kept = _weaker_first(session, row, other)
        evidence = json.dumps(
            {"overlaps_with": kept.id, "kept": _written(kept), "held": _written(held)},
        )
        raise_doubt(session, Doubt.OVERLAPPING, connector.charger_id, held, evidence)
        if held is row:
            return


def overlapping(session: Session, row: Transaction) -> list[Transaction]:
    """Return the connector's sessions that bill energy of an ended session too, oldest first."""
    if row.stopped_at is None or row.meter_stop_wh is None or row.meter_stop_wh - row.meter_start_wh <= JITTER_WH:
        return []
    query = (
        select(Transaction)
        .where(
            Transaction.connector_id == row.connector_id,
            Transaction.id != row.id,
            col(Transaction.review_state).not_in(_SET_ASIDE),
        )
        .order_by(col(Transaction.started_at), col(Transaction.id))
    )
    during = query.where(
        Transaction.started_at < row.stopped_at,
        col(Transaction.stopped_at).is_(None) | (col(Transaction.stopped_at) > row.started_at),
    )
    return [
        each
        for each in [*readable_rows(session, during, col(Transaction.id)), *_neighbours(session, row)]
        if each.id != row.id and _claims_the_same(row, each) and not _meter_went_back(session, row, each)
    ]


def is_covered(session: Session, row: Transaction) -> bool:
    """Say whether a session of no energy lies inside one that is billed: a start told again, of one charging."""
    if row.meter_stop_wh is None or row.meter_stop_wh - row.meter_start_wh > JITTER_WH:
        return False
    query = select(Transaction.id).where(
        Transaction.connector_id == row.connector_id,
        Transaction.id != row.id,
        col(Transaction.review_state).not_in(_SET_ASIDE),
        Transaction.started_at <= row.started_at,
        col(Transaction.stopped_at) > row.started_at,
        Transaction.meter_start_wh <= row.meter_start_wh + JITTER_WH,
        col(Transaction.meter_stop_wh) > row.meter_start_wh,
    )
    return session.exec(query.limit(1)).first() is not None


def _neighbours(session: Session, row: Transaction) -> list[Transaction]:
    """Return the session before one and the one after it, which on a meter that only rises share no register."""
    others = select(Transaction).where(Transaction.connector_id == row.connector_id, Transaction.id != row.id)
    before = others.where(col(Transaction.stopped_at) <= row.started_at).order_by(
        col(Transaction.stopped_at).desc(), col(Transaction.id).desc()
    )
    after = others.where(Transaction.started_at >= row.stopped_at).order_by(  # type: ignore[operator]  # has ended
        col(Transaction.started_at), col(Transaction.id)
    )
    found = [first_if_readable(session, each, col(Transaction.id)) for each in (before, after)]
    return [each for each in found if each is not None and each.review_state not in _SET_ASIDE]


def _claims_the_same(row: Transaction, other: Transaction) -> bool:
    """Say whether two sessions overlap in time and register, or on a meter that counts for life in register alone."""
    assert row.stopped_at is not None and row.meter_stop_wh is not None  # noqa: S101, PT018 - has ended
    if other.stopped_at is None or other.meter_stop_wh is None:
        inside = row.meter_start_wh - JITTER_WH <= other.meter_start_wh < row.meter_stop_wh - MATERIAL_WH
        return inside and row.started_at <= other.started_at < row.stopped_at - CLOCKS_DIFFER
    shared_wh = min(row.meter_stop_wh, other.meter_stop_wh) - max(row.meter_start_wh, other.meter_start_wh)
    if shared_wh <= MATERIAL_WH:
        return False
    shared = min(row.stopped_at, other.stopped_at) - max(row.started_at, other.started_at)
    shorter = min(row.stopped_at - row.started_at, other.stopped_at - other.started_at)
    counts_for_life = min(row.meter_start_wh, other.meter_start_wh) > JITTER_WH
    return shared > min(CLOCKS_DIFFER, shorter / 2) or counts_for_life


def _meter_went_back(session: Session, one: Transaction, other: Transaction) -> bool:
    """Say whether the readings of two sessions, one after the other, show that the meter began anew between them.

    Some meters do at each power cut. The ends alone do not show it: the earlier stop or the later start may be wrong.
    """
    earlier, later = sorted((one, other), key=lambda each: each.started_at)
    if earlier.stopped_at is None or earlier.stopped_at > later.started_at + CLOCKS_DIFFER:
        return False
    highest, lowest = _shown(session, earlier)[1], _shown(session, later)[0]
    return highest is not None and lowest is not None and highest > lowest + BELOW_WH


def _shown(session: Session, row: Transaction) -> tuple[int | None, int | None]:
    """Return the lowest and the highest register of a session's readings that lie between its ends."""
    register = col(MeterReading.register_wh)
    query = select(func.min(register), func.max(register)).where(
        MeterReading.transaction_id == row.id,
        register.between(row.meter_start_wh, row.meter_stop_wh),
        col(MeterReading.taken_at).between(row.started_at, row.stopped_at),
    )
    return session.exec(query).one()


def _weaker_first(session: Session, one: Transaction, other: Transaction) -> tuple[Transaction, Transaction]:
    """Return two sessions that claim the same, the one with less to show for it first."""

    def rank(each: Transaction) -> tuple[bool, bool, int, datetime, int]:
        energy_wh = (each.meter_stop_wh or 0) - each.meter_start_wh
        return each.review_state in _DECIDED, not _fell_silent(session, each), energy_wh, each.started_at, each.id or 0

    first, second = sorted((one, other), key=rank)
    if rank(first)[:3] == rank(second)[:3] and first.started_at <= second.started_at:
        first, second = second, first
    return first, second


def _fell_silent(session: Session, row: Transaction) -> bool:
    """Say whether a session that was measured again and again was measured no more long before its stop.

    Then another one may have begun meanwhile, and a late stop gives the register that this one has reached.
    """
    query = select(func.count(), func.min(MeterReading.taken_at), func.max(MeterReading.taken_at)).where(
        MeterReading.transaction_id == row.id, col(MeterReading.context).not_in(_ENDS)
    )
    count, begin, end = session.exec(query).one()
    if row.stopped_at is None or count < MEASURED_OFTEN:
        return False
    return bool(row.stopped_at - end > SILENT_STEPS * (end - begin) / (count - 1))


def _written(row: Transaction) -> dict[str, object]:
    return {
        "session": row.id,
        "started_at": row.started_at.isoformat(),
        "stopped_at": row.stopped_at.isoformat() if row.stopped_at else None,
        "meter_start_wh": row.meter_start_wh,
        "meter_stop_wh": row.meter_stop_wh,
    }
