"""What a browser may send over a page's live connection: known events, of known size.

Reflex keeps what a page says about its address with the page's state, for an hour, and writes names it does not know
into the log. So nothing reaches it whose size is not known, and no name that none of the pages has.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import reflex as rx
from reflex.app import EventNamespace
from reflex_base.constants import RouteVar
from reflex_base.registry import RegistrationContext
from socketio.exceptions import ConnectionRefusedError as NotLetInError
from socketio.packet import ACK, CONNECT, DISCONNECT, EVENT, Packet

from onetime.budgets import EVENT_NAME_CHARACTERS, EVENT_PAGE_CHARACTERS, PAGE_TOKEN_CHARACTERS
from onetime.ports.doorman import PLACE, Place
from onetime.services.people.login_cookie import login_in, read_cookies
from onetime.services.runtime import current
from onetime.store.group_commit import DatabaseError
from onetime.web.frame.live.page_owners import PageOwners
from onetime.web.frame.registry import permission_of
from onetime.web.frame.running import part

logger = logging.getLogger(__name__)

FROM_BROWSERS = ("event", "ping", "client_error")
OPENING = frozenset({"hydrate", "hydrate_and_load", "on_load_internal", "set_is_hydrated"})
READABLE = frozenset(str(kind) for kind in (CONNECT, DISCONNECT, EVENT, ACK))
NAMESPACE = "/_event"  # Reflex's own


class BoundedEvents(EventNamespace):
    """The namespace of the pages' events, with a look at each before it is taken."""

    async def trigger_event(self, event: str, *args: Any) -> Any:
        """Hand on what a browser may send, and what the server itself tells of a connection."""
        if event in FROM_BROWSERS or self._is_from_the_server(event, args):
            return await super().trigger_event(event, *args)
        logger.debug("A page sent an event Onetime does not know.")
        return None

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        """Let a page in whose name is one, and give it a place of its own when somebody is logged in there."""
        tokens = parse_qs(environ.get("QUERY_STRING", "")).get("token", [])
        if len(tokens) != 1 or not is_page_token(tokens[0]):
            raise NotLetInError("no page")
        boot = auth.get("event") if isinstance(auth, dict) else None
        if boot is not None and not is_bounded(boot):
            raise NotLetInError("no event")
        place = environ.get("asgi.scope", {}).get("state", {}).get(PLACE)
        if isinstance(place, Place):
            place.joined = True
            if await _is_somebody(environ.get("HTTP_COOKIE", "")):
                place.know()
        await super().on_connect(sid, environ, auth)

    async def on_event(self, sid: str, data: Any) -> None:
        """Take an event of a page, unless it is none of ours. What another login left there is gone before."""
        page = self.sid_to_token.get(sid)
        if page is None or not is_bounded(data) or not is_known(data["name"]):
            logger.debug("A page sent an event Onetime does not know.")
            return
        headers = self._static_router_data.get(sid, {}).get(RouteVar.HEADERS, {})
        await part(PageOwners).claim(page, login_in(read_cookies(headers.get("cookie", ""))))
        await super().on_event(sid, data)

    def _is_from_the_server(self, event: str, args: tuple[Any, ...]) -> bool:
        """Say whether this tells of a connection; a browser can send events of the same names."""
        if event == "disconnect":
            return not self.server.manager.is_connected(args[0], self.namespace)
        if event != "connect" or len(args) < 2:
            return False
        environ = self.server.get_environ(args[0], self.namespace)
        return environ is not None and args[1] is environ


class TextPacket(Packet):  # type: ignore[misc]  # socketio has no types
    """A packet of Socket.IO as pages send them; whatever else comes is a goodbye of the page it comes from.

    Packets with pieces that follow would be gathered without an end, and what cannot be read would be told in the log
    with each packet, at a length the stranger chooses.
    """

    def __init__(self, *args: Any, encoded_packet: Any = None, **parts: Any) -> None:
        super().__init__(*args, encoded_packet=encoded_packet, **parts)
        if encoded_packet is not None and not encoded_packet:  # else it would be an event that says nothing
            self.decode(encoded_packet)

    def decode(self, encoded_packet: Any) -> int:
        """Read a packet. Never raises."""
        try:
            if self._is_read(encoded_packet):
                return 0
        except (ValueError, RecursionError) as error:
            logger.debug("A page sent what cannot be read: %s", type(error).__name__)
        self.packet_type, self.namespace, self.id, self.data = DISCONNECT, NAMESPACE, None, None
        return 0

    def _is_read(self, encoded_packet: Any) -> bool:
        if not isinstance(encoded_packet, str) or encoded_packet[:1] not in READABLE:
            return False
        has_pieces = super().decode(encoded_packet)
        return not has_pieces and (self.packet_type != EVENT or _is_call(self.data))


def bound_events(app: rx.App) -> None:
    """Put the look before the events of the pages."""
    if app.sio is None or app.event_namespace is None:
        raise RuntimeError("A Reflex app without state has no events to bound.")
    bounded = BoundedEvents(app.event_namespace.namespace, app)
    app._event_namespace = bounded
    app.sio.register_namespace(bounded)
    app.sio.packet_class = TextPacket


def _is_call(data: Any) -> bool:
    """Say whether an event has a name of its own, and something to say."""
    return isinstance(data, list) and len(data) > 0 and isinstance(data[0], str)


def is_page_token(token: str) -> bool:
    """Say whether a browser may call a page so: it makes up a UUID for each."""
    return 0 < len(token) <= PAGE_TOKEN_CHARACTERS and token.isascii() and token.replace("-", "").isalnum()


def is_bounded(data: Any) -> bool:
    """Say whether an event has a name and says no more about its page than an address has."""
    if not isinstance(data, Mapping):
        return False
    name, page, payload = data.get("name"), data.get("router_data", {}), data.get("payload", {})
    if not isinstance(name, str) or not 0 < len(name) <= EVENT_NAME_CHARACTERS:
        return False
    if not isinstance(payload, Mapping) or not isinstance(page, Mapping):
        return False
    return len(json.dumps(page)) <= EVENT_PAGE_CHARACTERS


def is_known(name: str) -> bool:
    """Say whether a page may call a handler: one of ours, which is guarded, or one of Reflex's that opens a page.

    The rest of Reflex's (``setvar``, front-end exceptions) would do things for people nobody has asked about.
    """
    registered = RegistrationContext.get().event_handlers.get(name)
    if registered is None:
        return False
    return bool(permission_of(registered.handler)) or name.rpartition(".")[2] in OPENING


async def _is_somebody(cookies: str) -> bool:
    try:
        return await current().people.logins.recognise(login_in(read_cookies(cookies))) is not None
    except (DatabaseError, RuntimeError):
        return False
