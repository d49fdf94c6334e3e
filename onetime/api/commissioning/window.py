"""Whether chargers nobody knows yet may connect."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, status
from pydantic import BaseModel, ConfigDict, Field

from onetime.api.frame.access import RunningServices, needs
from onetime.api.frame.pagination import GivenInstant, Instant
from onetime.services.commissioning.window import AlwaysOpenError, CommissioningError, CommissioningService
from onetime.services.people.permissions import Permission
from onetime.services.people.tokens import TokenHolder

router = APIRouter(prefix="/commissioning", tags=["chargers"])


class CommissioningItem(BaseModel):
    """Whether new chargers are let in. One that is not waits for nothing: it gets 404 and is listed as knocking."""

    is_open: bool = Field(description="Whether a charger that is not known here may connect now, to wait as Pending.")
    open_until: Instant | None = Field(
        description="Null while closed; while open, null means that the system's time must become right first."
    )
    accepts_at_once: bool = Field(
        description="The setting ONETIME_ACCEPT_NEW_CHARGERS: always open, and new chargers are accepted at once."
    )


class CommissioningWish(BaseModel):
    """Until when new chargers shall be let in."""

    model_config = ConfigDict(extra="forbid")

    open_until: GivenInstant | None = Field(description="An instant at most 366 days from now; null closes at once.")


@router.get("", summary="Read commissioning", dependencies=[Depends(needs(Permission.SEE_CHARGER))])
async def read_commissioning(services: RunningServices) -> CommissioningItem:
    """Return whether a charger that is not known here may connect, and until when."""
    return _item(services.commissioning.window)


@router.put(
    "",
    summary="Open or close commissioning",
    responses={409: {"description": "It cannot be closed: the setting ONETIME_ACCEPT_NEW_CHARGERS keeps it open."}},
)
async def write_commissioning(
    wish: CommissioningWish,
    services: RunningServices,
    decider: Annotated[TokenHolder, Depends(needs(Permission.ACCEPT_CHARGER))],
) -> CommissioningItem:
    """Let new chargers in until an instant, or turn them away from now on. Known chargers connect in any case."""
    commissioning = services.commissioning.window
    try:
        if wish.open_until is None:
            await commissioning.close(decider.actor)
        else:
            await commissioning.open_until_instant(wish.open_until, decider.actor)
    except AlwaysOpenError as error:
        raise HTTPException(status.HTTP_409_CONFLICT, str(error)) from error
    except CommissioningError as error:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, str(error)) from error
    return _item(commissioning)


def _item(commissioning: CommissioningService) -> CommissioningItem:
    return CommissioningItem(
        is_open=commissioning.is_open,
        open_until=commissioning.open_until,
        accepts_at_once=commissioning.always_open,
    )
