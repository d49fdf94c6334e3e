"""Energy that no session accounts for: between two sessions, while a connector charges, or in one of 0 Wh."""

import json
from contextlib import suppress
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from onetime.billing.registers.contradictions import End
from onetime.billing.registers.readings import JITTER_WH, Reading, highest_power_w, is_deliverable
from onetime.models import (
    Charger,
    Connector,
    ConnectorStatus,
    Registration,
    ReviewItem,
    ReviewState,
    Transaction,
    TransactionState,
)
from onetime.services.sessions.doubts.reasons import Doubt, raise_doubt
from onetime.services.sessions.judging.ends import session_before
from onetime.services.sessions.quarantine import quarantined_stop
from onetime.store.unreadable import (
    Tell,
    first_if_readable,
    left_out,
    readable,
    readable_rows,
    undone,
    what_is_readable,
)

LOST_WH = 500  # less than this is no session
DAMAGED = (ValueError, KeyError, TypeError)  # what evidence raises that a disk or a hand has changed
LATE_STAMP = timedelta(minutes=1)
STANDBY_W = 30  # what the charger itself may draw through its meter between two sessions


def nothing_flowed(row: Transaction, connector: Connector, next_register_wh: int | None) -> bool:
    """Say whether a session that was ended without its stop has certainly charged nothing.

    The next start shows the same register, on a meter that counts for life. Or that tells nothing, and the connector,
    which tells its status, has not said that a car charges since the start: the card was refused, or the charger gave
    up before it had its answer.
    """
    if (row.meter_stop_wh or 0) - row.meter_start_wh > JITTER_WH:
        return False
    if next_register_wh is not None and row.meter_start_wh > JITTER_WH:
        return abs(next_register_wh - row.meter_start_wh) <= JITTER_WH
    told = connector.status_received_at is not None and connector.status_received_at >= row.start_received_at
    seen = connector.charging_seen_at
    return told and connector.status is not ConnectorStatus.CHARGING and (seen is None or seen < row.start_received_at)


def look_for_lost_energy(session: Session, row: Transaction, connector: Connector) -> None:
    """List what a connector's meter counted between its last session and the one that begins, if it was a charging.

    A last session of 0 Wh that can have charged it has said a wrong end (SteVe #1264): it is held.
    """
    before = session_before(session, row)
    if before is None or before.stopped_at is None or before.meter_stop_wh is None:
        return
    limit_w = highest_power_w(connector.believable_power_w)
    counts_for_life = before.meter_start_wh > JITTER_WH and row.meter_start_wh > JITTER_WH
    if not counts_for_life or not _is_loss(row, Reading(before.stopped_at, before.meter_stop_wh)):
        return
    if _is_explained(session, row, before, connector):
        return
    known = _known_until(session, row, before, connector)
    if not _is_loss(row, known):
        return
    gained, length = row.meter_start_wh - known.register_wh, before.stopped_at - before.started_at
    seen = {"register_wh_before": known.register_wh, "register_wh_after": row.meter_start_wh}
    if before.meter_stop_wh - before.meter_start_wh <= JITTER_WH and is_deliverable(gained, length, limit_w):
        if before.review_state is ReviewState.CLEAR:
            evidence = json.dumps({"doubted": End.STOP.value, "next_start": row.started_at.isoformat(), **seen})
            raise_doubt(session, Doubt.ENDS_CONTRADICTED, connector.charger_id, before, evidence)
    elif is_deliverable(gained, row.started_at - known.at, limit_w):
        _list(session, connector, known.at, row.started_at, seen)


def _is_loss(row: Transaction, since: Reading) -> bool:
    """Say whether a meter counted more until a session began than a charger at rest takes."""
    standby_wh = STANDBY_W * (row.started_at - since.at) // timedelta(hours=1)
    return row.meter_start_wh - since.register_wh - standby_wh > LOST_WH


def look_again(session: Session, row: Transaction) -> None:
    """Look for lost energy before and after a session somebody has decided about: its ends are known now.

    What was discarded was looked at, and belongs to the house.
    """
    if row.state is not TransactionState.ENDED or row.review_state in (ReviewState.HELD, ReviewState.DISCARDED):
        return
    connector = what_is_readable(session, Connector, row.connector_id)
    session.flush()
    look_for_lost_energy(session, row, connector)
    following = first_if_readable(
        session,
        select(Transaction)
        .where(
            Transaction.connector_id == row.connector_id,
            Transaction.id != row.id,
            Transaction.started_at >= row.started_at,
            col(Transaction.review_state).not_in((ReviewState.HELD, ReviewState.DISCARDED)),
        )
        .order_by(col(Transaction.started_at), col(Transaction.id)),
        col(Transaction.id),
    )
    if following is not None:
        look_for_lost_energy(session, following, connector)


def list_sessionless(session: Session, before: datetime, tell: Tell) -> None:
    """List the connectors that say a car charges and have no session; ``tell`` hears of what cannot be read."""
    for connector in sessionless(session, before, tell):
        with undone(session, tell, "connector", connector.id or 0):
            assert connector.charging_seen_at is not None  # noqa: S101 - asked for by the query
            _list(session, connector, connector.charging_seen_at, None, {})


