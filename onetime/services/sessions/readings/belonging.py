"""Which session a reading belongs to: the one it names, else the one that ran when it was taken, else none."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from onetime.models import Connector, Transaction
from onetime.services.chargers.live import LiveConnector

ASK_DATABASE = -1
LATE = timedelta(minutes=5)  # a reading older than this at its arrival may belong to a session not known here


def running_session(connector: LiveConnector) -> int | None:
    """Return the id of the session that runs on a connector, or None."""
    return connector.session.transaction_id if connector.session else None


def session_known(
    connector: LiveConnector, transaction_id: int | None, taken_at: datetime, received_at: datetime
) -> int | None:
    """Return the session a reading belongs to, None for the house, or ``ASK_DATABASE`` where memory cannot tell."""
    running = running_session(connector)
    if _is_usable(transaction_id):
        return running if transaction_id == running else ASK_DATABASE
    return _by_time(connector, taken_at, received_at)


def sessions_by_time(connector: LiveConnector, times: Sequence[datetime], received_at: datetime) -> list[int | None]:
    """Return for each instant a connector measured at what ``session_known`` says where no session is named."""
    return [_by_time(connector, each, received_at) for each in times]


def find_sessions(
    session: Session,
    connector: LiveConnector,
    transaction_id: int | None,
    times: Sequence[datetime],
    by_time: Sequence[int | None],
) -> list[int | None]:
    """Return the session of each instant a connector measured at, None for the house.

    ``by_time`` is what is known of it in memory, ``ASK_DATABASE`` where that is nothing.
    """
    if transaction_id is not None and _is_usable(transaction_id) and _belongs(session, transaction_id, connector):
        return [transaction_id] * len(times)
    return [
        _session_at(session, connector.id, instant) if known == ASK_DATABASE else known
        for instant, known in zip(times, by_time, strict=True)
    ]


def note_late_readings(session: Session, transaction_ids: set[int | None]) -> None:
    """Say that ended sessions have got more readings: they may move energy across the end of a closed month."""
    changed = update(Transaction).where(col(Transaction.id).in_(transaction_ids))
    session.exec(changed.where(col(Transaction.changed_since_closing).is_(False)).values(changed_since_closing=True))


def _is_usable(transaction_id: int | None) -> bool:
    return transaction_id is not None and 0 < transaction_id < 2**31


def _by_time(connector: LiveConnector, taken_at: datetime, received_at: datetime) -> int | None:
    return ASK_DATABASE if _is_late(connector, taken_at, received_at) else running_session(connector)


def _is_late(connector: LiveConnector, taken_at: datetime, received_at: datetime) -> bool:
    """Say whether a reading may be of a session before the one that runs, or of one that has ended."""
    if connector.session is not None:
        return taken_at < connector.session.started_at
    return taken_at < connector.past_until or received_at - taken_at > LATE


def _belongs(session: Session, transaction_id: int, connector: LiveConnector) -> bool:
    """Say whether a connector's reading can be of a session: connector 0 has the sum of several, or the only one's."""
    of_session = select(Connector.charger_id).join(Transaction, col(Transaction.connector_id) == col(Connector.id))
    if session.exec(of_session.where(Transaction.id == transaction_id)).first() != connector.charger.id:
        return False
    plugs = sum(number > 0 for number in connector.charger.connectors)
    return connector.number > 0 or plugs == 1


def _session_at(session: Session, connector_id: int, instant: datetime) -> int | None:
    """Return the session that ran on a connector at an instant."""
    query = (
        select(Transaction.id)
        .where(
            Transaction.connector_id == connector_id,
            Transaction.started_at <= instant,
            col(Transaction.stopped_at).is_(None) | (col(Transaction.stopped_at) >= instant),
        )
        .order_by(col(Transaction.started_at).desc())
        .limit(1)
    )
    return session.exec(query).first()
