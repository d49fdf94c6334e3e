"""What an ended session is doubted for: its two ends, its readings, and the sessions beside it.

One doubt is enough to hold a session, so one entry says it: what the charger itself contradicts first.
"""

import json
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from onetime.billing.registers.contradictions import MATERIAL_WH, Contradiction, End, contradiction
from onetime.billing.registers.counting import BELOW_WH, WH_PER_KWH
from onetime.billing.registers.readings import (
    JITTER_WH,
    MeteredSession,
    Reading,
    highest_power_w,
    is_deliverable,
    is_faster_than_connector,
    review_reason,
)
from onetime.models import Connector, MeterReading, ReviewState, Transaction
from onetime.services.chargers.measurements import AT_THE_END, AT_THE_START
from onetime.services.sessions.doubts.overlaps import hold_overlaps
from onetime.services.sessions.doubts.reasons import (
    LARGEST_BATTERY_WH,
    OF_BILLING,
    Doubt,
    is_time_unknown,
    raise_doubt,
)
from onetime.services.sessions.judging.power import hold_standstill
from onetime.services.sessions.judging.shared_meters import hold_shared
from onetime.services.sessions.readings.metered import metered
from onetime.store.unreadable import first_if_readable

LEAST_IN_KWH_WH = 10 * WH_PER_KWH  # a register below that is no thousandth of another by more than chance

_OF_THE_SAME_END = {AT_THE_START: End.START, AT_THE_END: End.STOP}


def judge(session: Session, row: Transaction, connector: Connector, raw: str | None) -> None:
    """Hold an ended session that cannot be billed on its own; ``raw`` is the message that ended it."""
    session.flush()
    measured = metered(session, row, connector.believable_power_w)
    doubt = doubt_of_the_ends(row, connector, measured)
    if doubt is not None:
        raise_doubt(session, doubt, connector.charger_id, row, raw or "{}")
        return
    found = belied(session, row, connector, measured)
    if found is not None:
        evidence = json.dumps(_written(found, raw))
        raise_doubt(session, Doubt.ENDS_CONTRADICTED, connector.charger_id, row, evidence)
        return
    if hold_standstill(session, row, connector, raw):
        return
    hold_overlaps(session, row, connector)
    hold_shared(session, row, connector)


def doubt_of_the_ends(row: Transaction, connector: Connector, measured: MeteredSession) -> Doubt | None:
    """Return what the two ends alone say against each other."""
    if measured.stop is None:
        return None
    if is_time_unknown(row):
        return Doubt.TIME_UNKNOWN
    reason = review_reason(measured)
    if reason is not None:
        return OF_BILLING[reason]
    # Corrected times are no measure of speed where nobody knows what the connector delivers.
    says_speed = connector.power_is_known or not row.time_corrected
    energy_wh = measured.stop.register_wh - measured.start.register_wh
    is_too_large = not connector.power_is_known and energy_wh > LARGEST_BATTERY_WH
    if is_too_large or (says_speed and is_faster_than_connector(measured)):
        return Doubt.FASTER_THAN_CONNECTOR
    return None


def belied(session: Session, row: Transaction, connector: Connector, measured: MeteredSession) -> Contradiction | None:
    """Return which end something else contradicts: readings, a reading of the same end, or the session before."""
    found = contradiction(measured, times_are_known=not row.time_corrected) or _by_readings_of_an_end(session, row)
    return found or _by_the_session_before(session, row, connector, measured)


def _by_readings_of_an_end(session: Session, row: Transaction) -> Contradiction | None:
    """Compare an end with the reading that says it is of the same end (MicroOcpp #133: 2421 beside 2310).

    A reading in kWh with one decimal may be 50 Wh off.
    """
    query = (
        select(MeterReading.context, MeterReading.taken_at, MeterReading.register_wh)
        .where(
            MeterReading.transaction_id == row.id,
            col(MeterReading.context).in_(tuple(_OF_THE_SAME_END)),
            col(MeterReading.register_wh).is_not(None),
        )
        .order_by(col(MeterReading.taken_at))
    )
    for context, at, register in session.exec(query):
        shown = row.meter_start_wh if context == AT_THE_START else row.meter_stop_wh
        if register is None or shown is None or _counts_otherwise(register, row):
            continue
        tolerance_wh = JITTER_WH if register % 100 else MATERIAL_WH
        is_in_kwh = shown >= LEAST_IN_KWH_WH and abs(register * WH_PER_KWH - shown) <= WH_PER_KWH  # told without a unit
        if not is_in_kwh and min(abs(register - shown), abs(register + row.meter_start_wh - shown)) > tolerance_wh:
            return Contradiction(_OF_THE_SAME_END[context], Reading(at, register))
    return None


def _counts_otherwise(register: int, row: Transaction) -> bool:
    """Say whether a register is one of a meter's life, and the ends are of the session alone."""
    return row.meter_start_wh <= JITTER_WH and register - (row.meter_stop_wh or 0) > LARGEST_BATTERY_WH // 10


def _by_the_session_before(
    session: Session, row: Transaction, connector: Connector, measured: MeteredSession
) -> Contradiction | None:
    """Doubt a start below the register that the session before ended with, where the stop counts on from that.

    A meter that was exchanged, or counts from zero after a power cut, shows its low registers in readings too.
    """
    before = session_before(session, row)
    stop = measured.stop
    if before is None or stop is None or before.meter_stop_wh is None or before.stopped_at is None:
        return None
    counts_for_life = before.meter_start_wh > JITTER_WH and before.meter_stop_wh >= before.meter_start_wh
    if not counts_for_life or row.meter_start_wh >= before.meter_stop_wh - BELOW_WH:
        return None
    if any(row.meter_start_wh <= each.register_wh < before.meter_stop_wh - BELOW_WH for each in measured.samples):
        return None
    gained, elapsed = stop.register_wh - before.meter_stop_wh, stop.at - before.stopped_at
    if gained < -JITTER_WH or not is_deliverable(gained, elapsed, highest_power_w(connector.believable_power_w)):
        return None
    return Contradiction(End.START, Reading(before.stopped_at, before.meter_stop_wh))


def session_before(session: Session, row: Transaction, instant: datetime | None = None) -> Transaction | None:
    """Return the last session of a connector that ended before one began, unless nobody believes its registers."""
    query = (
        select(Transaction)
        .where(
            Transaction.connector_id == row.connector_id,
            Transaction.id != row.id,
            col(Transaction.stopped_at) <= (instant or row.started_at),
        )
        .order_by(col(Transaction.stopped_at).desc(), col(Transaction.id).desc())
    )
    before = first_if_readable(session, query, col(Transaction.id))
    set_aside = (ReviewState.HELD, ReviewState.DISCARDED)
    return None if before is None or before.review_state in set_aside else before


def _written(found: Contradiction, raw: str | None) -> dict[str, Any]:
    return {
        "doubted": found.end.value,
        "reading": {"at": found.reading.at.isoformat(), "register_wh": found.reading.register_wh},
        "frame": raw,
    }
