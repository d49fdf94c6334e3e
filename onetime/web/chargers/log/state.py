"""The state of a charger's log: what it said and was told."""

import reflex as rx

from onetime.services.chargers.messages.listing import message_frame
from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.web.chargers.frame.head import arrive, shown_charger
from onetime.web.chargers.log.view import MessageLine, read_messages
from onetime.web.frame.access import loads, needs, visitor

MESSAGES_SHOWN = 50
TOPIC = "log"


class ChargerLog(rx.State):
    """The last messages that fit, and the frames that are opened."""

    loaded: bool = False
    messages: list[MessageLine] = []
    frames: dict[str, str] = {}
    problems_only: bool = False
    search: str = ""
    wanted: int = MESSAGES_SHOWN

    @loads(Permission.SEE_MESSAGES)
    async def open(self) -> None:
        """Show the charger's last messages and keep them coming."""
        self.frames, self.problems_only, self.search = {}, False, ""
        self.wanted = MESSAGES_SHOWN
        if await arrive(self, TOPIC):
            await self._read()
        self.loaded = True

    @needs(Permission.SEE_MESSAGES)
    async def refresh(self) -> None:
        """Show what has come since. The charger's notices ask for it."""
        await self._read()

    @needs(Permission.SEE_MESSAGES)
    async def narrow(self, form: dict[str, str]) -> None:
        """Show the messages that fit."""
        self.problems_only, self.search = bool(form.get("problems")), form.get("search", "")
        await self._read()

    @needs(Permission.SEE_MESSAGES)
    async def more(self) -> None:
        """Show older messages too."""
        self.wanted += MESSAGES_SHOWN
        await self._read()

    @needs(Permission.SEE_MESSAGES)
    async def toggle_frame(self, message_id: int) -> None:
        """Show a message as it came over the wire, or put it away."""
        shown = dict(self.frames)
        if shown.pop(str(message_id), None) is None:
            charger_id = (await shown_charger(self)).id
            frame = await current().database.read(lambda s: message_frame(s, charger_id, message_id))
            shown[str(message_id)] = frame or ""
        self.frames = shown

    async def _read(self) -> None:
        charger_id, clockwork = (await shown_charger(self)).id, visitor().clockwork
        limit, problems_only, search = self.wanted, self.problems_only, self.search
        await current().chargers.messages.flush(charger_id)
        self.messages = await current().database.read(
            lambda s: read_messages(s, charger_id, limit, clockwork, problems_only=problems_only, search=search)
        )
