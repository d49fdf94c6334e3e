"""Which session a stop ends.

Some chargers send -1, 0, an id of their own or that of an earlier session (OCPP 1.6 errata 3.18; SteVe #156, #292;
lbbrhzn/ocpp #1000; evcc #14673). A stop is matched by its id where its content is that session's, else by its card,
connector, time and a register that can have been delivered. Where two fit, or only one of another card, nobody guesses.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from onetime.billing.registers.contradictions import MATERIAL_WH
from onetime.billing.registers.readings import JITTER_WH, highest_power_w, is_deliverable
from onetime.models import Card, Connector, ReviewState, Transaction, TransactionCorrection, TransactionState
from onetime.services.cards.authorization import id_tag_key
from onetime.services.sessions.readings.estimates import last_believable
from onetime.services.sessions.stop_request import StopRequest
from onetime.store.unreadable import (
    first_if_readable,
    left_out,
    readable_rows,
    row_if_readable,
    teller,
    what_is_readable,
)

CLOCKS_DIFFER = timedelta(minutes=1)  # a stop that is as far on the other side of a start is no more that session's
TOLD_AGAIN = timedelta(minutes=10)  # a stop is repeated until it is confirmed, by some with a new time
LATEST_LOOKED_AT = 200  # sessions among which the last one of each connector is sought
LATELY = timedelta(days=1)  # an end that was guessed longer ago than this waits for no stop without its id
_DECIDED = frozenset({ReviewState.ACCEPTED, ReviewState.CORRECTED, ReviewState.DISCARDED})
_APPENDED = re.compile(r"_[0-9]+$")  # the serial number of the plug that read the card (KEBA)


@dataclass(frozen=True, slots=True)
class Match:
    """The session of a stop, None where a person has to say; ``is_repetition`` says that it changes nothing."""

    row: Transaction | None
    is_repetition: bool = False


def match_stop(session: Session, charger_id: int, request: StopRequest) -> Match:
    """Find the session a stop ends, or the one it has ended before."""
    named = _by_id(session, charger_id, request.transaction_id)
    if named is None:
        return _match_unnamed(session, charger_id, request)
    if awaits_stop(named):
        if _fits(session, named, request):
            return Match(None if _is_of_another_card(session, charger_id, named, request) else named)
        return Match(_by_content(session, charger_id, request, needs_card=True) or named)
    if _is_same_stop(session, named, request):
        return Match(named, is_repetition=True)
    repeated = _repeated(session, charger_id, request)
    if repeated is not None:
        return Match(repeated, is_repetition=True)
    other = _by_content(session, charger_id, request)
    if other is not None or not (named.stop_estimated or _is_restamped(named, request)):
        return Match(other)
    return Match(named, is_repetition=not named.stop_estimated)


def ends_by_card(session: Session, charger_id: int, row: Transaction, request: StopRequest) -> bool:
    """Say whether a stop that came before the start of its session is the end of this one, by its card and content."""
    found = _by_content(session, charger_id, request, needs_card=True)
    return found is not None and found.id == row.id and request.stopped_at > row.started_at


def _match_unnamed(session: Session, charger_id: int, request: StopRequest) -> Match:
    repeated = _repeated(session, charger_id, request)
    if repeated is not None:
        return Match(repeated, is_repetition=True)
    found = _by_content(session, charger_id, request)
    if found is None:
        repeated = _with_nothing_new(session, charger_id, request)
    return Match(found or repeated, is_repetition=repeated is not None)


def _is_of_another_card(session: Session, charger_id: int, named: Transaction, request: StopRequest) -> bool:
    """Say whether a stop that fits the session it names is by its card the end of another one, which it fits as well.

    One of the two is wrong, and where the cards are not of one group, who stops a session is who began it.
    """
    if _of_its_card(session, [named], request, needs_card=False):
        return False
    other = _by_content(session, charger_id, request, needs_card=True)
    return other is not None and other.id != named.id


def _with_nothing_new(session: Session, charger_id: int, request: StopRequest) -> Transaction | None:
    """Return the last session of a connector whose end a stop tells again with another time, and no energy since.

    Where the register counts each session anew the same one may be that of another session, so card and time count.
    """
    query = (
        select(Transaction)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .where(
            Connector.charger_id == charger_id,
            col(Transaction.stopped_at) <= request.stopped_at + CLOCKS_DIFFER,
            col(Transaction.stop_estimated).is_(False),
        )
        .order_by(col(Transaction.stopped_at).desc(), col(Transaction.id).desc())
    )
    if request.connector_number:
        query = query.where(Connector.number == request.connector_number)
    latest: dict[int, Transaction] = {}
    for row in readable_rows(session, query.limit(LATEST_LOOKED_AT), col(Transaction.id)):
        latest.setdefault(row.connector_id, row)
    return next((row for row in latest.values() if _says_nothing_new(row, request)), None)


def _says_nothing_new(row: Transaction, request: StopRequest) -> bool:
    if not _is_restamped(row, request) or row.stopped_at is None:
        return False
    if row.meter_start_wh > JITTER_WH:
        return True
    card = request.id_tag
    is_own = not card or is_reason(card, request.reason) or _bare(card) == _bare(row.id_tag)
    return is_own and request.stopped_at - row.stopped_at <= TOLD_AGAIN


def awaits_stop(row: Transaction) -> bool:
    """Say whether a stop may still end a session: it runs, or its end was estimated and nobody has decided."""
    return (row.state is TransactionState.OPEN or row.stop_estimated) and row.review_state not in _DECIDED


def is_reason(id_tag: str, reason: str) -> bool:
    """Say whether a stop's card is no card but its reason (MicroOcpp #202: HardReset)."""
    said = id_tag.strip().casefold()
    return not said or said == reason.strip().casefold() or said in _REASONS


