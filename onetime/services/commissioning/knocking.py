"""Who knocked and was not let in: refused connections, kept in memory for whoever installs the chargers."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from onetime.events import EventBus, StrangerKnocked

KNOCKING_LIMIT = 200  # callers; beyond that the one not heard for longest is forgotten
TEXT_LIMIT = 200  # characters kept of what a stranger sends


@dataclass(slots=True)
class Knock:
    """A caller that was refused. ``path`` is what it asked for, ``offered`` the OCPP versions it named.

    ``identity`` is the name of a charger that was refused for nothing but not being known here.
    """

    path: str
    address: str
    reason: str
    offered: str
    first_at: datetime
    last_at: datetime
    identity: str | None = None
    count: int = 1


class KnockingList:
    """The refused callers, each once per path, address and reason."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._knocks: OrderedDict[tuple[str, str, str], Knock] = OrderedDict()

    def add(
        self, path: str, address: str, reason: str, offered: str, at: datetime, *, identity: str | None = None
    ) -> None:
        """Note that a caller was refused; ``identity`` names a charger that is only not known here."""
        key = (path[:TEXT_LIMIT], address, reason[:TEXT_LIMIT])
        known = self._knocks.get(key)
        if known is not None:
            known.last_at, known.count, known.offered = at, known.count + 1, offered[:TEXT_LIMIT]
        else:
            self._knocks[key] = Knock(*key, offered[:TEXT_LIMIT], at, at, identity)
        self._knocks.move_to_end(key)
        while len(self._knocks) > KNOCKING_LIMIT:
            self._knocks.popitem(last=False)
        if identity is not None:
            self._bus.publish(StrangerKnocked())

    def strangers(self) -> dict[str, Knock]:
        """Return the latest knock of each charger that is only not known here, by its name without regard to case."""
        latest: dict[str, Knock] = {}
        for knock in self:
            if knock.identity is not None:
                latest.setdefault(knock.identity.casefold(), knock)
        return latest

    def __iter__(self) -> Iterator[Knock]:
        """Yield the callers, the latest first."""
        return iter(list(reversed(self._knocks.values())))
