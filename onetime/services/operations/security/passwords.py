"""Change a charger's password: written, confirmed, and used by the charger before the old one is forgotten."""

from typing import Any

from pydantic import Field

from onetime.events import ChargerLoggedIn, ChargerSecurityChanged
from onetime.models import PasswordState
from onetime.services.chargers.commands import CommandTimedOutError, ConnectionLostError
from onetime.services.ocpp_actions.configuration import ChangeConfiguration
from onetime.services.ocpp_actions.core import ResetType
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run, always
from onetime.services.operations.chargers.restarting import ask_for_reset
from onetime.services.operations.deadline import Deadline
from onetime.services.operations.places import Patience
from onetime.services.people.permissions import Permission
from onetime.services.security.passwords.keys import new_key
from onetime.services.security.store import await_offered
from onetime.texts import _

COMING_BACK_S = 300.0  # a charger waits up to some minutes before it dials again


class PasswordParameters(OperationParameters):
    """Give a charger a new random password, and wait until it has logged in with it.

    Until then the old one is valid too, so that a lost answer locks nobody out. Nobody ever sees the new one.
    """

    timeout_s: Patience = Field(default=COMING_BACK_S, description="Seconds to wait for the login.")


async def change_password(run: Run, wanted: PasswordParameters) -> dict[str, Any]:
    """Write AuthorizationKey, then have the charger log in again (security whitepaper, use case A01)."""
    deadline = Deadline(wanted.timeout_s)
    await write_password(run, deadline)
    return {"is_used": await wait_for_new_login(run, deadline)}


async def write_password(run: Run, deadline: Deadline) -> None:
    """Send a new password. Raises ``OperationFailedError`` when the charger does not take it.

    One that hangs up, or keeps silent, may have taken it: old and new are valid until it has logged in.
    """
    try:
        answer = await run.send(ChangeConfiguration(key="AuthorizationKey", value=new_key()))
    except (ConnectionLostError, CommandTimedOutError) as error:
        run.forget()
        await run.tools.logins.change(lambda s: await_offered(s, run.charger.id))
        run.step(_("{identity} did not answer; it may have the new password.", identity=run.charger.identity), 25)
        if isinstance(error, CommandTimedOutError):
            await run.commands.disconnect(run.charger.id, "log in with the new password")
        return
    status = str(answer.get("status", ""))
    if status not in ("Accepted", "RebootRequired"):
        msg = _(
            "{identity} did not take the new password (“{status}”); the old one stays.",
            identity=run.charger.identity,
            status=status or "nothing",
        )
        raise OperationFailedError(msg, "rejected")
    run.step(_("{identity} accepted the new password.", identity=run.charger.identity), 50)
    if is_awaited(run):
        await _let_it_come_back(run, deadline, needs_restart=status == "RebootRequired")


async def wait_for_new_login(run: Run, deadline: Deadline) -> bool:
    """Wait until the charger comes back, and say whether it logged in with the new password.

    One that comes back with its old one is restarted once: some only read it at their start. One whose profile asks for
    no password may come without: it will use the password from profile 1 on. Raises ``OperationFailedError`` when it
    does not come back, or only with its old password.
    """
    if not is_awaited(run):
        return True
    may_restart = True

    def is_settled(event: object) -> bool:
        if not is_awaited(run):
            return True
        return isinstance(event, ChargerLoggedIn) and (may_restart or not _has_old_login(run))

    otherwise = _(
        "{identity} has not logged in with its new password in time. Old and new stay valid.",
        identity=run.charger.identity,
    )
    kinds = (ChargerLoggedIn, ChargerSecurityChanged)
    await run.wait_for(kinds, is_settled, deadline.left, otherwise)
    if is_awaited(run) and _has_old_login(run):
        may_restart = False
        run.step(_("{identity} came back with its old password; it is restarted once.", identity=run.charger.identity))
        run.forget()
        await ask_for_reset(run, ResetType.SOFT, deadline)
        await run.wait_for(kinds, is_settled, deadline.left, otherwise)
    if is_awaited(run):
        run.step(
            _("{identity} came back without a login; its profile asks for none yet.", identity=run.charger.identity)
        )
        return False
    run.step(_("{identity} logged in with the new password.", identity=run.charger.identity), 100)
    return True


def _has_old_login(run: Run) -> bool:
    """Say whether the charger is connected with a password, which is not the awaited one."""
    connection = run.tools.logins.connection(run.charger.id)
    return connection is not None and connection.password_id is not None


def is_awaited(run: Run) -> bool:
    """Say whether the charger has accepted a password it has not logged in with yet."""
    facts = run.tools.logins.facts(run.charger.id)
    return any(each.state is PasswordState.CONFIRMED for each in facts.passwords)


async def _let_it_come_back(run: Run, deadline: Deadline, *, needs_restart: bool) -> None:
    run.forget()
    if needs_restart:
        run.step(_("{identity} needs a restart for it.", identity=run.charger.identity))
        await ask_for_reset(run, ResetType.SOFT, deadline)
    else:
        await run.commands.disconnect(run.charger.id, "log in with the new password")


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "change_password",
        PasswordParameters,
        Permission.SECURE_CHARGER,
        change_password,
        always("security"),
        (ChargerLoggedIn, ChargerSecurityChanged),
    ),
)