_REASONS = frozenset(
    name.casefold()
    for name in (
        *("DeAuthorized", "EmergencyStop", "EVDisconnected", "HardReset", "Local", "Other"),
        *("PowerLoss", "Reboot", "Remote", "SoftReset", "UnlockCommand"),
    )
)


def _by_id(session: Session, charger_id: int, transaction_id: int) -> Transaction | None:
    if not 0 < transaction_id < 2**31:
        return None
    row = row_if_readable(session, Transaction, transaction_id)
    if row is None or what_is_readable(session, Connector, row.connector_id).charger_id != charger_id:
        return None
    return row


def _repeated(session: Session, charger_id: int, request: StopRequest) -> Transaction | None:
    """Find the session that the same stop has ended: sent again, it belongs to no other."""
    own_stamp, stamp = col(Transaction.charger_stopped_at), request.charger_stopped_at or request.stopped_at
    query = (
        select(Transaction)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .where(
            Connector.charger_id == charger_id,
            Transaction.meter_stop_wh == request.meter_stop_wh,
            col(Transaction.stop_estimated).is_(False),
            (own_stamp == stamp) | ((col(Transaction.stopped_at) == stamp) & own_stamp.is_(None)),
        )
    )
    return next(iter(readable_rows(session, query, col(Transaction.id))), None)


def _is_same_stop(session: Session, row: Transaction, request: StopRequest) -> bool:
    """Say whether a stop is the one that ended a session, or ended it before a person corrected its ends."""
    if row.stop_estimated:
        return False
    stamp = request.charger_stopped_at or request.stopped_at
    ends = [(row.charger_stopped_at or row.stopped_at, row.meter_stop_wh)]
    query = select(TransactionCorrection).where(TransactionCorrection.transaction_id == row.id)
    corrections = readable_rows(session, query, col(TransactionCorrection.id))
    ends += [(row.charger_stopped_at or each.stopped_at, each.meter_stop_wh) for each in corrections]
    return any(
        request.meter_stop_wh in (None, register) and (not request.has_stamp or at == stamp) for at, register in ends
    )


