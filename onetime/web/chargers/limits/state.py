"""The state of a charger's limits: what was asked and what applies, and what the charger tells of the next hours."""

from typing import Any

import reflex as rx

from onetime.services.chargers.live import LiveCharger
from onetime.services.charging.profiles import stored_profiles
from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.web.chargers.actions.form import HOUR_S, connector_number, seconds
from onetime.web.chargers.frame.head import arrive, begin, shown_charger, to_panel
from onetime.web.chargers.limits.view import PlaceLine, ProfileLine, Schedule, last_schedule, places, profile_line
from onetime.web.frame.access import loads, needs, visitor

TOPIC = "limits"
LOOKED_THROUGH = 100  # operations; as many as are kept
DAY_S = 24 * HOUR_S


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
    async def ask(self, form: dict[str, str]) -> Any:
        """Ask the charger what a connector may draw over the next hours."""
        duration_s = seconds(form)
        asked_s = DAY_S if duration_s is None else duration_s
        await begin(self, "composite_schedule", connector=connector_number(form), duration_s=asked_s)
        return to_panel()

    async def _read(self, charger: LiveCharger) -> None:
        clockwork = visitor().clockwork
        records = await current().operations.recent(charger.id, LOOKED_THROUGH)
        rows = await current().database.read(lambda s: stored_profiles(s, charger.id))
        self.places = places(charger, records, clockwork)
        self.profiles = [profile_line(row, charger, clockwork) for row in rows]
        self.schedule = last_schedule(charger, records, clockwork)
