"""What keeps a session from being billed on its own, and the inbox entries that say so."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from onetime.billing.registers.readings import ReviewReason
from onetime.clock import is_plausible, utc_now
from onetime.models import ReviewItem, ReviewState, Transaction
from onetime.services.chargers.clocks import EARLIEST
from onetime.store.unreadable import readable_rows

# Where nobody has set a connector's power, more than the largest car battery (GMC Hummer EV, 247 kWh) is a lifetime
# register taken for a session's (evcc #29374), however long it took.
LARGEST_BATTERY_WH = 250_000


class Doubt(StrEnum):
    """Why a person has to look: the keys of ``ReviewItem.reason``."""

    STOP_WITHOUT_START = "stop_without_start"
    STOP_NEVER_CAME = "stop_never_came"
    STOP_AFTER_DECISION = "stop_after_decision"
    REGISTER_WENT_BACK = "register_went_back"
    CLOCK_WENT_BACK = "clock_went_back"
    FASTER_THAN_CONNECTOR = "faster_than_connector"
    TIME_UNKNOWN = "time_unknown"
    ENDS_CONTRADICTED = "ends_contradicted"
    METER_STOOD_STILL = "meter_stood_still"
    METER_SHARED = "meter_shared"
    OVERLAPPING = "overlapping"
    REGISTER_MISSING = "register_missing"
    CONNECTOR_UNKNOWN = "connector_unknown"
    START_REPEATED = "start_repeated"
    REFUSED_CARD = "refused_card"
    IMPLAUSIBLE_READING = "implausible_reading"
    REGISTER_JUMPED = "register_jumped"
    CHARGED_WITHOUT_SESSION = "charged_without_session"
    ASKED_FOR = "asked_for"


# These forbid billing; of the others the session's own registers are not in doubt.
HOLDING = frozenset(
    {
        Doubt.REGISTER_WENT_BACK,
        Doubt.CLOCK_WENT_BACK,
        Doubt.FASTER_THAN_CONNECTOR,
        Doubt.TIME_UNKNOWN,
        Doubt.START_REPEATED,
        Doubt.ENDS_CONTRADICTED,
        Doubt.METER_STOOD_STILL,
        Doubt.METER_SHARED,
        Doubt.OVERLAPPING,
        Doubt.REGISTER_MISSING,
        Doubt.CONNECTOR_UNKNOWN,
    }
)
# Of these the ends themselves are the reason; a bad reading of the same session is part of it and no second entry.
_ABOUT_ENDS = frozenset({Doubt.REGISTER_WENT_BACK, Doubt.FASTER_THAN_CONNECTOR, Doubt.ENDS_CONTRADICTED})

OF_BILLING = {
    ReviewReason.METER_WENT_BACK: Doubt.REGISTER_WENT_BACK,
    ReviewReason.CLOCK_WENT_BACK: Doubt.CLOCK_WENT_BACK,
}


def raise_doubt(
    session: Session,
    doubt: Doubt,
    charger_id: int,
    row: Transaction | None,
    evidence: str,
    connector_id: int | None = None,
) -> None:
    """Put something into the inbox, once for each session and reason, and hold the session where it must not be billed.

    ``evidence`` is the raw message, or JSON that says what was seen.
    """
    if row is not None and doubt in HOLDING:
        row.review_state = ReviewState.HELD
        session.add(row)
    transaction_id = row.id if row is not None else None
    if row is not None and doubt in _ABOUT_ENDS:
        settle(session, row, utc_now(), frozenset({Doubt.IMPLAUSIBLE_READING}))
    if transaction_id is not None and doubt in {item.reason for item in open_items(session, transaction_id)}:
        return
    session.add(
        ReviewItem(
            reason=doubt,
            charger_id=charger_id,
            connector_id=row.connector_id if row is not None else connector_id,
            transaction_id=transaction_id,
            evidence=evidence,
        )
    )


def settle(session: Session, row: Transaction, now: datetime, doubts: frozenset[Doubt]) -> None:
    """Close what the charger's own, later message has answered."""
    for item in open_items(session, row.id or 0):
        if item.reason in doubts:
            item.resolved_at, item.resolution = now, "settled"
            session.add(item)


def release(session: Session, row: Transaction) -> None:
    """Hold a session no longer where nothing that waits about it forbids billing."""
    session.flush()
    if row.review_state is ReviewState.HELD and not any(i.reason in HOLDING for i in open_items(session, row.id or 0)):
        row.review_state = ReviewState.CLEAR
        session.add(row)


def open_items(session: Session, transaction_id: int) -> list[ReviewItem]:
    """Return what is still open about a session."""
    query = select(ReviewItem).where(ReviewItem.transaction_id == transaction_id, col(ReviewItem.resolved_at).is_(None))
    return readable_rows(session, query, col(ReviewItem.id))


def is_time_unknown(row: Transaction) -> bool:
    """Say whether the session's times rest on nothing: the charger had none, and neither had we."""
    if row.started_at < EARLIEST or (row.stopped_at is not None and row.stopped_at < EARLIEST):
        return True
    received = [each for each in (row.start_received_at, row.stop_received_at) if each is not None]
    return row.time_corrected and not all(is_plausible(each) for each in received)