def sessionless(session: Session, before: datetime, tell: Tell) -> list[Connector]:
    """Return the connectors that say a car charges, have no session, and are not listed yet.

    A queued start may still come, so only what was said ``before`` an instant counts, and only since the last session.
    """
    query = (
        select(Connector)
        .join(Charger, col(Charger.id) == col(Connector.charger_id))
        .where(
            Connector.status == ConnectorStatus.CHARGING,
            Connector.number > 0,
            col(Connector.charging_seen_at) <= before,
            Charger.registration == Registration.ACCEPTED,
            col(Charger.offline_since).is_(None),
        )
    )
    found = []
    for connector in readable(session, query, col(Connector.id), tell):
        with left_out(tell, "connector", connector.id or 0):
            seen = connector.charging_seen_at
            if seen and not _has_session(session, connector, seen) and not _listed(session, connector.id):
                found.append(connector)
    return found


def settle_listed(session: Session, row: Transaction, now: datetime) -> None:
    """Take back that a connector charges without a session: its start has come, late."""
    for item in _listed(session, row.connector_id):
        with suppress(*DAMAGED):  # what cannot be read stays, and the start is stored all the same
            seen = json.loads(item.evidence)
            since = datetime.fromisoformat(seen["since"])
            if seen["until"] is None and row.started_at <= since + timedelta(minutes=1):
                item.resolved_at, item.resolution = now, "settled"
                session.add(item)


def _has_session(session: Session, connector: Connector, since: datetime) -> bool:
    """Say whether a connector carries a session, or has ended one after it said that a car charges."""
    query = select(Transaction.id).where(
        Transaction.connector_id == connector.id,
        (col(Transaction.state) == TransactionState.OPEN) | (col(Transaction.stop_received_at) >= since),
    )
    return session.exec(query.limit(1)).first() is not None


def _list(
    session: Session, connector: Connector, since: datetime, until: datetime | None, seen: dict[str, int]
) -> None:
    evidence = {"since": since.isoformat(), "until": until.isoformat() if until else None, **seen}
    doubt = Doubt.CHARGED_WITHOUT_SESSION
    raise_doubt(session, doubt, connector.charger_id, None, json.dumps(evidence), connector.id)


def _listed(session: Session, connector_id: int | None) -> list[ReviewItem]:
    query = select(ReviewItem).where(
        ReviewItem.connector_id == connector_id,
        ReviewItem.reason == Doubt.CHARGED_WITHOUT_SESSION,
        col(ReviewItem.resolved_at).is_(None),
    )
    return readable_rows(session, query, col(ReviewItem.id))


def _is_explained(session: Session, row: Transaction, before: Transaction, connector: Connector) -> bool:
    """Say whether something that waits already is about this energy, or the meter may be that of several plugs."""
    waiting = select(ReviewItem.id).where(
        col(ReviewItem.resolved_at).is_(None), col(ReviewItem.transaction_id) == before.id
    )
    others = (
        select(Transaction.id)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .where(
            Connector.charger_id == connector.charger_id,
            Transaction.connector_id != connector.id,
            Transaction.started_at < row.started_at,
            col(Transaction.stopped_at).is_(None) | (col(Transaction.stopped_at) > before.stopped_at),
            Transaction.meter_start_wh < row.meter_start_wh,
            col(Transaction.meter_stop_wh).is_(None) | (col(Transaction.meter_stop_wh) > before.meter_stop_wh),
        )
    )
    return any(session.exec(each.limit(1)).first() is not None for each in (waiting, others))


def _known_until(session: Session, row: Transaction, before: Transaction, connector: Connector) -> Reading:
    """Return until when and which register in Wh something waits already about what the meter counted in between."""
    assert before.stopped_at is not None and before.meter_stop_wh is not None  # noqa: S101, PT018 - has ended
    begin, end = Reading(before.stopped_at, before.meter_stop_wh), Reading(row.started_at, row.meter_start_wh)
    told = [_told_by(item, begin, end, connector) for item in _of_no_session(session, connector)]
    inside = [each for each in told if each is not None and begin.at <= each.at <= end.at]
    inside = [each for each in inside if begin.register_wh <= each.register_wh <= end.register_wh]
    return max([begin, *inside], key=lambda each: each.register_wh)


def _of_no_session(session: Session, connector: Connector) -> list[ReviewItem]:
    """Return what waits about energy of a charger that no session has."""
    query = select(ReviewItem).where(
        ReviewItem.charger_id == connector.charger_id,
        col(ReviewItem.reason).in_((Doubt.STOP_WITHOUT_START, Doubt.CHARGED_WITHOUT_SESSION)),
        col(ReviewItem.resolved_at).is_(None),
    )
    return readable_rows(session, query, col(ReviewItem.id))


def _told_by(item: ReviewItem, begin: Reading, end: Reading, connector: Connector) -> Reading | None:
    """Return until where an entry is about a connector's energy; all of it where it does not say.

    One that cannot be read tells nothing: a start is stored all the same.
    """
    stop = quarantined_stop(item)
    if stop is not None:
        at = min(stop.stopped_at, end.at) if stop.stopped_at <= end.at + LATE_STAMP else stop.stopped_at
        return Reading(at, end.register_wh if stop.meter_stop_wh is None else stop.meter_stop_wh)
    if item.reason != Doubt.CHARGED_WITHOUT_SESSION or item.connector_id != connector.id:
        return None
    with suppress(*DAMAGED):
        seen = json.loads(item.evidence)
        if seen["until"] is None:
            since = datetime.fromisoformat(seen["since"])
            return end if begin.at <= since <= end.at else None
        return Reading(datetime.fromisoformat(seen["until"]), seen["register_wh_after"])
    return None
