"""What chargers keep free for a card."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from onetime.api.frame.access import RunningServices, needs
from onetime.api.frame.known import known_charger
from onetime.api.frame.pagination import Instant, Page
from onetime.api.frame.parameters import ChargerId
from onetime.clock import utc_now
from onetime.services.people.permissions import Permission
from onetime.services.sessions.reservations import active_reservations

router = APIRouter(
    prefix="/chargers/{charger_id}/reservations",
    tags=["operations"],
    dependencies=[Depends(needs(Permission.SEE_CHARGER))],
)


class ReservationItem(BaseModel):
    """A reservation that holds now."""

    reservation_id: int
    connector_id: int = Field(description="0 stands for any connector.")
    id_tag: str
    until: Instant


@router.get("", summary="List reservations")
async def list_reservations(charger_id: ChargerId, services: RunningServices) -> Page[ReservationItem]:
    """Return what the charger keeps free now, the one that ends first at the top."""
    charger, now = known_charger(services, charger_id), utc_now()
    rows = await services.database.read(lambda s: active_reservations(s, charger.id, now))
    items = [
        ReservationItem(
            reservation_id=row.id or 0, connector_id=row.connector_number, id_tag=row.id_tag, until=row.until
        )
        for row in rows
    ]
    return Page(items=items)
