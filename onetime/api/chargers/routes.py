"""Chargers as they are now."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response, status
from pydantic import BaseModel, ConfigDict, Field

from onetime.api.frame.access import RunningServices, needs
from onetime.api.frame.known import known_charger
from onetime.api.frame.pagination import Instant, Limit, Page, next_page
from onetime.api.frame.parameters import ChargerId, NameCursor
from onetime.models import Registration
from onetime.services.chargers.life import UnknownChargerError
from onetime.services.chargers.live import LiveCharger, LiveConnector
from onetime.services.chargers.membership.leaving import ChargerStaysError
from onetime.services.commissioning.enrolment import IdentityError
from onetime.services.people.permissions import Permission
from onetime.services.people.tokens import TokenHolder

router = APIRouter(prefix="/chargers", tags=["chargers"], dependencies=[Depends(needs(Permission.SEE_CHARGER))])


class ConnectorItem(BaseModel):
    """A connector now. Power in W, energy of the running session in Wh."""

    connector_id: int
    spot: str | None
    state: str = Field(description="What a person is shown, such as charging or offline.")
    status: str = Field(description="OCPP's status.")
    error_code: str
    since: Instant | None
    power_w: int | None
    energy_wh: int | None
    transaction_id: int | None
    wanted_available: bool | None = Field(description="What was last asked of it by a change of availability.")


class ChargerItem(BaseModel):
    """A charger now. ``charger_id`` is the OCPP identity."""

    charger_id: str
    registration: str
    online: bool
    offline_since: Instant | None
    vendor: str | None
    model: str | None
    serial_number: str | None
    firmware_version: str | None
    booted_at: Instant | None
    reboot_needed_for: list[str] = Field(description="Settings that were written, and hold after the next boot only.")
    connectors: list[ConnectorItem]


@router.get("", summary="List chargers")
async def list_chargers(
    request: Request, services: RunningServices, limit: Limit = 1000, cursor: NameCursor = None
) -> Page[ChargerItem]:
    """Return all chargers by identity, those nobody has accepted yet among them."""
    chargers = services.chargers.live.chargers()
    if cursor is not None:
        chargers = [charger for charger in chargers if charger.identity.casefold() > cursor.casefold()]
    items = [_item(charger) for charger in chargers[:limit]]
    more = len(chargers) > limit
    return Page(items=items, next=next_page(request, items[-1].charger_id) if more else None)


class Enrolment(BaseModel):
    """Whether this house lets a charger in."""

    model_config = ConfigDict(extra="forbid")

    registration: Literal[Registration.ACCEPTED, Registration.REJECTED] = Registration.ACCEPTED


@router.put("/{charger_id}", summary="Let a charger in, or reject it")
async def decide(
    charger_id: ChargerId,
    services: RunningServices,
    decider: Annotated[TokenHolder, Depends(needs(Permission.ACCEPT_CHARGER))],
    enrolment: Enrolment = Enrolment(),  # noqa: B008 - immutable
) -> ChargerItem:
    """Decide about a charger before or after its first call. A rejected one is answered so from its next boot on."""
    admit = enrolment.registration is Registration.ACCEPTED
    try:
        return _item(await services.commissioning.enrolment.decide(charger_id, decider.actor, admit=admit))
    except IdentityError as error:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, str(error)) from error


class Removed(BaseModel):
    """The chargers that were removed, by their OCPP identity."""

    removed: list[str]


@router.delete("", summary="Remove all chargers that wait for acceptance")
async def remove_waiting(
    services: RunningServices,
    decider: Annotated[TokenHolder, Depends(needs(Permission.ACCEPT_CHARGER))],
    registration: Annotated[Literal[Registration.PENDING], Query(description="Those nobody has decided about.")],
) -> Removed:
    """Forget all chargers nobody has decided about, and hang up on them. Close commissioning to keep them out."""
    return Removed(removed=await services.chargers.leaving.remove_waiting(decider.actor))


@router.delete(
    "/{charger_id}",
    summary="Delete a charger",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses={404: {"description": "There is none."}, 409: {"description": "It is connected, or a session runs."}},
)
async def delete_charger(
    charger_id: ChargerId,
    services: RunningServices,
    decider: Annotated[TokenHolder, Depends(needs(Permission.ACCEPT_CHARGER))],
) -> Response:
    """Delete a charger that has been taken down, with its messages, passwords and certificates.

    Its sessions stay, and are billed as before. If it ever calls again it is a new charger.
    """
    try:
        await services.chargers.leaving.retire(charger_id, decider.actor)
    except UnknownChargerError as error:
        raise HTTPException(status.HTTP_404_NOT_FOUND, str(error)) from error
    except ChargerStaysError as error:
        raise HTTPException(status.HTTP_409_CONFLICT, str(error)) from error
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.get("/{charger_id}", summary="Read one charger")
async def read_charger(charger_id: ChargerId, services: RunningServices) -> ChargerItem:
    """Return one charger by its OCPP identity, whatever its case."""
    return _item(known_charger(services, charger_id))


def _item(charger: LiveCharger) -> ChargerItem:
    return ChargerItem(
        charger_id=charger.identity,
        registration=charger.registration.value,
        online=charger.online,
        offline_since=charger.offline_since,
        vendor=charger.vendor,
        model=charger.model,
        serial_number=charger.serial_number,
        firmware_version=charger.firmware_version,
        booted_at=charger.booted_at,
        reboot_needed_for=charger.reboot_needed_for.split(",") if charger.reboot_needed_for else [],
        connectors=[_connector(connector) for _number, connector in sorted(charger.connectors.items())],
    )


def _connector(connector: LiveConnector) -> ConnectorItem:
    session = connector.session
    return ConnectorItem(
        connector_id=connector.number,
        spot=connector.spot,
        state=connector.state.value,
        status=connector.status.value,
        error_code=connector.error_code,
        since=connector.since,
        power_w=connector.power_w,
        energy_wh=session.energy_wh if session else None,
        transaction_id=session.transaction_id if session else None,
        wanted_available=connector.wanted_available,
    )
