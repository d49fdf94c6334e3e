"""Raise a charger's security profile: prepared, asked for, and required once the charger has come back with it."""

from typing import Any, Literal

from pydantic import Field

from onetime.events import ChargerLoggedIn, ChargerSecurityChanged
from onetime.models import CertificateState
from onetime.services.chargers.commands import (
    CommandError,
    CommandFailedError,
    CommandTimedOutError,
    ConnectionLostError,
)
from onetime.services.chargers.settings import Reading, read_keys
from onetime.services.ocpp_actions.configuration import ChangeConfiguration
from onetime.services.ocpp_actions.core import ResetType
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run, always
from onetime.services.operations.chargers.restarting import ask_for_reset
from onetime.services.operations.deadline import Deadline
from onetime.services.operations.places import Patience
from onetime.services.operations.security.certificates import MAKING_A_KEY_S, RenewParameters, renew_certificate
from onetime.services.operations.security.passwords import wait_for_new_login, write_password
from onetime.services.operations.security.roots import own_root
from onetime.services.people.permissions import Permission
from onetime.services.security.store import set_profile
from onetime.texts import _

COMING_BACK_S = 600.0  # a restart and a first TLS handshake on a slow processor
UNKNOWN_TO_IT = ("NotSupported", "NotImplemented")
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
    deadline = Deadline(wanted.timeout_s)
    await _prepare(run, profile, deadline)
    if await _is_required_already(run, profile):
        return {"profile": profile}
    await _let_it_come_back(run, profile, wanted, deadline, needs_restart=await _ask(run, profile))
    run.step(
        _("{identity} uses security profile {n}; a lower one is refused.", identity=run.charger.identity, n=profile)
    )
    return {"profile": profile}


async def _ask(run: Run, profile: int) -> bool:
    """Write the profile, and say whether the charger needs a restart for it. Raises ``OperationFailedError``."""
    try:
        answer = await run.send(ChangeConfiguration(key="SecurityProfile", value=str(profile)))
        status = str(answer.get("status", ""))
    except (ConnectionLostError, CommandTimedOutError):
        run.forget()
        run.step(_("{identity} did not answer; whether it comes back so is waited for.", identity=run.charger.identity))
        return False
    except CommandFailedError as error:
        status = error.code
    if status in UNKNOWN_TO_IT:
        msg = _("{identity} has no setting for its security profile, and does not use this one yet. Set it by hand.",
                identity=run.charger.identity)  # fmt: skip
        raise OperationFailedError(msg, "not-supported")
    if status not in ("Accepted", "RebootRequired"):
        msg = _("{identity} answered “{status}”.", identity=run.charger.identity, status=status or "nothing")
        raise OperationFailedError(msg, "rejected")
    run.step(_("{identity} will come back with security profile {n}.", identity=run.charger.identity, n=profile), 50)
    return status == "RebootRequired"


async def _is_required_already(run: Run, profile: int) -> bool:
    """Require a profile at once of a charger that comes in with it, and has no setting to write.

    Many know passwords and no SecurityProfile: it came with the whitepaper, Basic authentication did not.
    """
    connection = run.tools.logins.connection(run.charger.id)
    if connection is None or connection.profile < profile:
        return False
    try:
        reading = await read_keys(run.send, ["SecurityProfile"])
    except CommandError:
        reading = Reading()
    if "securityprofile" in reading.settings:
        return False
    await run.tools.logins.change(lambda s: set_profile(s, run.charger.id, profile, run.actor))
    msg = _("{identity} has no setting for it, but comes in with security profile {n}: it is required from now on.",
            identity=run.charger.identity, n=profile)  # fmt: skip
    run.step(msg, 100)
    return True


async def _prepare(run: Run, profile: int, deadline: Deadline) -> None:
    """Set up what the profile needs. Raises ``OperationFailedError`` for what only a person can do."""
    security = run.tools.logins
    desk = run.tools.security_desk
    if profile in (1, 2) and not security.facts(run.charger.id).has_password:
        await write_password(run, deadline)
        await wait_for_new_login(run, deadline)
    if profile >= 2 and desk.has_tls and run.tools.server_certificates.is_own:
        await _install_root(run)
    if profile == 3 and desk.has_tls and _needs_certificate(run):
        await renew_certificate(run, RenewParameters(timeout_s=max(1.0, deadline.within(MAKING_A_KEY_S))))
    if missing := desk.missing(run.charger.id, profile):
        raise OperationFailedError(missing[0], "not-ready")


def _needs_certificate(run: Run) -> bool:
    """Say whether the charger gets a new certificate: one from before may have gone with a factory reset.

    One that was accepted and not used yet has just been handed over, and one that is shown at this moment is there.
    """
    if run.tools.security_desk.trusts_others:
        return False
    known = run.tools.logins.facts(run.charger.id).valid_certificate
    connection = run.tools.logins.connection(run.charger.id)
    is_shown = known is not None and connection is not None and connection.certificate_id == known.id
    return known is None or not (is_shown or known.state is CertificateState.ACCEPTED)


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


async def _let_it_come_back(
    run: Run, profile: int, wanted: ProfileParameters, deadline: Deadline, *, needs_restart: bool
) -> None:
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
            await run.wait_for(kinds, has_arrived, deadline.within(wanted.restart_after_s), otherwise)
        except OperationFailedError:
            needs_restart = run.charger.online
    if needs_restart and not has_arrived():
        await ask_for_reset(run, ResetType.HARD, deadline)
    if not has_arrived():
        await run.wait_for(kinds, has_arrived, deadline.left, otherwise)


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
