"""The events of pages, each looked at before Reflex takes it: one of ours, for whoever the page belongs to.

Of Reflex's own handlers a page may only call those that open it. The rest (``setvar``, front-end exceptions) would do
things for people nobody has asked about.
"""

import logging
from typing import Any

import reflex as rx
from reflex.app import EventNamespace
from reflex_base import constants
from reflex_base.registry import RegistrationContext

from onetime.services.people.login_cookie import login_in
from onetime.web.frame.live.page_owners import PageOwners
from onetime.web.frame.registry import permission_of
from onetime.web.frame.running import part
from onetime.web.frame.session import read_cookies

logger = logging.getLogger(__name__)

OPENING = frozenset({"hydrate", "hydrate_and_load", "on_load_internal", "set_is_hydrated"})


class PageEvents(EventNamespace):
    """The namespace of the pages' events."""

    async def on_event(self, sid: str, data: Any) -> None:
        """Take an event, unless it is none a page may send; what another login has left on the page is gone before."""
        page = self.sid_to_token.get(sid)
        if page is None or not is_known(data):
            logger.debug("A page sent an event Onetime does not know.")
            return
        headers = self._static_router_data.get(sid, {}).get(constants.RouteVar.HEADERS, {})
        await part(PageOwners).claim(page, login_in(read_cookies(headers.get("cookie", ""))))
        await super().on_event(sid, data)


def watch_events(app: rx.App) -> None:
    """Put the look before the events of the pages."""
    if app.sio is None or app.event_namespace is None:
        raise RuntimeError("A Reflex app without state has no events.")
    events = PageEvents(app.event_namespace.namespace, app)
    app._event_namespace = events
    app.sio.register_namespace(events)


def is_known(data: Any) -> bool:
    """Say whether an event is one a page may send: a guarded handler of ours, or one that opens a page."""
    name = data.get("name") if isinstance(data, dict) else None
    registered = RegistrationContext.get().event_handlers.get(name) if isinstance(name, str) else None
    if registered is None:
        return False
    return bool(permission_of(registered.handler)) or str(name).rpartition(".")[2] in OPENING
