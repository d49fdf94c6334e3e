"""A charger's own certificate: asked for, signed, handed over and accepted."""

from contextlib import suppress
from typing import Any

from pydantic import Field

from onetime.events import ChargerSecurityChanged, SecurityNoted
from onetime.models import CertificateState
from onetime.services.chargers.commands import CommandFailedError
from onetime.services.ocpp_actions.configuration import ChangeConfiguration
from onetime.services.ocpp_actions.trigger import ExtendedMessageTrigger, ExtendedTriggerMessage
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run, always
from onetime.services.operations.places import Patience
from onetime.services.people.permissions import Permission
from onetime.services.security.facts import CertificateFacts
from onetime.texts import _

MAKING_A_KEY_S = 300.0  # an RSA key takes a small processor minutes
LOOKED_THROUGH = 500  # events; an alert that came again stands where it came first
REFUSED = ("CertificateRequestRefused", "CertificateRejected")


class RenewParameters(OperationParameters):
    """Have a charger make a new key, sign its certificate, and wait until the charger has accepted it.

    Its older certificate is refused once the charger has logged in with the new one.
    """

    timeout_s: Patience = Field(default=MAKING_A_KEY_S, description="Seconds to wait for the request and the answer.")


async def renew_certificate(run: Run, wanted: RenewParameters) -> dict[str, Any]:
    """Trigger SignCertificate and follow it to the answer to CertificateSigned (use case A02, case 074)."""
    security = run.tools.logins
    known = {each.id for each in security.facts(run.charger.id).certificates}

    def newest() -> CertificateFacts | None:
        fresh = [each for each in security.facts(run.charger.id).certificates if each.id not in known]
        return max(fresh, key=lambda each: each.id, default=None)

    def is_settled(event: object) -> bool:
        if isinstance(event, SecurityNoted):
            return event.kind in REFUSED
        certificate = newest()
        return certificate is not None and certificate.state is not CertificateState.OFFERED

    await _name_the_house(run)
    await run.expect_accepted(
        ExtendedTriggerMessage(requested_message=ExtendedMessageTrigger.SIGN_CHARGE_POINT_CERTIFICATE)
    )
    run.step(_("{identity} makes a key and a request.", identity=run.charger.identity), 25)
    otherwise = _("{identity} has not got a certificate in time.", identity=run.charger.identity)
    event = await run.wait_for((ChargerSecurityChanged, SecurityNoted), is_settled, wanted.timeout_s, otherwise)
    certificate = newest()
    if certificate is None or certificate.state not in (CertificateState.ACCEPTED, CertificateState.IN_USE):
        if certificate is not None and certificate.state is CertificateState.REJECTED:
            msg = _("The charger rejected the certificate {serial}.", serial=certificate.serial)
            raise OperationFailedError(msg, "rejected")
        raise OperationFailedError(await _reason(run, event), "rejected")
    run.step(_("{identity} accepted its certificate.", identity=run.charger.identity), 100)
    return {"serial": certificate.serial, "expires_at": certificate.expires_at.isoformat()}


async def _name_the_house(run: Run) -> None:
    """Tell the charger the organization its request should name (CpoName); many have no such setting."""
    with suppress(CommandFailedError):
        await run.send(ChangeConfiguration(key="CpoName", value=run.tools.logins.house))


async def _reason(run: Run, event: object) -> str:
    for entry in await run.tools.logins.log.latest(run.charger.id, LOOKED_THROUGH):
        if isinstance(event, SecurityNoted) and entry.id == event.event_id and entry.detail:
            return entry.detail
    return _("{identity} rejected its certificate.", identity=run.charger.identity)


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "renew_certificate",
        RenewParameters,
        Permission.SECURE_CHARGER,
        renew_certificate,
        always("security"),
        (ChargerSecurityChanged, SecurityNoted),
    ),
)
