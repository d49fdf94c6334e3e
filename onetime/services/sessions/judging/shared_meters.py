"""Two plugs of one charger that show the same meter: both sessions claim what either of them charged."""

import json
from bisect import bisect_left, bisect_right
from datetime import timedelta

from sqlmodel import Session, col, select

from onetime.billing.registers.cleaning import Chain, clean
from onetime.billing.registers.readings import JITTER_WH, Reading, review_reason
from onetime.models import Connector, ReviewState, Transaction, TransactionState
from onetime.services.sessions.doubts.reasons import Doubt, raise_doubt
from onetime.services.sessions.readings.metered import metered
from onetime.store.unreadable import readable_rows

AGREEING = 4  # so many registers of one session, its ends included, lie where the other's register was just then
LEAST_WH = 1_000  # what both claim
NEAREST = timedelta(minutes=20)  # two readings further apart do not say what was shown between them
YOUNG_WH = 10_000  # two new meters may show the same by chance; so may two that count each session anew
LATEST = 20  # sessions looked at

_SET_ASIDE = (ReviewState.HELD, ReviewState.DISCARDED)


def hold_shared(session: Session, row: Transaction, connector: Connector) -> None:
    """Hold an ended session and the one beside it on another plug where their registers were the same all along.

    One that a person has decided about stays.
    """
    if row.stopped_at is None or row.review_state in _SET_ASIDE or row.meter_start_wh < YOUNG_WH:
        return
    chain = _chain(session, row, connector)
    for other, plug in _beside(session, row, connector):
        if chain is None or not _is_shared(chain, _chain(session, other, plug)):
            continue
        for held, beside in ((row, other), (other, row)):
            if held.review_state is ReviewState.CLEAR:
                evidence = json.dumps({"same_registers_as": beside.id, "shown": [_written(row), _written(other)]})
                raise_doubt(session, Doubt.METER_SHARED, connector.charger_id, held, evidence)
        return


def _beside(session: Session, row: Transaction, connector: Connector) -> list[tuple[Transaction, Connector]]:
    """Return the ended sessions of the charger's other plugs at the same time that claim the same registers."""
    query = (
        select(Transaction, Connector)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .where(
            Connector.charger_id == connector.charger_id,
            Transaction.connector_id != row.connector_id,
            Connector.number > 0,
            Transaction.state == TransactionState.ENDED,
            col(Transaction.review_state).not_in(_SET_ASIDE),
            Transaction.started_at < row.stopped_at,  # type: ignore[operator]  # has ended
            col(Transaction.stopped_at) > row.started_at,
            Transaction.meter_start_wh >= YOUNG_WH,
            Transaction.meter_start_wh < row.meter_stop_wh,  # type: ignore[operator]  # has ended
            col(Transaction.meter_stop_wh) > row.meter_start_wh,
        )
        .order_by(col(Transaction.id).desc())
        .limit(LATEST)
    )
    return [(other, plug) for other, plug in readable_rows(session, query, col(Transaction.id))]


def _chain(session: Session, row: Transaction, connector: Connector) -> Chain | None:
    measured = metered(session, row, connector.believable_power_w)
    if review_reason(measured) is not None:
        return None
    chain = clean(measured)
    return chain if chain.offset_wh == 0 else None


def _is_shared(one: Chain, other: Chain | None) -> bool:
    """Say whether every register of two sessions, where they ran at once, lies in the other's course."""
    if other is None:
        return False
    begin, end = max(one.start.at, other.start.at), min(one.end.at, other.end.at)
    agreeing, lowest, highest = 0, None, 0
    for chain, course in ((one, other), (other, one)):
        for at, register in zip(chain.times, chain.registers, strict=True):
            if not begin <= at <= end:
                continue
            lies = _lies_in(course, Reading(at, register))
            if lies is False:
                return False
            if lies and chain is one:
                agreeing += 1
                lowest = register if lowest is None else lowest
                highest = register
    return agreeing >= AGREEING and lowest is not None and highest - lowest >= LEAST_WH


def _lies_in(course: Chain, reading: Reading) -> bool | None:
    """Say whether a register is what a session showed just then, or None where its readings are too far apart."""
    before, after = bisect_right(course.times, reading.at) - 1, bisect_left(course.times, reading.at)
    if before < 0 or after >= len(course.times) or course.times[after] - course.times[before] > NEAREST:
        return None
    return course.registers[before] - JITTER_WH <= reading.register_wh <= course.registers[after] + JITTER_WH


def _written(row: Transaction) -> dict[str, object]:
    return {"session": row.id, "meter_start_wh": row.meter_start_wh, "meter_stop_wh": row.meter_stop_wh}
