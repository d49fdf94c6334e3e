"""Whose page it is: what a page shows belongs to the login it was opened under, and ends with that.

Reflex keeps what a page shows under a name the browser's tab has made up, whoever sits before it. So each such name
has an owner here. An event under another login finds the page empty; and when a login ends, its pages in all tabs are
emptied, hear nothing live any more, and ask for a login.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import reflex as rx
from reflex.app import EventNamespace
from reflex.istate.manager.token import BaseStateToken
from reflex.state import StateUpdate
from reflex_base.event import Event

from onetime.events import EventBus, LoginsEnded
from onetime.services.people.passwords import token_hash
from onetime.store.group_commit import DatabaseError
from onetime.texts import _
from onetime.web.frame import routes
from onetime.web.frame.live.audience import SocketAudience
from onetime.web.frame.live.pushing import Push

LOOK_EVERY_S = 60.0  # for logins that expire, and those the command line ends
NOBODY = ""

StillOpen = Callable[[Iterable[str]], Awaitable[set[str]]]


class PageOwners:
    """Knows the login behind each page. ``still_open`` tells which of some logins still let somebody in."""

    def __init__(self, app: rx.App, audience: SocketAudience, still_open: StillOpen) -> None:
        if app.event_namespace is None:
            msg = "The pages have no socket server; the app must be compiled first."
            raise RuntimeError(msg)
        self._app = app
        self._events: EventNamespace = app.event_namespace
        self._audience = audience
        self._still_open = still_open
        self._owners: dict[str, str] = {}  # page → hash of its login, or NOBODY
        self._ended: set[str] = set()
        self.push = Push(_("ending pages of logins that have ended"), self._end_pages, look_every_s=LOOK_EVERY_S)

    async def claim(self, page: str, login: str | None) -> None:
        """Empty a page that shows what another login may see, before an event under ``login`` reaches it."""
        owner = token_hash(login) if login else NOBODY
        before = self._owners.get(page)
        if before == owner:
            return
        if owner not in await self._open_among({owner}):
            owner = NOBODY
        self._owners[page] = owner
        if before not in (None, owner):
            await self._empty(page)

    async def run(self, bus: EventBus) -> None:
        """End the pages of logins that end, until cancelled."""
        await self.push.run(bus, (LoginsEnded, self._note))

    def _note(self, event: LoginsEnded) -> None:
        self._ended.update(event.logins)
        self.push.wake()

    async def _end_pages(self) -> None:
        self._forget_the_gone()
        noted, logins = set(self._ended), set(self._owners.values()) - {NOBODY}
        ended = (logins - await self._open_among(logins)) | (logins & noted)
        for page in [page for page, owner in self._owners.items() if owner in ended]:
            await self._end(page)
        self._ended -= noted

    async def _open_among(self, logins: set[str]) -> set[str]:
        try:
            return await self._still_open(logins) if logins - {NOBODY} else set()
        except DatabaseError:
            return logins  # nobody can tell; every handler asks again

    def _forget_the_gone(self) -> None:
        """Forget the owners of pages that are closed, and whose states Reflex has forgotten."""
        kept: Any = getattr(self._app.state_manager, "states", {})
        for page in list(self._owners):
            if page not in self._events.token_to_sid and self._token(page).cache_key not in kept:
                del self._owners[page]

    async def _end(self, page: str) -> None:
        """Empty a page of a login that has ended, and let it ask for another."""
        socket = self._events.token_to_sid.get(page)
        if socket is not None:
            await self._audience.leave(socket)
        await self._empty(page)
        self._owners[page] = NOBODY
        if socket is not None:
            go = Event.from_event_type(rx.call_script(f"window.location.replace('{routes.LOGIN}')"))
            await self._events.emit("event", StateUpdate(events=go), to=socket)

    async def _empty(self, page: str) -> None:
        async with self._app.state_manager.modify_state(self._token(page)) as state:
            state.reset()  # type: ignore[no-untyped-call]  # Reflex annotates neither
            state._clean()  # type: ignore[no-untyped-call]

    def _token(self, page: str) -> BaseStateToken:
        return BaseStateToken(ident=page, cls=self._app._state or rx.State)
