"""The state of a charger's settings: read from it, shown, changed, and read back."""

from typing import Any

import reflex as rx

from onetime.services.chargers.live import LiveCharger
from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.texts import _
from onetime.web.chargers.frame.head import arrive, begin, shown_charger, to_panel
from onetime.web.chargers.settings.view import SettingLine, seen_settings
from onetime.web.frame.access import loads, needs, visitor
from onetime.web.frame.parts.dialog import closes, opens

TOPIC = "settings"
LOOKED_THROUGH = 100  # operations; as many as are kept
CHANGE = "change-setting"


class ChargerSettings(rx.State):
    """What is known of the settings, and the one that is being changed."""

    loaded: bool = False
    lines: list[SettingLine] = []
    read_at: str = ""
    reboot_needed_for: str = ""
    chosen: SettingLine = SettingLine("", "", "", "text", False, False)

    @loads(Permission.SEND_COMMAND)
    async def open(self) -> None:
        """Show what was read last; a charger nobody has asked yet is asked now."""
        charger = await arrive(self, TOPIC)
        if charger is not None:
            await self._read(charger)
            asked = await current().operations.recent(charger.id, LOOKED_THROUGH)
            if charger.online and all(record.name != "read_settings" for record in asked):
                await begin(self, "read_settings")
        self.loaded = True

    @needs(Permission.SEND_COMMAND)
    async def refresh(self) -> None:
        """Show what operations have found. The charger's notices ask for it."""
        await self._read(await shown_charger(self))

    @needs(Permission.SEND_COMMAND)
    async def read(self) -> Any:
        """Read all settings again."""
        await begin(self, "read_settings")
        return to_panel()

    @needs(Permission.SEND_COMMAND)
    async def choose(self, key: str) -> Any:
        """Open the dialog of one setting."""
        chosen = next((line for line in self.lines if line.key == key and not line.fixed), None)
        if chosen is None:
            raise ValueError(_("{key} can only be read.", key=key))
        self.chosen = chosen
        return opens(CHANGE)

    @needs(Permission.SEND_COMMAND)
    async def write(self, form: dict[str, str]) -> Any:
        """Write a setting; what the charger made of it is read back."""
        key = form.get("key", "").strip()
        if not key:
            raise ValueError(_("Type the name of the setting."))
        await begin(self, "write_settings", settings={key: form.get("value", "").strip()})
        return [closes(CHANGE), closes("other-setting"), to_panel()]

    async def _read(self, charger: LiveCharger) -> None:
        records = await current().operations.recent(charger.id, LOOKED_THROUGH)
        seen = seen_settings(records, visitor().language)
        self.lines = seen.lines
        self.read_at = visitor().clockwork.moment(seen.read_at) if seen.read_at else ""
        self.reboot_needed_for = (charger.reboot_needed_for or "").replace(",", ", ")
