"""Cards and the tenants they belong to."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from onetime.bounds import bounded_instant, storable
from onetime.clock import utc_now
from onetime.events import CardChanged, EventBus
from onetime.models import Card, CardStatus, Tenant, Transaction
from onetime.services.cards.authorization import id_tag_key
from onetime.services.cards.handing_over import forget_past, hand_over
from onetime.services.people.audit import record
from onetime.store.database import Database
from onetime.store.unreadable import readable_rows
from onetime.texts import _

ID_TAG_LIMIT = 20  # OCPP 1.6 edition 2, section 7.16: CiString20


class CardError(Exception):
    """A card cannot be stored as asked; the text says why."""


class UnknownCardError(CardError):
    """There is no card of this number."""


class CardInUseError(CardError):
    """Sessions rest on the card, so it cannot be deleted."""


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a person says of a card. ``group`` is OCPP's parentIdTag, ``tenant`` a name that is added when new.

    ``since`` is from when it is the tenant's; sessions that began before stay with whom it belonged to then.
    """

    id_tag: str
    status: CardStatus = CardStatus.ACCEPTED
    tenant: str | None = None
    label: str | None = None
    group: str | None = None
    expires_at: datetime | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card as a manager sees it."""

    id: int
    id_tag: str
    label: str | None
    status: CardStatus
    tenant_id: int | None
    tenant: str | None
    group: str | None
    expires_at: datetime | None
    first_seen_at: datetime
    last_refused_at: datetime | None


class CardService:
    """Lists cards and decides about them."""

    def __init__(self, database: Database, bus: EventBus) -> None:
        self._database = database
        self._bus = bus

    async def cards(self) -> list[CardRow]:
        """Return all cards: those waiting for a decision first, then by tenant."""
        return await self._database.read(list_cards)

    async def card(self, id_tag: str) -> CardRow:
        """Return one card, whatever the case of its number. Raises ``UnknownCardError``."""
        return await self._database.read(lambda s: read_card(s, id_tag))

    async def tenants(self) -> list[str]:
        """Return the names of all tenants."""
        return await self._database.read(lambda s: list(s.exec(select(Tenant.name).order_by(col(Tenant.name)))))

    async def numbered_tenants(self) -> list[tuple[int, str]]:
        """Return number and name of all tenants, by name."""
        query = select(Tenant.id, Tenant.name).order_by(col(Tenant.name))
        return await self._database.read(lambda s: [(number or 0, name) for number, name in s.exec(query)])

    async def save(self, facts: CardFacts, actor: str) -> None:
        """Store a card by its number, replacing what was known of it. Raises ``CardError``."""
        card_id = await self._database.write(lambda s: save_card(s, facts, actor))
        self._bus.publish(CardChanged(card_id))

    async def delete(self, id_tag: str, actor: str) -> None:
        """Forget a card that has never charged. Raises ``UnknownCardError`` or ``CardInUseError``."""
        card_id = await self._database.write(lambda s: delete_card(s, id_tag, actor))
        self._bus.publish(CardChanged(card_id))

    async def delete_unknown(self, actor: str) -> int:
        """Forget all cards nobody has named that have never charged, and return how many."""
        card_ids = await self._database.write(lambda s: delete_unknown(s, actor))
        for card_id in card_ids:
            self._bus.publish(CardChanged(card_id))
        return len(card_ids)


def delete_unknown(session: Session, actor: str) -> list[int]:
    """Forget the cards that wait for somebody to name them and have never charged; return the ids they had."""
    charged = select(Transaction.id).where(Transaction.card_id == Card.id)
    junk = list(session.exec(select(Card).where(Card.status == CardStatus.UNKNOWN, ~charged.exists())).all())
    for card in junk:
        forget_past(session, card.id or 0)
        session.delete(card)
    if junk:
        record(session, actor, "card.delete", f"{len(junk)} cards nobody has named")
    return [card.id or 0 for card in junk]


def save_card(session: Session, facts: CardFacts, actor: str) -> int:
    """Store a card inside a transaction and return its id. Raises ``CardError`` for what no charger could send."""
    tag = _checked(facts.id_tag)
    card = _find(session, tag)
    if card is None:
        card = Card(id_tag=tag, id_tag_key=id_tag_key(tag))
    card.status = facts.status
    card.label = _kept(facts.label or "").strip() or None
    owner = tenant_id(session, facts.tenant)
    is_handed_over = card.tenant_id != owner
    hand_over(session, card, owner, _checked_time(facts.since), utc_now())
    card.parent_id_tag = _checked(facts.group) if facts.group and facts.group.strip() else None
    card.expires_at = _checked_time(facts.expires_at)
    session.add(card)
    session.flush()
    until = f", until {facts.expires_at.isoformat()}" if facts.expires_at else ""
    group = f", group {card.parent_id_tag}" if card.parent_id_tag else ""
    since = f" from {facts.since.isoformat()}" if is_handed_over and facts.since else ""
    tenant = f"{facts.tenant or 'no tenant'}{since}"
    record(session, actor, "card.save", tag, f"{facts.status.value}, {tenant}{group}{until}")
    return card.id or 0


def delete_card(session: Session, id_tag: str, actor: str) -> int:
    """Forget a card inside a transaction and return the id it had.

    Raises ``UnknownCardError``, or ``CardInUseError`` when a session was charged with it.
    """
    card = _known(session, id_tag)
    if session.exec(select(Transaction.id).where(Transaction.card_id == card.id).limit(1)).first() is not None:
        msg = _("{card} has charged, and its sessions need it. Block it instead.", card=card.id_tag)
        raise CardInUseError(msg)
    forget_past(session, card.id or 0)
    session.delete(card)
    record(session, actor, "card.delete", card.id_tag)
    return card.id or 0


def tenant_id(session: Session, name: str | None) -> int | None:
    """Return the tenant of this name, adding one that is new; None for no name."""
    cleaned = _kept(name or "").strip()
    if not cleaned:
        return None
    tenant = session.exec(select(Tenant).where(Tenant.name == cleaned)).first()
    if tenant is None:
        tenant = Tenant(name=cleaned)
        session.add(tenant)
        session.flush()
    return tenant.id


def list_cards(session: Session) -> list[CardRow]:
    """Return all cards: those waiting for a decision first, then by tenant and tag."""
    rows = readable_rows(session, select(Card, Tenant.name).join(Tenant, isouter=True), col(Card.id))
    cards = [_row(card, tenant) for card, tenant in rows]
    return sorted(cards, key=lambda c: (c.status is not CardStatus.UNKNOWN, (c.tenant or "￿").casefold(), c.id_tag))


def read_card(session: Session, id_tag: str) -> CardRow:
    """Return one card, whatever the case of its number. Raises ``UnknownCardError``."""
    card = _known(session, id_tag)
    tenant = session.get(Tenant, card.tenant_id) if card.tenant_id is not None else None
    return _row(card, tenant.name if tenant else None)


def _row(card: Card, tenant: str | None) -> CardRow:
    return CardRow(
        id=card.id or 0,
        id_tag=card.id_tag,
        label=card.label,
        status=card.status,
        tenant_id=card.tenant_id,
        tenant=tenant,
        group=card.parent_id_tag,
        expires_at=card.expires_at,
        first_seen_at=card.first_seen_at,
        last_refused_at=card.last_refused_at,
    )


def _find(session: Session, id_tag: str) -> Card | None:
    return session.exec(select(Card).where(Card.id_tag_key == id_tag_key(id_tag))).first()


def _known(session: Session, id_tag: str) -> Card:
    card = _find(session, id_tag)
    if card is None:
        raise UnknownCardError(_("There is no card with the number {number}.", number=id_tag))
    return card


def _kept(text: str) -> str:
    try:
        return storable(text)
    except ValueError as error:
        raise CardError(_("A name or number holds a character that cannot be kept.")) from error


def _checked_time(instant: datetime | None) -> datetime | None:
    try:
        return None if instant is None else bounded_instant(instant)
    except ValueError as error:
        raise CardError(_("A time between the years 1970 and 2199 is needed.")) from error


def _checked(number: str) -> str:
    tag = _kept(number).strip()
    if not tag or len(tag) > ID_TAG_LIMIT:
        msg = _("A card number has 1 to {limit} characters; this one has {count}.", limit=ID_TAG_LIMIT, count=len(tag))
        raise CardError(msg)
    return tag
