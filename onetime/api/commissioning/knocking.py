"""Who knocked at the chargers' port and was refused."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from onetime.api.frame.access import RunningServices, needs
from onetime.api.frame.pagination import Instant, Page
from onetime.services.people.permissions import Permission

router = APIRouter(prefix="/knocking", tags=["chargers"], dependencies=[Depends(needs(Permission.ACCEPT_CHARGER))])


class KnockItem(BaseModel):
    """A caller that was refused, once per path, address and reason."""

    path: str = Field(description="What it asked for; a charger's path ends with its name.")
    address: str
    reason: str
    offered: str = Field(description="The versions of OCPP it named.")
    charger_id: str | None = Field(
        description="A charger that was refused only for not being known here: PUT /chargers/{id} lets it in."
    )
    first_at: Instant
    last_at: Instant
    count: int


@router.get("", summary="List refused connections")
async def list_knocking(services: RunningServices) -> Page[KnockItem]:
    """Return who was refused since the start of this process, the latest first; at most 200."""
    items = [
        KnockItem(
            path=knock.path,
            address=knock.address,
            reason=knock.reason,
            offered=knock.offered,
            charger_id=knock.identity,
            first_at=knock.first_at,
            last_at=knock.last_at,
            count=knock.count,
        )
        for knock in services.commissioning.knocking
    ]
    return Page(items=items)
