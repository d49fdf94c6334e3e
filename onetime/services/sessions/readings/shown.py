"""What a running session's register shows, counted like its start."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from onetime.billing.registers.cleaning import Chain, clean
from onetime.billing.registers.readings import JITTER_WH, MeteredSession, Reading, highest_power_w, is_deliverable
from onetime.models import Connector, MeterReading, Transaction
from onetime.services.chargers.measurements import AT_THE_START
from onetime.services.sessions.readings.metered import register_readings
from onetime.store.unreadable import what_is_readable


@dataclass(frozen=True, slots=True)
class Shown:
    """A register in Wh at an instant, and what was added to what the charger says to get it."""

    register_wh: int
    at: datetime
    offset_wh: int = 0


def open_chain(session: Session, row: Transaction, connector: Connector, until: datetime | None = None) -> Chain:
    """Return the believable readings of a session as if it still ran, up to ``until``."""
    samples = [each for each in register_readings(session, row.id or 0) if until is None or each.at <= until]
    start = Reading(row.started_at, row.meter_start_wh)
    return clean(MeteredSession(start, None, samples, connector.believable_power_w))


def shown_register(session: Session, row: Transaction) -> Shown | None:
    """Return what a session's register shows now, or None when it has no reading that can be right.

    Nearly always that is its newest reading; only one that does not follow from the start is weighed against others.
    """
    newest = _newest(session, row)
    if newest is None:
        return None
    connector = what_is_readable(session, Connector, row.connector_id)
    gained, elapsed = newest.register_wh - row.meter_start_wh, newest.at - row.started_at
    limit_w = highest_power_w(connector.believable_power_w)
    if gained >= -JITTER_WH and is_deliverable(gained, elapsed, limit_w):
        return Shown(newest.register_wh, newest.at)
    return shown_of(open_chain(session, row, connector))


def shown_of(chain: Chain) -> Shown | None:
    """Return the end of a chain of an open session, or None when it has no reading."""
    return Shown(chain.end.register_wh, chain.end.at, chain.offset_wh) if chain.readings else None


def _newest(session: Session, row: Transaction) -> Reading | None:
    query = (
        select(MeterReading.taken_at, MeterReading.register_wh)
        .where(
            MeterReading.transaction_id == row.id,
            col(MeterReading.register_wh).is_not(None),
            MeterReading.context != AT_THE_START,
        )
        .order_by(col(MeterReading.taken_at).desc())
        .limit(1)
    )
    found = session.exec(query).first()
    return Reading(found[0], found[1]) if found is not None and found[1] is not None else None
