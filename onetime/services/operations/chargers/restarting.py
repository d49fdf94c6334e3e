"""Reset: from the request until the charger has booted, or is back."""

from typing import Any, Literal

from pydantic import Field

from onetime.events import ChargerChanged, ChargerReported
from onetime.services.ocpp_actions.core import Reset, ResetType
from onetime.services.operations.base import Operation, OperationParameters, Run, always
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
    await run.expect_accepted(Reset(type=ResetType.HARD if wanted.type == "hard" else ResetType.SOFT))
    run.step(_("{identity} will restart.", identity=run.charger.identity))
    await wait_for_boot(run, wanted.timeout_s)
    return {"firmware_version": run.charger.firmware_version}


async def wait_for_boot(run: Run, timeout_s: float) -> None:
    """Wait until the charger boots, or reconnects. Raises ``OperationFailedError``."""
    was_away = not run.charger.online

    def is_back(event: object) -> bool:
        nonlocal was_away
        if isinstance(event, ChargerReported):
            return was_away or event.kind == "BootNotification"  # over a new connection, any word of it will do
        was_away = was_away or not run.charger.online
        return False

    seconds = round(timeout_s)
    otherwise = _("{identity} has not restarted within {seconds} s.", identity=run.charger.identity, seconds=seconds)
    await run.wait_for((ChargerReported, ChargerChanged), is_back, timeout_s, otherwise)


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation("reset", ResetParameters, Permission.RESET_CHARGER, reset, always("restart")),
)
