"""Exact quarter-hour intervals per connector."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, status
from pydantic import BaseModel, Field

from onetime.api.frame.access import RunningServices, needs
from onetime.api.frame.pagination import Instant, Limit, Page, next_page
from onetime.billing.intervals import Quality
from onetime.services.billing.intervals import ConnectorInterval, Position, list_intervals
from onetime.services.people.permissions import Permission

router = APIRouter(prefix="/intervals", tags=["intervals"], dependencies=[Depends(needs(Permission.SEE_INTERVALS))])


class IntervalItem(BaseModel):
    """A quarter-hour of one connector: multiples of 15 minutes in UTC, energy in Wh."""

    charger_id: str = Field(description="The OCPP identity.")
    connector_id: int
    start: Instant
    end: Instant
    energy_wh: int
    quality: Quality


@router.get("", summary="List quarter-hour intervals")
async def read_intervals(
    request: Request,
    services: RunningServices,
    start: Annotated[Instant, Query(alias="from", description="First instant, RFC 3339.")],
    end: Annotated[Instant, Query(alias="to", description="First instant after the period, RFC 3339.")],
    limit: Limit = 5000,
    cursor: Annotated[str | None, Query(description="Where the page before ended.")] = None,
) -> Page[IntervalItem]:
    """Return the intervals of a period by connector and time.

    Only quarter-hours that a session touches are listed. Their sum over a session is exactly the difference of its
    two registers; at the ends of the period a session is cut, so that adjacent periods add up too. A session under
    review is left out. Intervals of a session that still runs are provisional.
    """
    if end <= start:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, "“to” must be later than “from”.")
    after = _position(cursor)
    found = await services.database.read(lambda s: list_intervals(s, start, end, limit + 1, after))
    items = [_item(each) for each in found[:limit]]
    more = len(found) > limit
    return Page(items=items, next=next_page(request, found[limit - 1].position.cursor()) if more else None)


def _position(cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    try:
        return Position.from_cursor(cursor)
    except ValueError as error:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, "This page address is damaged.") from error


def _item(found: ConnectorInterval) -> IntervalItem:
    interval = found.interval
    start: datetime = interval.start
    return IntervalItem(
        charger_id=found.identity,
        connector_id=found.connector_number,
        start=start,
        end=interval.end,
        energy_wh=interval.energy_wh,
        quality=interval.quality,
    )
