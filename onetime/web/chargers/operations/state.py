"""The state of the list of a charger's operations."""

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.web.chargers.frame.head import arrive, shown_charger
from onetime.web.chargers.frame.operation_lines import OperationLine, operation_line
from onetime.web.frame.access import loads, needs, visitor

PAGE = 20
TOPIC = "operations"


class ChargerOperations(rx.State):
    """The operations of the charger of the address."""

    loaded: bool = False
    lines: list[OperationLine] = []
    wanted: int = PAGE

    @loads(Permission.SEE_CHARGER)
    async def open(self) -> None:
        """Show the newest operations."""
        self.wanted = PAGE
        if await arrive(self, TOPIC):
            await self._read()
        self.loaded = True

    @needs(Permission.SEE_CHARGER)
    async def refresh(self) -> None:
        """Show how far they are. The charger's notices ask for it."""
        await self._read()

    @needs(Permission.SEE_CHARGER)
    async def more(self) -> None:
        """Show older ones too."""
        self.wanted += PAGE
        await self._read()

    async def _read(self) -> None:
        charger, clockwork = await shown_charger(self), visitor().clockwork
        records = await current().operations.recent(charger.id, self.wanted)
        self.lines = [operation_line(record, charger, clockwork) for record in records]
