"""The card an operation is for: known here, and allowed to charge."""

from sqlmodel import Session, select

from onetime.clock import utc_now
from onetime.models import Card, CardStatus, ConnectorStatus
from onetime.services.cards.authorization import id_tag_key
from onetime.services.chargers.live import LiveConnector
from onetime.services.operations.run import OperationFailedError, Run
from onetime.services.sessions.reservations import active_reservations, is_reserved_for
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


async def check_reservation(run: Run, connector: LiveConnector, id_tag: str, group: str | None) -> None:
    """Raise ``OperationFailedError`` where a connector is kept free for another card, and not for this one's group."""
    if connector.status is not ConnectorStatus.RESERVED:
        return
    now = utc_now()
    active = await run.database.read(lambda s: active_reservations(s, run.charger.id, now))
    here = [row for row in active if row.connector_number in (0, connector.number)]
    if here and not any(is_reserved_for(row, id_tag, group) for row in here):
        until = max(row.until for row in here).strftime("%Y-%m-%d %H:%M UTC")
        msg = _("{label} is reserved for another card until {until}.", label=connector.label, until=until)
        raise OperationFailedError(msg, "reserved")


def refused_card(id_tag: str) -> OperationFailedError:
    """Return what to raise for a card that may not charge."""
    return OperationFailedError(_("The card {id_tag} may not charge here.", id_tag=id_tag), "card-refused")
