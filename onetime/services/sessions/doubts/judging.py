"""A second look at a session whose times have been put right: what held it may hold it no longer."""

from datetime import datetime

from sqlmodel import Session

from onetime.models import Connector, ReviewState, Transaction
from onetime.services.sessions.doubts.reasons import HOLDING, Doubt, doubt_about, open_items, raise_doubt, settle


def judge_again(session: Session, row: Transaction, now: datetime, answered: frozenset[Doubt]) -> None:
    """Hold a session for what is still doubtful about it, and no longer for what ``answered`` says is known now."""
    connector = session.get_one(Connector, row.connector_id)
    doubt = doubt_about(row, connector)
    if doubt in answered:
        return
    settle(session, row, now, answered)
    session.flush()
    waits = {each.reason for each in open_items(session, row.id or 0)}
    if row.review_state is ReviewState.HELD and not waits & HOLDING:
        row.review_state = ReviewState.CLEAR
        session.add(row)
    if doubt is not None:
        raise_doubt(session, doubt, connector.charger_id, row, "{}")
