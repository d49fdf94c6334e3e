"""A second look at a session whose times have been put right: what held it may hold it no longer."""

from datetime import datetime

from sqlmodel import Session

from onetime.models import Connector, ReviewState, Transaction
from onetime.services.sessions.doubts.reasons import Doubt, is_time_unknown, release, settle
from onetime.services.sessions.judging.ends import doubt_of_the_ends, judge
from onetime.services.sessions.readings.metered import metered


def judge_again(session: Session, row: Transaction, now: datetime, answered: frozenset[Doubt]) -> None:
    """Hold a session for what is still doubtful about it, and no longer for what ``answered`` says is known now."""
    connector = session.get_one(Connector, row.connector_id)
    if is_time_unknown(row) and Doubt.TIME_UNKNOWN in answered:
        return
    if doubt_of_the_ends(row, connector, metered(session, row, connector.believable_power_w)) in answered:
        return
    settle(session, row, now, answered)
    release(session, row)
    if row.review_state is ReviewState.CLEAR and row.stopped_at is not None:
        judge(session, row, connector, None)
