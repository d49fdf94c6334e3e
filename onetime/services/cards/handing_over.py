"""Whose a card was when: a card that changes hands takes no session of before with it.

Whoever moves out pays for what they charged, and whoever moves in for what follows. A card that belonged to nobody
takes its sessions along to its first holder, unless somebody says from when it is theirs.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, case, exists
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select, update

from onetime.models import Card, CardPastHolder, Transaction
from onetime.services.complete import complete

_WAS_HANDED_OVER = (
    col(CardPastHolder.card_id) == col(Transaction.card_id),
    col(CardPastHolder.until) > col(Transaction.started_at),
)
_PAST_HOLDER = (
    sa_select(col(CardPastHolder.tenant_id))
    .where(*_WAS_HANDED_OVER)
    .order_by(col(CardPastHolder.until))
    .limit(1)
    .correlate(Transaction)
    .scalar_subquery()
)
# Whom a session is billed to: whom a person named, else whose the card was when it began. Join ``Card`` to use it.
BILLED_TO: ColumnElement[int | None] = case(
    (col(Transaction.tenant_id).is_not(None), col(Transaction.tenant_id)),
    (exists().where(*_WAS_HANDED_OVER).correlate(Transaction), _PAST_HOLDER),
    else_=col(Card.tenant_id),
)


def hand_over(session: Session, card: Card, tenant_id: int | None, since: datetime | None, now: datetime) -> None:
    """Give a card to a tenant, or to nobody, from an instant on.

    Without one it is from ``now`` on, or from its first session where the card belonged to nobody.
    """
    if card.id is None or card.tenant_id == tenant_id:
        card.tenant_id = tenant_id
        return
    past = list(_past(session, card.id))
    if since is None and (card.tenant_id is not None or any(each.tenant_id is not None for each in past)):
        since = now
    if since is not None:
        _keep_past(session, card, past, since)
    card.tenant_id = tenant_id
    # Sessions of a closed month that belonged to nobody belong to somebody now: a correction.
    session.exec(update(Transaction).where(col(Transaction.card_id) == card.id).values(changed_since_closing=True))


def forget_past(session: Session, card_id: int) -> None:
    """Forget whose a card was; it has never charged."""
    for each in _past(session, card_id):
        session.delete(each)
    session.flush()


def _keep_past(session: Session, card: Card, past: list[CardPastHolder], since: datetime) -> None:
    """Write down who had the card until an instant; whoever had it later has had it no longer than that."""
    superseded = [each for each in past if each.until >= since]
    before = superseded[0].tenant_id if superseded else card.tenant_id
    for each in superseded:
        session.delete(each)
    session.add(CardPastHolder(card_id=card.id or 0, tenant_id=before, until=since))


def _past(session: Session, card_id: int) -> list[CardPastHolder]:
    query = select(CardPastHolder).where(CardPastHolder.card_id == card_id)
    return complete(session, query.order_by(col(CardPastHolder.until)), CardPastHolder)
