"""Reset: from the request until the charger has booted, or is back."""

import asyncio
from typing import Any, Literal

from pydantic import Field

from onetime.events import ChargerChanged, ChargerReported
from onetime.services.chargers.commands import CommandTimedOutError, ConnectionLostError
from onetime.services.ocpp_actions.core import Reset, ResetType
from onetime.services.operations.base import Operation, OperationParameters, Run, always
from onetime.services.operations.deadline import Deadline
from onetime.services.operations.places import Patience
from onetime.services.people.permissions import Permission
from onetime.texts import _

BOOTING_S = 300.0  # a charger with a modem takes minutes; one that ends its sessions first a little longer


class ResetParameters(OperationParameters):
    """Restart a charger, and wait until it is back. Soft ends the running sessions in good order first."""

    type: Literal["soft", "hard"] = "soft"
    timeout_s: Patience = Field(default=BOOTING_S, description="Seconds to wait for the charger to be back.")


async def reset(run: Run, wanted: ResetParameters) -> dict[str, Any]:
    """Send Reset, and wait for the boot. A charger may come back without one (OCPP-J 1.6, section 5.4)."""
    deadline = Deadline(wanted.timeout_s)
    has_left = await ask_for_reset(run, ResetType.HARD if wanted.type == "hard" else ResetType.SOFT, deadline)
    await wait_for_boot(run, deadline.left, has_left=has_left)
    return {"firmware_version": run.charger.firmware_version}


async def ask_for_reset(run: Run, kind: ResetType, deadline: Deadline) -> bool:
    """Send Reset, and say whether the charger has hung up instead of answering: that is a reset too.

    One that only keeps silent may be about to. Raises ``CommandError`` where it refuses, or was never reached.
    """
    try:
        async with asyncio.timeout(deadline.left):
            await run.expect_accepted(Reset(type=kind))
    except ConnectionLostError:
        run.forget()
        run.step(_("{identity} hung up without an answer; it restarts.", identity=run.charger.identity))
        return True
    except (CommandTimedOutError, TimeoutError):
        run.step(_("{identity} did not answer; whether it restarts is waited for.", identity=run.charger.identity))
        return False
    run.step(_("{identity} will restart.", identity=run.charger.identity))
    return False


async def wait_for_boot(run: Run, timeout_s: float, *, has_left: bool = False) -> None:
    """Wait until the charger boots, or reconnects; it ``has_left`` already. Raises ``OperationFailedError``."""
    was_away = has_left or not run.charger.online

    def is_back(event: object) -> bool:
        nonlocal was_away
        if isinstance(event, ChargerReported):
            return was_away or event.kind == "BootNotification"  # over a new connection, any word of it will do
        was_away = was_away or not run.charger.online
        return False

    otherwise = _("{identity} has not restarted in time.", identity=run.charger.identity)
    await run.wait_for((ChargerReported, ChargerChanged), is_back, timeout_s, otherwise)


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation("reset", ResetParameters, Permission.RESET_CHARGER, reset, always("restart")),
)
