"""The card an operation is for: known here, and allowed to charge."""

from sqlmodel import Session, select

from onetime.clock import utc_now
from onetime.models import Card, CardStatus
from onetime.services.cards.authorization import id_tag_key
from onetime.services.operations.run import OperationFailedError, Run
from onetime.texts import _


async def check_card(run: Run, id_tag: str) -> Card | None:
    """Return a card, or None for one never seen. Raises ``OperationFailedError`` for one that may not charge.

    It is asked before the charger is: its own question would be answered in the same way.
    """
    now, key = utc_now(), id_tag_key(id_tag)

    def work(session: Session) -> Card | None:
        return session.exec(select(Card).where(Card.id_tag_key == key)).first()

    card = await run.database.read(work)
    if (card is None or card.status is CardStatus.UNKNOWN) and not run.tools.settings.accept_unknown_cards:
        raise refused_card(id_tag)
    if card is not None and (card.status is CardStatus.BLOCKED or (card.expires_at and card.expires_at <= now)):
        raise refused_card(id_tag)
    return card


def refused_card(id_tag: str) -> OperationFailedError:
    """Return what to raise for a card that may not charge."""
    return OperationFailedError(_("The card {id_tag} may not charge here.", id_tag=id_tag), "card-refused")
