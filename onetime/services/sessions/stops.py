"""What a stop writes, inside one transaction of the database: once, on the session it belongs to, or for review."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from onetime.billing.registers.readings import JITTER_WH
from onetime.models import Connector, ReviewItem, Transaction
from onetime.services.cards.authorization import Authorization, AuthorizationStatus, authorize
from onetime.services.chargers.measurements import reading_row, store_readings
from onetime.services.sessions.doubts.months import doubt_month
from onetime.services.sessions.doubts.reasons import Doubt, open_items, raise_doubt, release, settle
from onetime.services.sessions.judging.ends import judge
from onetime.services.sessions.judging.lost import DAMAGED
from onetime.services.sessions.matching import awaits_stop, ends_by_card, is_reason, match_stop
from onetime.services.sessions.quarantine import quarantine, quarantined_stop
from onetime.services.sessions.readings.estimates import last_believable
from onetime.services.sessions.replays import REPLAYED_FASTER_BY, undo_replay
from onetime.services.sessions.starts import end_session
from onetime.services.sessions.stop_request import StopRequest
from onetime.store.unreadable import readable_rows, teller, undone, what_is_readable

WAITING_LOOKED_AT = 50  # stops without a session, the newest of a charger

# What the real stop of an estimated session settles, or says anew.
_ANSWERED_BY_STOP = frozenset(
    {
        Doubt.STOP_NEVER_CAME,
        Doubt.ENDS_CONTRADICTED,
        Doubt.FASTER_THAN_CONNECTOR,
        Doubt.METER_STOOD_STILL,
        Doubt.METER_SHARED,
        Doubt.OVERLAPPING,
    }
)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stored stop; without a transaction id it waits for review."""

    transaction_id: int | None
    connector_id: int | None
    authorization: Authorization | None


def store_stop(
    session: Session,
    charger_id: int,
    request: StopRequest,
    received_at: datetime,
    *,
    accept_unknown: bool,
) -> Stopped:
    """Store a stop: once, on the session it belongs to, or for review; so too where that cannot be read.

    A stop authorises nobody, so a card that only stops something is not kept to be named (MicroOcpp #202).
    """
    authorization = None
    if request.id_tag and not is_reason(request.id_tag, request.reason):
        authorization = authorize(session, request.id_tag, received_at, accept_unknown=accept_unknown, stores_new=False)
    match = match_stop(session, charger_id, request)
    row = match.row
    if row is not None:
        number, connector_id = row.id or 0, row.connector_id
        with undone(session, teller(session), "transaction", number):
            if awaits_stop(row):
                end_for_good(session, charger_id, row, request, received_at)
            elif not match.is_repetition and _says_otherwise(row, request):
                raise_doubt(session, Doubt.STOP_AFTER_DECISION, charger_id, row, request.raw)
            return Stopped(number, connector_id, authorization)
    quarantine(session, charger_id, request)
    return Stopped(None, None, authorization)


def end_by_waiting_stop(session: Session, charger_id: int, row: Transaction, received_at: datetime) -> bool:
    """End a session with its stop where that came before its start, handed in after an outage; say whether it did.

    Of two stops that fit nobody guesses, and one that a person has decided about is not looked at.
    """
    query = select(ReviewItem).where(
        ReviewItem.charger_id == charger_id,
        ReviewItem.reason == Doubt.STOP_WITHOUT_START,
        col(ReviewItem.resolved_at).is_(None),
    )
    waiting = []
    newest = query.order_by(col(ReviewItem.id).desc()).limit(WAITING_LOOKED_AT)
    for item in readable_rows(session, newest, col(ReviewItem.id)):
        with suppress(*DAMAGED):  # what cannot be read stays, and the start is stored all the same
            stop = quarantined_stop(item)
            if stop is not None and ends_by_card(session, charger_id, row, stop):
                waiting.append((item, stop))
    if len(waiting) != 1:
        return False
    [(item, stop)] = waiting
    end_for_good(session, charger_id, row, stop, received_at)
    item.transaction_id, item.resolved_at, item.resolution = row.id, received_at, "settled"
    session.add(item)
    return True


def end_for_good(
    session: Session, charger_id: int, row: Transaction, request: StopRequest, received_at: datetime
) -> None:
    """End a session with its stop, which replaces an estimated end; hold it where it cannot be right."""
    connector = what_is_readable(session, Connector, row.connector_id)
    settle(session, row, received_at, _ANSWERED_BY_STOP)
    release(session, row)
    store_readings(session, [reading_row(row.connector_id, row.id, each, received_at) for each in request.measurements])
    meter_stop_wh = request.meter_stop_wh
    if meter_stop_wh is None:
        meter_stop_wh = last_believable(session, row, connector, request.stopped_at + REPLAYED_FASTER_BY).register_wh
        raise_doubt(session, Doubt.REGISTER_MISSING, charger_id, row, request.raw)
    end_session(row, request.stopped_at, received_at, meter_stop_wh, request.reason)
    row.charger_stopped_at = request.charger_stopped_at
    row.stop_id_tag = request.id_tag
    row.stop_estimated = False
    row.time_corrected = row.time_corrected or request.charger_stopped_at is not None or not request.has_stamp
    session.add(row)
    undo_replay(session, row)
    doubt_month(session, row)
    if row.authorization_status != AuthorizationStatus.ACCEPTED and meter_stop_wh > row.meter_start_wh + JITTER_WH:
        raise_doubt(session, Doubt.REFUSED_CARD, charger_id, row, request.raw)
    if Doubt.REGISTER_MISSING not in {item.reason for item in open_items(session, row.id or 0)}:
        judge(session, row, connector, request.raw)


def _says_otherwise(row: Transaction, request: StopRequest) -> bool:
    """Say whether the late stop of a session somebody has decided about tells another register than it has now."""
    if request.meter_stop_wh is None or row.meter_stop_wh is None:
        return False
    return abs(request.meter_stop_wh - row.meter_stop_wh) > JITTER_WH
