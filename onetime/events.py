"""What happened, as typed events, and the in-memory bus that carries them to whoever listens.

An event is published after the commit that made it true. Listeners are plain functions that return at once.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from pyee.base import EventEmitter

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChargerChanged:
    """A charger came, went, was accepted or said something new about itself."""

    charger_id: int


@dataclass(frozen=True, slots=True)
class ChargerRemoved:
    """A charger is being deleted: whoever holds something of it lets it go, at once. Its id may be used again."""

    charger_id: int


@dataclass(frozen=True, slots=True)
class ConnectorChanged:
    """What a connector shows has changed: its status, its session or its readings."""

    connector_id: int


@dataclass(frozen=True, slots=True)
class TransactionChanged:
    """A session started or ended."""

    transaction_id: int
    connector_id: int


@dataclass(frozen=True, slots=True)
class ReviewsChanged:
    """Something was put into the review inbox, or decided."""


@dataclass(frozen=True, slots=True)
class SystemTimeSet:
    """The system's time, which could not be right, is."""


@dataclass(frozen=True, slots=True)
class CommissioningChanged:
    """New chargers are let in from now on, or no longer, or until another time."""


@dataclass(frozen=True, slots=True)
class StrangerKnocked:
    """A charger that is not known here was turned away."""


@dataclass(frozen=True, slots=True)
class CardChanged:
    """A card was shown for the first time, or somebody decided about it."""

    card_id: int


@dataclass(frozen=True, slots=True)
class LoginsEnded:
    """Browsers are logged out: whoever sits before them may see nothing any more. ``logins``: their tokens' hashes."""

    logins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChargerLoggedIn:
    """A charger was let in. ``profile`` is the security profile (0 to 3) it used."""

    charger_id: int
    profile: int


@dataclass(frozen=True, slots=True)
class ChargerSecurityChanged:
    """A charger's profile, password or certificates have changed."""

    charger_id: int


@dataclass(frozen=True, slots=True)
class SecurityNoted:
    """Something that concerns security was written down. ``is_alert``: somebody should look at it."""

    event_id: int
    charger_id: int | None
    kind: str
    is_alert: bool


@dataclass(frozen=True, slots=True)
class MessageSeen:
    """A frame came from (``received``) or went to (``sent``) a charger. It may not be in the database yet."""

    charger_id: int
    at: datetime
    direction: str
    action: str | None
    frame: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class ChargerReported:
    """A charger sent a message on its own, and it was answered: the moment an operation waits for.

    ``kind`` is the action's name, such as ``FirmwareStatusNotification``; ``status`` the message's own status, where it
    has one. ``message`` is what the gateway read, ``answer`` the payload that goes back. Published after the commit.
    """

    charger_id: int
    kind: str
    status: str | None
    message: Any
    answer: dict[str, Any]

    @property
    def payload(self) -> dict[str, Any]:
        """The message as JSON, in OCPP's own names."""
        content: dict[str, Any] = msgspec.to_builtins(self.message)
        return content


@dataclass(frozen=True, slots=True)
class OperationChanged:
    """An operation began, went a step further or ended."""

    operation_id: int
    charger_id: int


@dataclass(frozen=True, slots=True)
class FileMoved:
    """Bytes of a file went to or came from a charger.

    What we send is complete when ``moved_bytes`` are ``total_bytes``; what a charger sends, once ``arrived_file_id``
    names what was stored. ``problem`` says why it broke off.
    """

    charger_id: int
    transfer_id: int
    moved_bytes: int
    total_bytes: int | None
    arrived_file_id: int | None = None
    problem: str | None = None


E = TypeVar("E")


_Topic = tuple[type[object], int | None]  # the kind of event, and the charger it must be about


class EventBus:
    """Carries events from services to pages. A failing listener is logged and never stops the publisher."""

    def __init__(self) -> None:
        self._emitter = EventEmitter()
        self._listeners: dict[_Topic, int] = {}

    def publish(self, event: object) -> None:
        """Call every listener of this event's type, and those of its charger."""
        kind = type(event)
        for topic in {(kind, None), (kind, getattr(event, "charger_id", None))}:
            if topic in self._listeners:  # most events of most houses: nobody looks
                self._emitter.emit(_name(topic), event)

    def wants(self, kind: type[object], charger_id: int | None = None) -> bool:
        """Say whether anybody listens to events of this type, about this charger; some cost something to make."""
        return (kind, None) in self._listeners or (kind, charger_id) in self._listeners

    def subscribe(
        self, kind: type[E], listener: Callable[[E], None], charger_id: int | None = None
    ) -> Callable[[], None]:
        """Call ``listener`` for each event of ``kind``, or for those whose ``charger_id`` is the one given.

        Return the function that ends the subscription.
        """
        topic = (kind, charger_id)

        def guarded(event: Any) -> None:
            try:
                listener(event)
            except Exception:
                logger.exception("A listener of %s failed.", kind.__name__)

        def unsubscribe() -> None:
            self._emitter.remove_listener(_name(topic), guarded)
            self._listeners[topic] -= 1
            if not self._listeners[topic]:
                del self._listeners[topic]

        self._emitter.add_listener(_name(topic), guarded)
        self._listeners[topic] = self._listeners.get(topic, 0) + 1
        return unsubscribe


def _name(topic: _Topic) -> str:
    kind, charger_id = topic
    return kind.__name__ if charger_id is None else f"{kind.__name__} {charger_id}"
