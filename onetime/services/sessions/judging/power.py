"""Sessions whose meter stood still while their charger measured that power flows."""

import json

from sqlmodel import Session, col, select

from onetime.billing.registers.standstill import Sample, Standstill, power_is_right, power_is_varied, standstill
from onetime.models import Connector, MeterReading, ReviewState, Transaction, TransactionState
from onetime.services.sessions.doubts.reasons import Doubt, raise_doubt
from onetime.services.sessions.readings.metered import metered
from onetime.store.unreadable import readable_rows

SESSIONS_COMPARED = 5  # how many earlier sessions are asked whether the power of a connector is one


def hold_standstill(session: Session, row: Transaction, connector: Connector, raw: str | None) -> bool:
    """Hold an ended session whose meter stood still; say whether it did."""
    found = stood_still(session, row, connector)
    if found is None:
        return False
    seen = {"since": found.since.isoformat(), "until": found.until.isoformat(), "power_wh": found.energy_wh}
    raise_doubt(session, Doubt.METER_STOOD_STILL, connector.charger_id, row, json.dumps({**seen, "frame": raw}))
    return True


def stood_still(session: Session, row: Transaction, connector: Connector) -> Standstill | None:
    """Return where the meter of an ended session stood still while power flowed, or None.

    The power of many chargers is none: what the cable could carry, or what was measured last. So it counts only where
    the connector said that it charges, or where it varies, and where an earlier session does not refute it.
    """
    samples = _samples(session, row)
    if not samples:
        return None
    found = standstill(metered(session, row, connector.believable_power_w), samples)
    if found is None or not (power_is_varied(samples) or _may_have_charged(row, connector)):
        return None
    return found if _was_right_before(session, row, connector, is_measured=power_is_varied(samples)) else None


def _may_have_charged(row: Transaction, connector: Connector) -> bool:
    """Say whether the connector told that it charges since the start arrived, or has told no status since."""
    told, seen = connector.status_received_at, connector.charging_seen_at
    if told is None or told < row.start_received_at:
        return True
    return seen is not None and seen >= row.start_received_at


def _was_right_before(session: Session, row: Transaction, connector: Connector, *, is_measured: bool) -> bool:
    """Say whether nothing refutes a connector's power: the last earlier session that tells, billed as it is.

    So whoever accepts a session of 0 Wh says of its connector that such a power is none. Where it is the same all the
    time in both, it is a set value, although by chance it may have been right.
    """
    query = (
        select(Transaction)
        .where(
            Transaction.connector_id == row.connector_id,
            Transaction.state == TransactionState.ENDED,
            Transaction.started_at < row.started_at,
            col(Transaction.review_state).in_((ReviewState.CLEAR, ReviewState.ACCEPTED)),
        )
        .order_by(col(Transaction.started_at).desc(), col(Transaction.id).desc())
        .limit(SESSIONS_COMPARED)
    )
    for earlier in readable_rows(session, query, col(Transaction.id)):
        samples = _samples(session, earlier)
        is_right = power_is_right(metered(session, earlier, connector.believable_power_w), samples)
        if is_right is not None:
            return is_right and (is_measured or power_is_varied(samples))
    return True


def _samples(session: Session, row: Transaction) -> list[Sample]:
    """Return what a session's readings say of its power."""
    query = (
        select(MeterReading.taken_at, MeterReading.power_w, MeterReading.register_wh)
        .where(MeterReading.transaction_id == row.id, col(MeterReading.power_w).is_not(None))
        .order_by(col(MeterReading.taken_at))
    )
    return [Sample(at, power or 0, register) for at, power, register in session.exec(query)]
