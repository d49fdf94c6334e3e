"""The state of a charger's limits: what was asked and what applies, and what the charger tells of the next hours."""

from typing import Any

import reflex as rx

from onetime.clock import utc_now
from onetime.services.chargers.live import LiveCharger
from onetime.services.charging.profiles import living_profiles
from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.web.chargers.actions.form import HOUR_S, connector_number, seconds
from onetime.web.chargers.frame.head import arrive, begin, shown_charger, to_panel
from onetime.web.chargers.limits.view import PlaceLine, ProfileLine, Schedule, last_schedule, places, profile_line
from onetime.web.frame.access import loads, needs, visitor
from onetime.web.frame.parts.dialog import closes

TOPIC = "limits"
LOOKED_THROUGH = 100  # operations; as many as are kept
DAY_S = 24 * HOUR_S
CLEAR_PROFILES = "clear-profiles"


class ChargerLimits(rx.State):
    """What the charger holds, and what it has told of the next hours."""

    loaded: bool = False
    places: list[PlaceLine] = []
    profiles: list[ProfileLine] = []
    schedule: Schedule = Schedule()

    @loads(Permission.CONTROL_CHARGING)
    async def open(self) -> None:
        """Show the limits."""
        charger = await arrive(self, TOPIC)
        if charger is not None:
            await self._read(charger)
        self.loaded = True

    @needs(Permission.CONTROL_CHARGING)
    async def refresh(self) -> None:
        """Show what operations have changed. The charger's notices ask for it."""
        await self._read(await shown_charger(self))

    @needs(Permission.CONTROL_CHARGING)
    async def clear_profiles(self, form: dict[str, str]) -> Any:
        """Clear the profiles that fit, those an earlier system has left too; without a choice all of them."""
        chosen: dict[str, Any] = {"purpose": form["purpose"]} if form.get("purpose") else {}
        if form.get("connector"):
            chosen["connector"] = connector_number(form)
        await begin(self, "clear_charging_profiles", **chosen)
        return [closes(CLEAR_PROFILES), to_panel()]

    @needs(Permission.CONTROL_CHARGING)
    async def ask(self, form: dict[str, str]) -> Any:
        """Ask the charger what a connector may draw over the next hours."""
        duration_s = seconds(form)
        asked_s = DAY_S if duration_s is None else duration_s
        await begin(self, "composite_schedule", connector=connector_number(form), duration_s=asked_s)
        return to_panel()

    async def _read(self, charger: LiveCharger) -> None:
        clockwork, now = visitor().clockwork, utc_now()
        records = await current().operations.recent(charger.id, LOOKED_THROUGH)
        rows = await current().database.read(lambda s: living_profiles(s, charger.id, now))
        self.places = places(charger, records, clockwork)
        self.profiles = [profile_line(row, charger, clockwork) for row in rows]
        self.schedule = last_schedule(charger, records, clockwork)
