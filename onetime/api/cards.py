"""Cards: what may charge, and whose it is."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response, status
from pydantic import BaseModel, ConfigDict, Field

from onetime.api.frame.access import RunningServices, needs
from onetime.api.frame.pagination import GivenInstant, Instant, Limit, Page, next_page
from onetime.api.frame.parameters import IdTag, NameCursor
from onetime.bounds import Text
from onetime.models import CardStatus
from onetime.services.cards.holders import ID_TAG_LIMIT, CardError, CardFacts, CardInUseError, CardRow, UnknownCardError
from onetime.services.people.permissions import Permission
from onetime.services.people.tokens import TokenHolder

router = APIRouter(prefix="/cards", tags=["cards"], dependencies=[Depends(needs(Permission.MANAGE_CARDS))])

Manager = Annotated[TokenHolder, Depends(needs(Permission.MANAGE_CARDS))]


class CardWish(BaseModel):
    """What a card is to be from now on; what is left out is taken away from it."""

    model_config = ConfigDict(extra="forbid")

    status: Literal[CardStatus.ACCEPTED, CardStatus.BLOCKED] = CardStatus.ACCEPTED
    tenant: Text | None = Field(default=None, max_length=80, description="Whose it is; added when new.")
    tenant_since: GivenInstant | None = Field(
        default=None,
        description="From when it is this tenant's; sessions that began before stay with the tenant before. Left out: "
        "from now on, or from its first session for a card that belonged to nobody.",
    )
    label: Text | None = Field(default=None, max_length=40, description="A name for the card.")
    group: Text | None = Field(
        default=None,
        max_length=ID_TAG_LIMIT,
        description="Cards of one group end each other's sessions and use each other's reservations (parentIdTag).",
    )
    expires_at: GivenInstant | None = Field(default=None, description="From then on chargers refuse it as expired.")


class CardItem(BaseModel):
    """A card as it is now. ``unknown`` ones were held to a charger and wait for somebody to say whose they are."""

    id_tag: str
    status: CardStatus
    tenant: str | None
    label: str | None
    group: str | None
    expires_at: Instant | None
    first_seen_at: Instant
    last_refused_at: Instant | None


@router.get("", summary="List cards")
async def list_cards(
    request: Request, services: RunningServices, limit: Limit = 1000, cursor: NameCursor = None
) -> Page[CardItem]:
    """Return all cards by their number."""
    cards = sorted(await services.cards.holders.cards(), key=lambda card: card.id_tag.upper())
    if cursor is not None:
        cards = [card for card in cards if card.id_tag.upper() > cursor.upper()]
    items = [_item(card) for card in cards[:limit]]
    return Page(items=items, next=next_page(request, items[-1].id_tag) if len(cards) > limit else None)


@router.get("/{id_tag}", summary="Read one card")
async def read_card(id_tag: IdTag, services: RunningServices) -> CardItem:
    """Return one card by its number, whatever its case."""
    try:
        return _item(await services.cards.holders.card(id_tag))
    except UnknownCardError as error:
        raise HTTPException(status.HTTP_404_NOT_FOUND, str(error)) from error


@router.put("/{id_tag}", summary="Store a card")
async def save_card(id_tag: IdTag, wish: CardWish, services: RunningServices, manager: Manager) -> CardItem:
    """Add a card, or replace what is known of it. Chargers are told the next time the card is shown."""
    facts = CardFacts(id_tag, wish.status, wish.tenant, wish.label, wish.group, wish.expires_at, wish.tenant_since)
    try:
        await services.cards.holders.save(facts, manager.actor)
        return _item(await services.cards.holders.card(id_tag))
    except CardError as error:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, str(error)) from error


class Deleted(BaseModel):
    """How many cards were deleted."""

    deleted: int


@router.delete("", summary="Delete all cards nobody has named")
async def delete_unknown_cards(
    services: RunningServices,
    manager: Manager,
    status: Annotated[Literal[CardStatus.UNKNOWN], Query(description="Those that wait for somebody to name them.")],
) -> Deleted:
    """Forget the cards nobody has named, but for those that have charged. One that is shown again is listed again."""
    return Deleted(deleted=await services.cards.holders.delete_unknown(manager.actor))


@router.delete("/{id_tag}", summary="Delete a card", status_code=status.HTTP_204_NO_CONTENT)
async def delete_card(id_tag: IdTag, services: RunningServices, manager: Manager) -> Response:
    """Forget a card that has never charged; one that has can only be blocked (409)."""
    try:
        await services.cards.holders.delete(id_tag, manager.actor)
    except UnknownCardError as error:
        raise HTTPException(status.HTTP_404_NOT_FOUND, str(error)) from error
    except CardInUseError as error:
        raise HTTPException(status.HTTP_409_CONFLICT, str(error)) from error
    return Response(status_code=status.HTTP_204_NO_CONTENT)


def _item(card: CardRow) -> CardItem:
    return CardItem(
        id_tag=card.id_tag,
        status=card.status,
        tenant=card.tenant,
        label=card.label,
        group=card.group,
        expires_at=card.expires_at,
        first_seen_at=card.first_seen_at,
        last_refused_at=card.last_refused_at,
    )
