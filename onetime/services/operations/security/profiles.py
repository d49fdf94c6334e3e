"""Raise a charger's security profile: prepared, asked for, and required once the charger has come back with it."""

from typing import Any, Literal

from pydantic import Field

from onetime.events import ChargerLoggedIn, ChargerSecurityChanged
from onetime.services.chargers.commands import CommandError
from onetime.services.ocpp_actions.configuration import ChangeConfiguration
from onetime.services.ocpp_actions.core import Reset, ResetType
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run, always
from onetime.services.operations.places import Patience
from onetime.services.operations.security.certificates import RenewParameters, renew_certificate
from onetime.services.operations.security.passwords import wait_for_new_login, write_password
from onetime.services.operations.security.roots import own_root
from onetime.services.people.permissions import Permission
from onetime.texts import _

COMING_BACK_S = 600.0  # a restart and a first TLS handshake on a slow processor
ON_ITS_OWN_S = 30.0  # how long the charger has to reconnect before it is restarted


class ProfileParameters(OperationParameters):
    """Raise a charger to a higher security profile, and require it once the charger has come back with it.

    1: password; 2: password, encrypted; 3: certificate, encrypted. What is missing is set up first. When the charger
    does not come back with the new profile, the old one stays allowed.
    """

    profile: Literal[1, 2, 3] | None = Field(default=None, description="The next one, unless another is named.")
    restart_after_s: float = Field(
        default=ON_ITS_OWN_S, ge=0, le=600, description="Seconds until a charger that does not reconnect is restarted."
    )
    timeout_s: Patience = Field(default=COMING_BACK_S, description="Seconds to wait for the charger to be back.")


async def raise_security_profile(run: Run, wanted: ProfileParameters) -> dict[str, Any]:
    """Write SecurityProfile, restart where needed, and wait for the login (use case A05, case 083)."""
    security = run.tools.logins
    now, connection = security.facts(run.charger.id).profile, security.connection(run.charger.id)
    profile = wanted.profile or max(now + 1, connection.profile if connection else 0)
    if profile <= now or profile > 3:
        msg = _("{identity} already uses security profile {now}.", identity=run.charger.identity, now=now)
        raise OperationFailedError(msg, "not-higher")
    _refuse_while_charging(run)
    await _prepare(run, profile, wanted.timeout_s)
    answer = await run.send(ChangeConfiguration(key="SecurityProfile", value=str(profile)))
    status = str(answer.get("status", ""))
    if status not in ("Accepted", "RebootRequired"):
        msg = _("{identity} answered “{status}”.", identity=run.charger.identity, status=status or "nothing")
        raise OperationFailedError(msg, "rejected")
    run.step(_("{identity} will come back with security profile {n}.", identity=run.charger.identity, n=profile), 50)
    await _let_it_come_back(run, profile, wanted, needs_restart=status == "RebootRequired")
    run.step(
        _("{identity} uses security profile {n}; a lower one is refused.", identity=run.charger.identity, n=profile)
    )
    return {"profile": profile}


async def _prepare(run: Run, profile: int, timeout_s: float) -> None:
    """Set up what the profile needs. Raises ``OperationFailedError`` for what only a person can do."""
    security = run.tools.logins
    desk = run.tools.security_desk
    if profile in (1, 2) and not security.facts(run.charger.id).has_password:
        await write_password(run)
        await wait_for_new_login(run, timeout_s)
    if profile >= 2 and desk.has_tls and run.tools.server_certificates.is_own:
        await _install_root(run)
    if profile == 3 and desk.has_tls and desk.missing(run.charger.id, profile):
        await renew_certificate(run, RenewParameters())
    if missing := desk.missing(run.charger.id, profile):
        raise OperationFailedError(missing[0], "not-ready")


async def _install_root(run: Run) -> None:
    """Give the charger the certificate it has to trust. Where it cannot take it, it may have been installed by hand."""
    try:
        answer = await run.send(await own_root(run))
        refused = "" if answer.get("status") == "Accepted" else str(answer.get("status"))
    except CommandError as error:
        refused = str(error)
    if refused:
        run.step(_("It did not take ca.pem ({reason}). It must have been installed by hand.", reason=refused))
    else:
        run.step(_("{identity} trusts this house now.", identity=run.charger.identity))


async def _let_it_come_back(run: Run, profile: int, wanted: ProfileParameters, *, needs_restart: bool) -> None:
    def has_arrived(_event: object = None) -> bool:
        return run.tools.logins.facts(run.charger.id).profile >= profile

    otherwise = _(
        "{identity} has not come back with security profile {n} within {seconds} s. The old one stays allowed.",
        identity=run.charger.identity,
        n=profile,
        seconds=round(wanted.timeout_s),
    )
    kinds = (ChargerLoggedIn, ChargerSecurityChanged)
    if not needs_restart and not has_arrived():
        try:
            await run.wait_for(kinds, has_arrived, wanted.restart_after_s, otherwise)
        except OperationFailedError:
            needs_restart = run.charger.online
    if needs_restart and not has_arrived():
        run.step(_("{identity} will restart.", identity=run.charger.identity))
        await run.expect_accepted(Reset(type=ResetType.HARD))
    if not has_arrived():
        await run.wait_for(kinds, has_arrived, wanted.timeout_s, otherwise)


def _refuse_while_charging(run: Run) -> None:
    """Leave a charger alone that serves a car: it may have to restart."""
    if any(connector.session is not None for connector in run.charger.connectors.values()):
        msg = _("{identity} is charging a car and may have to restart. Try again later.", identity=run.charger.identity)
        raise OperationFailedError(msg, "charging")


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "raise_security_profile",
        ProfileParameters,
        Permission.SECURE_CHARGER,
        raise_security_profile,
        always("security"),
        (ChargerLoggedIn, ChargerSecurityChanged),
    ),
)