def _is_restamped(row: Transaction, request: StopRequest) -> bool:
    """Say whether a stop differs from the one that ended a session by nothing but its time."""
    if request.meter_stop_wh is None or row.meter_stop_wh is None:
        return False
    return abs(request.meter_stop_wh - row.meter_stop_wh) <= JITTER_WH


def _by_content(
    session: Session, charger_id: int, request: StopRequest, *, needs_card: bool = False
) -> Transaction | None:
    """Return the only session that a stop can have ended, be it running or ended by a guess."""
    query = (
        select(Transaction)
        .join(Connector, col(Connector.id) == col(Transaction.connector_id))
        .where(
            Connector.charger_id == charger_id,
            (col(Transaction.state) == TransactionState.OPEN) | col(Transaction.stop_estimated),
            Transaction.started_at <= request.stopped_at + CLOCKS_DIFFER,
        )
    )
    if request.connector_number:
        query = query.where(Connector.number == request.connector_number)
    rows = readable_rows(session, query, col(Transaction.id))
    awaiting = [row for row in rows if awaits_stop(row) and _is_lately(row, request)]
    carded = _of_its_card(session, awaiting, request, needs_card=needs_card)
    fitting = [row for row in carded if _fits(session, row, request)]
    return fitting[0] if len(fitting) == 1 else None


def _is_lately(row: Transaction, request: StopRequest) -> bool:
    return row.state is TransactionState.OPEN or row.stopped_at is None or row.stopped_at >= request.stopped_at - LATELY


def _of_its_card(
    session: Session, rows: list[Transaction], request: StopRequest, *, needs_card: bool
) -> list[Transaction]:
    """Return those of a stop's card, or of one of its group, who may stop for each other (section 3.10)."""
    if not request.id_tag or is_reason(request.id_tag, request.reason):
        return [] if needs_card else rows
    card = _bare(request.id_tag)
    own = [row for row in rows if _bare(row.id_tag) == card]
    if own or needs_card:
        return own
    keys = {card} | {_bare(row.id_tag) for row in rows}
    query = select(Card.id_tag_key, Card.parent_id_tag).where(col(Card.id_tag_key).in_(keys))
    groups = {key: group for key, group in readable_rows(session, query, col(Card.id)) if group}
    return [row for row in rows if card in groups and groups.get(_bare(row.id_tag)) == groups[card]]


def _bare(id_tag: str) -> str:
    return _APPENDED.sub("", id_tag_key(id_tag))


def _fits(session: Session, row: Transaction, request: StopRequest) -> bool:
    """Say whether a session can have ended so: then, at this register, and before the next one of its connector."""
    if request.stopped_at < row.started_at - CLOCKS_DIFFER:
        return False
    following = select(Transaction).where(
        Transaction.connector_id == row.connector_id, Transaction.started_at > row.started_at
    )
    after = first_if_readable(session, following.order_by(col(Transaction.started_at)), col(Transaction.id))
    if after is not None and request.stopped_at >= after.started_at + CLOCKS_DIFFER:
        return False
    if request.meter_stop_wh is None:
        return True
    if after is not None and JITTER_WH < after.meter_start_wh < request.meter_stop_wh - JITTER_WH:
        return False
    connector, last = what_is_readable(session, Connector, row.connector_id), None
    with left_out(teller(session), "transaction", row.id or 0):
        last = last_believable(session, row, connector, request.stopped_at)
    if last is None:
        return False
    gained, elapsed = request.meter_stop_wh - last.register_wh, request.stopped_at - last.at
    if row.time_corrected or request.charger_stopped_at is not None:
        return gained >= -MATERIAL_WH
    limit_w = highest_power_w(connector.believable_power_w)
    return gained >= -MATERIAL_WH and is_deliverable(gained, max(elapsed, timedelta()) + CLOCKS_DIFFER, limit_w)
