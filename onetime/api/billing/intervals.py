"""Exact quarter-hour intervals per connector."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response, status
from pydantic import BaseModel, Field

from onetime.api.frame.access import RunningServices, needs
from onetime.api.frame.pagination import GivenInstant, Instant, Limit, Page, next_page
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
    quality: Quality | None = Field(description="How well it is known; null where no session touched it.")
    revision: int = Field(
        description="0 while the month is open and may still change; 1 once it is closed, and one more with each "
        "correction that was booked since."
    )


@router.get(
    "",
    summary="List quarter-hour intervals",
    response_model=Page[IntervalItem],
    responses={304: {"description": "Nothing has changed since the answer with this ETag."}},
)
async def read_intervals(
    request: Request,
    services: RunningServices,
    start: Annotated[GivenInstant, Query(alias="from", description="First instant, RFC 3339.")],
    end: Annotated[GivenInstant, Query(alias="to", description="First instant after the period, RFC 3339.")],
    limit: Limit = 5000,
    cursor: Annotated[str | None, Query(max_length=40, description="Where the page before ended.")] = None,
    empty: Annotated[bool, Query(description="List the quarter-hours that no session touched too, with 0 Wh.")] = False,
    if_none_match: Annotated[str | None, Header(max_length=4096, description="The ETag of an answer you have.")] = None,
) -> Response:
    """Return the intervals of a period by connector and time.

    Without ``empty`` only quarter-hours that a session touches are listed; with it every one up to now, as a billing
    solution for a ZEV expects: 96 a day, 92 and 100 when the clock changes. Their sum over a session is exactly the
    difference of its two registers; at the ends of the period a session is cut, so that adjacent periods add up too. A
    session under review is left out. Intervals of a session that still runs are provisional.

    The intervals of a closed month change only with its ``revision``: what becomes known later is booked when a later
    month is closed. The ETag names exactly this answer.
    """
    if end <= start:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, "“to” must be later than “from”.")
    after = _position(cursor)
    found = await services.database.read(lambda s: list_intervals(s, start, end, limit + 1, after, with_empty=empty))
    items = [_item(each) for each in found[:limit]]
    more = len(found) > limit
    page = Page[IntervalItem](
        items=items, next=next_page(request, found[limit - 1].position.cursor()) if more else None
    )
    content = page.model_dump_json().encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if if_none_match is not None and etag in [each.strip().removeprefix("W/") for each in if_none_match.split(",")]:
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


def _position(cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    try:
        return Position.from_cursor(cursor)
    except ValueError as error:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, "This page address is damaged.") from error


def _item(found: ConnectorInterval) -> IntervalItem:
    interval = found.interval
    return IntervalItem(
        charger_id=found.identity,
        connector_id=found.connector_number,
        start=interval.start,
        end=interval.end,
        energy_wh=interval.energy_wh,
        quality=None if found.is_empty else interval.quality,
        revision=found.revision,
    )
