"""What a command of the central system works with: the charger it is for, as far as commands go."""

from typing import Protocol

from onetime.simulator.behaviour.core import Core
from onetime.simulator.behaviour.life import Life
from onetime.simulator.behaviour.sessions import Sessions
from onetime.simulator.clock import Clock
from onetime.simulator.vocabulary import Context, Reason


class CommandedCharger(Protocol):
    """A charger that is told what to do."""

    identity: str
    vendor: str
    clock: Clock
    core: Core
    sessions: Sessions
    life: Life

    async def tap(self, connector: int, id_tag: str) -> bool:
        """Hold a card to the reader; return whether it was accepted."""
        ...

    async def stop(self, connector: int, reason: Reason = ...) -> None:
        """End the connector's transaction."""
        ...

    async def reboot(self, reason: Reason = ...) -> None:
        """Restart in good order."""
        ...

    async def heartbeat(self) -> None:
        """Send one Heartbeat."""
        ...

    async def send_reading(self, connector: int, context: Context = ...) -> None:
        """Read the meter out of turn and send it."""
        ...

    async def firmware_status(self, status: str) -> None:
        """Send a FirmwareStatusNotification."""
        ...

    async def diagnostics_status(self, status: str) -> None:
        """Send a DiagnosticsStatusNotification."""
        ...
