"""What secures a charger's connection: its profile, its password, its certificates and what was noticed."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, status
from fastapi.responses import JSONResponse

from onetime.api.frame.access import RunningServices, needs
from onetime.api.frame.errors import problem
from onetime.api.frame.known import known_charger
from onetime.api.frame.parameters import ChargerId, Serial
from onetime.api.security.items import ChargerSecurityItem, SecurityChange, security_item
from onetime.services.people.permissions import Permission
from onetime.services.people.tokens import TokenHolder
from onetime.services.security.configuring import ProfileNotReadyError
from onetime.services.security.errors import WeakKeyError
from onetime.services.security.passwords.keys import weakness
from onetime.services.security.signing import UnknownCertificateError

router = APIRouter(
    prefix="/chargers/{charger_id}/security",
    tags=["security"],
    dependencies=[Depends(needs(Permission.SEE_CHARGER))],
    responses={404: {"description": "There is no such charger."}},
)

Securer = Annotated[TokenHolder, Depends(needs(Permission.SECURE_CHARGER))]

_RESPONSES: dict[int | str, dict[str, Any]] = {
    409: {"description": "The charger lacks what the profile needs; `missing` says what. Nothing was changed."},
    422: {"description": "The password is too short, or the profile is none."},
}


@router.get("", summary="Read a charger's security")
async def read_security(charger_id: ChargerId, services: RunningServices) -> ChargerSecurityItem:
    """Return the profile, what each profile needs from this charger, its certificates and latest events."""
    charger = known_charger(services, charger_id)
    return security_item(await services.security.desk.state(charger.id))


@router.put("", summary="Set a charger's security by hand", responses=_RESPONSES, response_model=ChargerSecurityItem)
async def set_security(
    charger_id: ChargerId, change: SecurityChange, services: RunningServices, securer: Securer
) -> ChargerSecurityItem | JSONResponse:
    """Set what has been set at the charger as well: its password, the profile it must use, or both.

    A connection below the profile is closed. To change them over OCPP, without going to the charger, use the
    operations `change_password` and `raise_security_profile`.
    """
    charger = known_charger(services, charger_id)
    try:
        state = await services.security.desk.configure(
            charger.id, securer.actor, profile=change.profile, password=change.password
        )
    except ProfileNotReadyError as error:
        missing = [str(sentence) for sentence in error.missing]
        return problem(HTTPStatus.CONFLICT, str(error), type="urn:onetime:profile-not-ready", missing=missing)
    except WeakKeyError as error:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), type="urn:onetime:weak-password")
    warning = weakness(change.password) if change.password is not None else None
    return security_item(state).model_copy(update={"warnings": [str(warning)] if warning else []})


@router.delete("/certificates/{serial}", summary="Revoke a certificate")
async def revoke_certificate(
    charger_id: ChargerId, serial: Serial, services: RunningServices, securer: Securer
) -> ChargerSecurityItem:
    """Refuse a certificate from now on. A connection that came in with it is closed."""
    charger = known_charger(services, charger_id)
    try:
        await services.security.certificates.revoke(charger.id, serial.lower(), securer.actor)
    except UnknownCertificateError as error:
        raise HTTPException(status.HTTP_404_NOT_FOUND, str(error)) from error
    return security_item(await services.security.desk.state(charger.id))
