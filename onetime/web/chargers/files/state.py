"""The state of a charger's files: firmware for it, and what it has sent."""

import asyncio
from datetime import timedelta
from typing import Any

import reflex as rx

from onetime.clock import utc_now
from onetime.models import StoredFile
from onetime.services.chargers.live import LiveCharger
from onetime.services.files.inside import look_at_member, look_inside
from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.texts import _
from onetime.web.chargers.files.view import FileInside, FileLine, inside_of, read_files
from onetime.web.chargers.frame.head import arrive, begin, shown_charger, to_panel
from onetime.web.frame.access import loads, needs, tell, visitor
from onetime.web.frame.parts.dialog import closes, opens

TOPIC = "files"
FETCH, INSIDE, UPDATE, DELETE = "fetch-file", "inside-file", "update-firmware", "delete-file"


class ChargerFiles(rx.State):
    """The files, the one that is opened, and the one somebody decides about."""

    loaded: bool = False
    lines: list[FileLine] = []
    inside: FileInside = FileInside()
    chosen: list[str] = ["0", ""]

    @loads(Permission.MANAGE_FILES)
    async def open(self) -> None:
        """Show the files."""
        charger = await arrive(self, TOPIC)
        self.inside = FileInside()
        if charger is not None:
            await self._read(charger)
        self.loaded = True

    @needs(Permission.MANAGE_FILES)
    async def refresh(self) -> None:
        """Show what has arrived. The charger's notices ask for it."""
        await self._read(await shown_charger(self))

    @needs(Permission.MANAGE_FILES)
    async def uploaded(self, file_id: int) -> Any:
        """Show a firmware that has just come from this browser, and offer to install it."""
        await self._read(await shown_charger(self))
        return await self._choose(file_id, UPDATE)

    @needs(Permission.MANAGE_FILES)
    async def choose(self, file_id: int, dialog: str) -> Any:
        """Ask before a firmware is installed, or a file is deleted."""
        return await self._choose(file_id, dialog) if dialog in (UPDATE, DELETE) else None

    @needs(Permission.MANAGE_FILES)
    async def update_firmware(self) -> list[Any]:
        """Have the charger install the chosen firmware."""
        await begin(self, "update_firmware", file_id=int(self.chosen[0]))
        return [closes(UPDATE), to_panel()]

    @needs(Permission.MANAGE_FILES)
    async def fetch(self, form: dict[str, str]) -> list[Any]:
        """Fetch diagnostics, or one of the logs, of the last days."""
        days = form.get("days", "")
        since: dict[str, Any] = {"start": utc_now() - timedelta(days=int(days))} if days.isdecimal() else {}
        what = form.get("what", "")
        if what == "diagnostics":
            await begin(self, "fetch_diagnostics", **since)
        else:
            await begin(self, "fetch_log", log_type=what, **since)
        return [closes(FETCH), to_panel()]

    @needs(Permission.MANAGE_FILES)
    async def look(self, file_id: int) -> Any:
        """Open a file: the members of an archive, or the head of a text."""
        file = await _file(file_id)
        found = await asyncio.to_thread(look_inside, current().files.store.path(file), file.content)
        self.inside = inside_of(file, found, visitor().clockwork)
        return opens(INSIDE)

    @needs(Permission.MANAGE_FILES)
    async def look_at(self, member: str) -> None:
        """Open one member of the opened archive."""
        file = await _file(self.inside.id)
        found = await asyncio.to_thread(look_at_member, current().files.store.path(file), file.content, member)
        self.inside = inside_of(file, found, visitor().clockwork, member)

    @needs(Permission.MANAGE_FILES)
    async def delete(self) -> list[Any]:
        """Delete the chosen file."""
        await current().files.store.delete(int(self.chosen[0]), visitor().actor)
        await self._read(await shown_charger(self))
        return [closes(DELETE), tell(_("The file is deleted."), good=True)]

    async def _choose(self, file_id: int, dialog: str) -> Any:
        file = await _file(file_id)
        self.chosen = [str(file_id), file.name]
        return opens(dialog)

    async def _read(self, charger: LiveCharger) -> None:
        clockwork = visitor().clockwork
        self.lines = await current().database.read(lambda s: read_files(s, charger.id, clockwork))


async def _file(file_id: int) -> StoredFile:
    file = await current().files.store.find(file_id)
    if file is None:
        raise ValueError(_("This file is not there any more."))
    return file
