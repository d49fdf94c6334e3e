"""The state of the list of sessions: what fits the filter of the address."""

from urllib.parse import urlencode

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.services.sessions.history import chargers_of_tenant, list_sessions, total_sessions
from onetime.texts import _, say
from onetime.web.frame import routes
from onetime.web.frame.access import loads, needs, visitor
from onetime.web.sessions.filter import FILTER_NAMES, own_tenant, session_filter
from onetime.web.sessions.lines import SessionLine, session_line

PAGE = 50


class Sessions(rx.State):
    """The list and its filter."""

    loaded: bool = False
    filter: dict[str, str] = {}
    filtered: bool = False
    months: list[list[str]] = []
    chargers: list[list[str]] = []
    tenants: list[list[str]] = []
    lines: list[SessionLine] = []
    count: int = 0
    energy: str = ""
    set_aside: str = ""

    @loads(Permission.SEE_OWN_SESSIONS)
    async def open(self) -> None:
        """Show the newest sessions that fit the filter in the address."""
        wanted = self.router.url.query_parameters
        self.filter = {name: wanted.get(name, "") for name in FILTER_NAMES}
        self.filtered = any(self.filter.values())
        sees_all = visitor().may(Permission.SEE_SESSIONS)
        self.chargers = [[identity, identity] for identity in await self._identities(sees_all=sees_all)]
        self.tenants = (
            [[str(i), name] for i, name in await current().cards.holders.numbered_tenants()] if sees_all else []
        )
        clockwork = visitor().clockwork
        self.months = [[month, clockwork.month(month)] for month in await current().billing.reports.months()]
        await self._read(PAGE)
        fits = session_filter(self.filter, visitor(), current().chargers.live)
        totals = await current().database.read(lambda s: total_sessions(s, fits))
        self.count, self.energy = totals.count, clockwork.energy(totals.energy_wh)
        aside = _("{count} of them held or discarded, in no sum", count=totals.set_aside)
        self.set_aside = say(aside, clockwork.language) if totals.set_aside else ""
        self.loaded = True

    @needs(Permission.SEE_OWN_SESSIONS)
    async def more(self) -> None:
        """Show the sessions before the last one shown."""
        await self._read(len(self.lines) + PAGE)

    @needs(Permission.SEE_OWN_SESSIONS)
    async def narrow(self, form: dict[str, str]) -> object:
        """Put the filter into the address, which shows what fits."""
        chosen = {name: form[name].strip() for name in FILTER_NAMES if form.get(name, "").strip()}
        return rx.redirect(f"{routes.SESSIONS}?{urlencode(chosen)}" if chosen else routes.SESSIONS)

    async def _identities(self, *, sees_all: bool) -> list[str]:
        """Return the chargers to choose from: a tenant's are those of their own sessions."""
        if sees_all:
            return [charger.identity for charger in current().chargers.live.chargers()]
        tenant_id = own_tenant(visitor())
        return await current().database.read(lambda s: chargers_of_tenant(s, tenant_id))

    async def _read(self, limit: int) -> None:
        clockwork = visitor().clockwork
        fits = session_filter(self.filter, visitor(), current().chargers.live)
        rows = await current().database.read(lambda s: list_sessions(s, fits, limit))
        self.lines = [session_line(row, clockwork) for row in rows]
