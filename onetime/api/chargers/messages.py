"""The log of messages: every frame that came from a charger or went to one, as it was on the wire."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from onetime.api.frame.access import RunningServices, needs
from onetime.api.frame.known import known_charger
from onetime.api.frame.pagination import GivenInstant, Instant, Page, next_page
from onetime.api.frame.parameters import ChargerName
from onetime.bounds import Text
from onetime.services.chargers.messages.listing import find_messages
from onetime.services.people.permissions import Permission

LARGEST_ID = 2**63 - 1  # what a database's integer holds
router = APIRouter(prefix="/messages", tags=["chargers"], dependencies=[Depends(needs(Permission.SEE_MESSAGES))])


class MessageItem(BaseModel):
    """One frame. Passwords and one-time addresses in it are masked."""

    id: int
    charger_id: str | None = Field(description="null for a charger whose row cannot be read.")
    at: Instant
    direction: Literal["received", "sent"] = Field(description="received: from the charger; sent: to it.")
    action: str | None = Field(description="null for the charger's answers, and for what could not be read.")
    frame: str = Field(description="As it was on the wire.")
    problem: str | None = Field(description="What was wrong with it, where something was.")


@router.get("", summary="List messages")
async def list_messages(
    request: Request,
    services: RunningServices,
    charger: Annotated[
        ChargerName | None, Query(description="A charger's OCPP identity; without it those of all.")
    ] = None,
    since: Annotated[GivenInstant | None, Query(alias="from", description="The first instant.")] = None,
    until: Annotated[GivenInstant | None, Query(alias="to", description="The first instant left out.")] = None,
    action: Annotated[Text | None, Query(max_length=50, description="Such as StatusNotification.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[int | None, Query(ge=0, le=LARGEST_ID)] = None,
) -> Page[MessageItem]:
    """Return the messages that fit, the newest first. They are kept for as long as the house keeps its log."""
    found = known_charger(services, charger) if charger is not None else None
    for each in [found] if found else services.chargers.live.chargers():
        await services.chargers.messages.flush(each.id)
    charger_id = found.id if found else None
    rows = await services.database.read(
        lambda s: find_messages(
            s, limit + 1, charger_id=charger_id, before_id=cursor, since=since, until=until, action=action
        )
    )
    live = services.chargers.live
    items = [
        MessageItem(
            id=row.id,
            charger_id=live.identity_of(owner),
            at=row.at,
            direction="sent" if row.direction == "sent" else "received",
            action=row.action,
            frame=row.frame,
            problem=row.problem,
        )
        for owner, row in rows[:limit]
    ]
    return Page(items=items, next=next_page(request, str(items[-1].id)) if len(rows) > limit else None)
