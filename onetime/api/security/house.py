"""The house's own security: its certificate authority, the encrypted port, and what was noticed everywhere."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response, status

from onetime.api.frame.access import RunningServices, needs
from onetime.api.frame.pagination import Limit, Page, next_page
from onetime.api.frame.parameters import RowCursor, RowId
from onetime.api.security.items import SecurityEventItem, TlsItem, event_item
from onetime.services.people.permissions import Permission
from onetime.services.people.tokens import TokenHolder
from onetime.services.security.errors import AuthorityError, ServerCertificateError

router = APIRouter(prefix="/security", tags=["security"])

Securer = Annotated[TokenHolder, Depends(needs(Permission.SECURE_CHARGER))]


@router.get("/ca.pem", summary="Download the authority's certificate", response_class=Response)
async def download_authority(services: RunningServices) -> Response:
    """Return what a charger has to trust before it can come encrypted. It is public: no token is needed."""
    try:
        pem = await asyncio.to_thread(services.security.authority.root_pem)
    except (AuthorityError, OSError) as error:
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, str(error)) from error
    headers = {"Content-Disposition": 'attachment; filename="ca.pem"'}
    return Response(pem, media_type="application/x-pem-file", headers=headers)


@router.get("/tls", summary="Read the encrypted port", dependencies=[Depends(needs(Permission.SEE_CHARGER))])
async def read_tls(request: Request, services: RunningServices) -> TlsItem:
    """Return where the encrypted port is, for which names, and how to test it."""
    try:
        port = await asyncio.to_thread(services.security.encrypted_port)
    except (AuthorityError, ServerCertificateError, OSError) as error:
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, str(error)) from error
    first = f"{port.names[0]}:{port.number}" if port.names else ""
    return TlsItem(
        port=port.number,
        addresses=[f"wss://{name}:{port.number}/" for name in port.names],
        names=list(port.names),
        expires_at=port.expires_at,
        fingerprint=port.fingerprint,
        is_own=port.is_own,
        ca_pem=str(request.url_for("download_authority")),
        ca_fingerprint=port.authority_fingerprint,
        test=f"https://{first}/tls-test" if first else None,
    )


@router.get("/events", summary="List security events", dependencies=[Depends(needs(Permission.SEE_CHARGER))])
async def list_events(
    request: Request,
    services: RunningServices,
    limit: Limit = 100,
    cursor: RowCursor = None,
    alerts_only: Annotated[bool, Query(description="Only what nobody has put away yet.")] = False,
) -> Page[SecurityEventItem]:
    """Return what chargers reported and what was noticed here, the newest first."""
    log = services.security.logins.log
    entries = await (log.alerts(limit=limit) if alerts_only else log.latest(limit=limit, before=cursor))
    items = [event_item(entry, services.chargers.live.identity_of(entry.charger_id)) for entry in entries]
    more = len(items) == limit and not alerts_only
    return Page(items=items, next=next_page(request, str(items[-1].id)) if more else None)


@router.post("/events/{event_id}/seen", summary="Put an alert away")
async def put_away(event_id: RowId, services: RunningServices, securer: Securer) -> SecurityEventItem:
    """Note that somebody has looked at an event; it is no alert any more."""
    entry = await services.security.logins.log.put_away(event_id, securer.actor)
    if entry is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no security event {event_id}.")
    return event_item(entry, services.chargers.live.identity_of(entry.charger_id))
