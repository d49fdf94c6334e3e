"""Cards and the tenants they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select, update

from onetime.database import Database
from onetime.events import CardChanged, EventBus
from onetime.models import Card, CardStatus, Tenant, Transaction
from onetime.services.audit import record
from onetime.services.authorization import id_tag_key
from onetime.texts import _

ID_TAG_LIMIT = 20  # OCPP 1.6 edition 2, section 7.16: CiString20


class CardError(Exception):
    """A card cannot be stored as asked; the text says why."""


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card as a manager sees it."""

    id: int
    id_tag: str
    label: str | None
    status: CardStatus
    tenant_id: int | None
    tenant: str | None
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

    async def tenants(self) -> list[str]:
        """Return the names of all tenants."""
        return await self._database.read(lambda s: list(s.exec(select(Tenant.name).order_by(col(Tenant.name)))))

    async def numbered_tenants(self) -> list[tuple[int, str]]:
        """Return number and name of all tenants, by name."""
        query = select(Tenant.id, Tenant.name).order_by(col(Tenant.name))
        return await self._database.read(lambda s: [(number or 0, name) for number, name in s.exec(query)])

    async def save(self, id_tag: str, *, status: CardStatus, tenant: str | None, label: str | None, actor: str) -> None:
        """Store a card by its tag, with the tenant of this name (added when new). Raises ``CardError``."""
        card_id = await self._database.write(lambda s: save_card(s, id_tag, status, tenant, label, actor))
        self._bus.publish(CardChanged(card_id))


def save_card(
    session: Session, id_tag: str, status: CardStatus, tenant: str | None, label: str | None, actor: str
) -> int:
    """Store a card inside a transaction and return its id. Raises ``CardError`` for a tag no charger could send."""
    tag = id_tag.strip()
    if not tag or len(tag) > ID_TAG_LIMIT:
        msg = _("A card number has 1 to {limit} characters; this one has {count}.", limit=ID_TAG_LIMIT, count=len(tag))
        raise CardError(msg)
    card = session.exec(select(Card).where(Card.id_tag_key == id_tag_key(tag))).first()
    if card is None:
        card = Card(id_tag=tag, id_tag_key=id_tag_key(tag))
    card.status = status
    card.label = (label or "").strip() or None
    owner = tenant_id(session, tenant)
    if card.id is not None and card.tenant_id != owner:
        # Sessions of a closed month that belonged to nobody belong to somebody now: a correction.
        session.exec(update(Transaction).where(col(Transaction.card_id) == card.id).values(changed_since_closing=True))
    card.tenant_id = owner
    session.add(card)
    session.flush()
    record(session, actor, "card.save", tag, f"{status.value}, {tenant or 'no tenant'}")
    return card.id or 0


def tenant_id(session: Session, name: str | None) -> int | None:
    """Return the tenant of this name, adding one that is new; None for no name."""
    cleaned = (name or "").strip()
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
    query = select(Card, Tenant.name).join(Tenant, isouter=True)
    rows: Sequence[tuple[Card, str | None]] = session.exec(query).all()
    cards = [
        CardRow(
            id=card.id or 0,
            id_tag=card.id_tag,
            label=card.label,
            status=card.status,
            tenant_id=card.tenant_id,
            tenant=tenant,
            first_seen_at=card.first_seen_at,
            last_refused_at=card.last_refused_at,
        )
        for card, tenant in rows
    ]
    return sorted(cards, key=lambda c: (c.status is not CardStatus.UNKNOWN, (c.tenant or "￿").casefold(), c.id_tag))
