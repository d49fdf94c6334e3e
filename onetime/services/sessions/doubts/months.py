"""Sessions of which nobody knows in which month they were.

A charger without a clock tells how long a session was, but not when: handed in after an outage, it lay somewhere in
it. Where a month ended meanwhile, a bill would guess, so a person decides.
"""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from onetime.models import Charger, Connector, Site, Transaction
from onetime.services.chargers.own_clock import EARLIEST, PROMPT
from onetime.services.sessions.doubts.reasons import Doubt, raise_doubt
from onetime.store.unreadable import row_if_readable, what_is_readable

HANDED_IN_WITHIN = timedelta(minutes=5)  # a queue gives start and stop one after the other


def doubt_month(session: Session, row: Transaction) -> None:
    """Hold a session whose month is not known."""
    charger = what_is_readable(session, Charger, what_is_readable(session, Connector, row.connector_id).charger_id)
    since = charger.silent_since
    if since is None or row.stopped_at is None or not _was_handed_in(row) or since >= row.started_at:
        return
    if _month(session, since) == _month(session, row.stopped_at):
        return
    evidence = json.dumps({"offline_since": since.isoformat(), "handed_in_at": row.stopped_at.isoformat()})
    raise_doubt(session, Doubt.TIME_UNKNOWN, charger.id or 0, row, evidence)


def _was_handed_in(row: Transaction) -> bool:
    """Say whether a session's times are those of its arrival, because its charger had none and it had waited."""
    own = row.charger_stopped_at
    if own is None or own >= EARLIEST or row.stopped_at is None or row.stop_received_at is None:
        return False
    arrived_at_its_end = row.stop_received_at - row.stopped_at <= PROMPT
    return arrived_at_its_end and row.stop_received_at - row.start_received_at <= HANDED_IN_WITHIN


def _month(session: Session, instant: datetime) -> tuple[int, int]:
    site = row_if_readable(session, Site, 1)
    local = instant.astimezone(ZoneInfo(site.time_zone if site else "Europe/Zurich"))
    return local.year, local.month
