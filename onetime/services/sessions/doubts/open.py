"""Why sessions wait in the review inbox, for many of them at once. Read only."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from onetime.models import ReviewItem

IDS_PER_QUERY = 500


def open_doubts(session: Session, transaction_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return why each session waits in the review inbox, for those that do."""
    found: dict[int, list[str]] = {}
    for first in range(0, len(transaction_ids), IDS_PER_QUERY):
        some = transaction_ids[first : first + IDS_PER_QUERY]
        query = select(ReviewItem.transaction_id, ReviewItem.reason).where(
            col(ReviewItem.resolved_at).is_(None), col(ReviewItem.transaction_id).in_(some)
        )
        for transaction_id, reason in session.exec(query):
            found.setdefault(transaction_id or 0, []).append(reason)
    return found
