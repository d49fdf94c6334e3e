"""Charging sessions (OCPP: transactions)."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, status
from pydantic import BaseModel, Field

from onetime.api.frame.access import RunningServices, needs
from onetime.api.frame.pagination import GivenInstant, Instant, Limit, Page, next_page
from onetime.api.frame.parameters import CardNumber, ChargerName, RowCursor, RowId
from onetime.models import ReviewState, TransactionState
from onetime.services.people.permissions import Permission
from onetime.services.sessions.history import SessionFilter, SessionRow, list_sessions

router = APIRouter(
    prefix="/transactions", tags=["transactions"], dependencies=[Depends(needs(Permission.SEE_SESSIONS))]
)


class TransactionItem(BaseModel):
    """A session. Registers and energy in Wh; while it is open the energy is that so far.

    ``energy_wh`` is null for a session that is not billed, so that a sum over a list is what is billed.
    """

    id: int = Field(description="The OCPP transaction id.")
    charger_id: str = Field(description="The OCPP identity.")
    connector_id: int
    id_tag: str
    started_at: Instant
    stopped_at: Instant | None
    meter_start_wh: int
    meter_stop_wh: int | None
    energy_wh: int | None
    stop_reason: str | None
    state: TransactionState
    review_state: ReviewState = Field(description="Whether a person has to decide, or what was decided.")
    billed: bool = Field(description="False while it is held for a decision, and once it is discarded.")
    measured_wh: int | None = Field(description="What its registers say, billed or not; null where they contradict.")
    estimated: bool = Field(description="Its end never came: it was ended at its last reading that can be right.")
    corrected: bool = Field(description="A person set its ends.")
    time_corrected: bool = Field(description="A time of it is not the charger's own: its clock was wrong.")
    open_doubts: list[str] = Field(description="Why it waits in the review inbox; empty when it does not.")


@router.get("", summary="List sessions", responses={404: {"description": "There is no such charger."}})
async def list_transactions(
    request: Request,
    services: RunningServices,
    charger_id: Annotated[ChargerName | None, Query(description="Only this charger's, by OCPP identity.")] = None,
    id_tag: Annotated[CardNumber | None, Query(description="Only those started with this card.")] = None,
    state: TransactionState | None = None,
    started_from: Annotated[GivenInstant | None, Query(alias="from", description="Started at or after.")] = None,
    started_before: Annotated[GivenInstant | None, Query(alias="to", description="Started before.")] = None,
    limit: Limit = 1000,
    cursor: RowCursor = None,
) -> Page[TransactionItem]:
    """Return sessions by transaction id, oldest first."""
    charger = services.chargers.live.find(charger_id) if charger_id is not None else None
    if charger_id is not None and charger is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"No charger called {charger_id} has been in touch yet.")
    wanted = SessionFilter(
        charger_id=charger.id if charger else None,
        id_tag=id_tag,
        state=state,
        started_from=started_from,
        started_before=started_before,
        after_id=cursor,
    )
    rows = await services.database.read(lambda s: list_sessions(s, wanted, limit + 1, newest_first=False))
    items = [_item(row) for row in rows[:limit]]
    return Page(items=items, next=next_page(request, str(items[-1].id)) if len(rows) > limit else None)


@router.get("/{transaction_id}", summary="Read one session")
async def read_transaction(transaction_id: RowId, services: RunningServices) -> TransactionItem:
    """Return one session by its OCPP transaction id."""
    rows = await services.database.read(lambda s: list_sessions(s, SessionFilter(id=transaction_id), 1))
    if not rows:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no session with the id {transaction_id}.")
    return _item(rows[0])


def _item(row: SessionRow) -> TransactionItem:
    return TransactionItem(
        id=row.id,
        charger_id=row.identity,
        connector_id=row.connector_number,
        id_tag=row.id_tag,
        started_at=row.started_at,
        stopped_at=row.stopped_at,
        meter_start_wh=row.meter_start_wh,
        meter_stop_wh=row.meter_stop_wh,
        energy_wh=row.billed_wh,
        stop_reason=row.stop_reason,
        state=row.state,
        review_state=row.review_state,
        billed=row.is_billed,
        measured_wh=row.energy_wh,
        estimated=row.stop_estimated,
        corrected=row.review_state is ReviewState.CORRECTED,
        time_corrected=row.time_corrected,
        open_doubts=list(row.open_doubts),
    )
