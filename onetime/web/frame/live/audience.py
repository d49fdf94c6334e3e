"""The browsers that watch, behind their sockets: rooms of Socket.IO, one message encoded once for a whole room."""

from typing import Any, Protocol

import reflex as rx
from reflex.state import StateUpdate
from reflex.utils.format import format_event_handler
from reflex_base.event import Event
from socketio import AsyncServer

from onetime.web.frame.running import part

_ROOM = "topic "  # the rooms of ours; Socket.IO has others, such as one for each browser


class Audience(Protocol):
    """The browsers that watch, as those who have something to tell them see it."""

    async def write(self, topic: str, delta: dict[str, dict[str, Any]]) -> None:
        """Write values into the copies of states of everybody who watches: state name → variable → value."""
        ...

    async def write_to(self, socket: str, delta: dict[str, dict[str, Any]]) -> None:
        """Write values into one browser's copies of states."""
        ...

    async def ask(self, topic: str, event_name: str) -> None:
        """Make the browsers call an event handler; it asks for permission again, as for a click."""
        ...

    async def enter(self, socket: str, topic: str) -> None:
        """Let a browser watch a topic. It leaves when its socket closes, or when it opens another page."""
        ...

    def watched(self, topic: str) -> bool:
        """Say whether anybody watches a topic."""
        ...


class SocketAudience:
    """Sends to browsers without going through their states, which stay unlocked."""

    def __init__(self, app: rx.App) -> None:
        if app.sio is None or app.event_namespace is None:
            msg = "The pages have no socket server; the app must be compiled first."
            raise RuntimeError(msg)
        self._sio: AsyncServer = app.sio
        self._namespace: str = app.event_namespace.namespace

    async def write(self, topic: str, delta: dict[str, dict[str, Any]]) -> None:
        """Write values into the copies of states of everybody who watches: state name → variable → value."""
        await self._emit(_ROOM + topic, StateUpdate(delta=delta))

    async def write_to(self, socket: str, delta: dict[str, dict[str, Any]]) -> None:
        """Write values into one browser's copies of states."""
        await self._emit(socket, StateUpdate(delta=delta))

    async def ask(self, topic: str, event_name: str) -> None:
        """Make the browsers call an event handler; it asks for permission again, as for a click."""
        await self._emit(_ROOM + topic, StateUpdate(events=[Event(name=event_name)]))

    async def enter(self, socket: str, topic: str) -> None:
        """Let a browser watch a topic. It leaves when its socket closes, or through ``leave``."""
        await self._sio.enter_room(socket, _ROOM + topic, namespace=self._namespace)

    async def leave(self, socket: str) -> None:
        """Take a browser out of all topics."""
        for room in self._sio.rooms(socket, namespace=self._namespace):
            if room and room.startswith(_ROOM):
                await self._sio.leave_room(socket, room, namespace=self._namespace)

    def watched(self, topic: str) -> bool:
        """Say whether anybody watches a topic."""
        rooms = self._sio.manager.rooms.get(self._namespace, {})
        return bool(rooms.get(_ROOM + topic))

    async def _emit(self, room: str, update: StateUpdate) -> None:
        await self._sio.emit("event", update, to=room, namespace=self._namespace)


def refresh_of(state: type[rx.State]) -> str:
    """Return the name under which browsers are asked to call a page's ``refresh``."""
    return str(format_event_handler(state.event_handlers["refresh"]))


async def stop_watching(socket: str) -> None:
    """Send this browser nothing live any more; it has gone to another page."""
    await part(SocketAudience).leave(socket)
