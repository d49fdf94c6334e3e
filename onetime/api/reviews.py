"""The review inbox: what is doubtful, and sessions made of stops whose start was lost."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, status
from pydantic import BaseModel, Field

from onetime.api.frame.access import RunningServices, needs
from onetime.api.frame.pagination import Instant, Page, next_page
from onetime.api.frame.parameters import RowCursor, RowId
from onetime.api.sessions import TransactionItem, read_transaction
from onetime.services.people.permissions import Permission
from onetime.services.people.tokens import TokenHolder
from onetime.services.reviews.ends import LARGEST_WH, CorrectedEnds
from onetime.services.reviews.listing import Evidence, ReviewRow
from onetime.services.reviews.making import NewSession
from onetime.services.reviews.undo import ReviewError
from onetime.services.runtime import Services

router = APIRouter(prefix="/reviews", tags=["reviews"], dependencies=[Depends(needs(Permission.REVIEW_SESSIONS))])

Register = Annotated[int, Field(ge=0, le=LARGEST_WH)]
NOTE_LIMIT = 500


class ReviewEntry(BaseModel):
    """Something that waits for a decision. Its session's fields are null where it is about a message that fits none."""

    id: int
    reason: str = Field(description="Why a person has to look, such as `stop_without_start`.")
    created_at: Instant
    charger_id: str | None = Field(description="The OCPP identity.")
    connector_id: int | None
    transaction_id: int | None
    can_make_session: bool = Field(description="Whether a session can be made of it.")


class ProposedSession(BaseModel):
    """What a session made of an entry most likely was. Registers in Wh."""

    connector_id: int
    id_tag: str
    started_at: Instant
    stopped_at: Instant
    meter_start_wh: int
    meter_stop_wh: int


class ReviewDetails(ReviewEntry):
    """An entry with what it rests on."""

    message: str = Field(description="The charger's message as it came, or JSON that says what was seen.")
    resolution: str | None = Field(description="How somebody decided; null while it waits.")
    proposal: ProposedSession | None


class WantedSession(BaseModel):
    """What a session was, as somebody says who knows. Registers in Wh; it counts as corrected."""

    connector_id: int = Field(ge=1, le=999)
    id_tag: str = Field(max_length=NOTE_LIMIT, description="The card; empty where nobody knows it.")
    started_at: Instant
    stopped_at: Instant
    meter_start_wh: Register
    meter_stop_wh: Register
    note: str = Field(min_length=1, max_length=NOTE_LIMIT, description="How it is known; kept in the audit log.")


@router.get("", summary="List what waits for a decision")
async def list_reviews(
    request: Request,
    services: RunningServices,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
    cursor: RowCursor = None,
) -> Page[ReviewEntry]:
    """Return what waits, oldest first."""
    rows = await services.reviews.open_items(limit + 1, cursor or 0)
    items = [ReviewEntry(**_entry(row)) for row in rows[:limit]]
    return Page(items=items, next=next_page(request, str(items[-1].id)) if len(rows) > limit else None)


@router.get("/{item_id}", summary="Read one entry of the inbox")
async def read_review(item_id: RowId, services: RunningServices) -> ReviewDetails:
    """Return an entry, waiting or decided, with its message and the session that can be made of it."""
    evidence = await _evidence(services, item_id)
    return ReviewDetails(
        **_entry(evidence.item),
        message=evidence.message,
        resolution=evidence.item.resolution,
        proposal=_proposed(services, evidence),
    )


@router.post(
    "/{item_id}/session",
    summary="Make a session",
    status_code=status.HTTP_201_CREATED,
    responses={409: {"description": "Somebody has decided about it, or no session can be made of it."}},
)
async def make_session(
    item_id: RowId,
    wanted: WantedSession,
    services: RunningServices,
    caller: Annotated[TokenHolder, Depends(needs(Permission.REVIEW_SESSIONS))],
) -> TransactionItem:
    """Add the session whose start was lost, from its stop, its energy or its place, and settle the entry.

    It is billed like any other and says that a person set its ends. 422 with a sentence for ends that cannot be, and
    for energy that another session of the connector has already.
    """
    evidence = await _evidence(services, item_id)
    if evidence.proposal is None:
        detail = "No session can be made of this: somebody has decided about it, or it is about something else."
        raise HTTPException(status.HTTP_409_CONFLICT, detail)
    charger = services.chargers.live.find(evidence.item.identity or "")
    plug = charger.connectors.get(wanted.connector_id) if charger is not None else None
    ends = CorrectedEnds(wanted.started_at, wanted.meter_start_wh, wanted.stopped_at, wanted.meter_stop_wh)
    said = NewSession(plug.id if plug is not None else 0, wanted.id_tag, ends)
    try:
        number = await services.reviews.make(item_id, said, wanted.note, caller.actor)
    except ReviewError as error:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, str(error)) from error
    return await read_transaction(number, services)


async def _evidence(services: Services, item_id: int) -> Evidence:
    evidence = await services.reviews.evidence(item_id)
    if evidence is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"The review inbox has no entry {item_id}.")
    return evidence


def _entry(row: ReviewRow) -> dict[str, object]:
    return {
        "id": row.id,
        "reason": row.reason,
        "created_at": row.created_at,
        "charger_id": row.identity,
        "connector_id": row.connector_number,
        "transaction_id": row.transaction_id,
        "can_make_session": row.can_make_session,
    }


def _proposed(services: Services, evidence: Evidence) -> ProposedSession | None:
    proposal = evidence.proposal
    if proposal is None:
        return None
    ends = proposal.suggestion.ends
    return ProposedSession(
        connector_id=services.chargers.live.connector(proposal.connector_id).number,
        id_tag=proposal.id_tag,
        started_at=ends.started_at,
        stopped_at=ends.stopped_at,
        meter_start_wh=ends.meter_start_wh,
        meter_stop_wh=ends.meter_stop_wh,
    )
