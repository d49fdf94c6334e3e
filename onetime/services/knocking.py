"""Who knocked and was not let in: refused connections, kept in memory for whoever installs the chargers."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

KNOCKING_LIMIT = 200  # callers; beyond that the one not heard for longest is forgotten
TEXT_LIMIT = 200  # characters kept of what a stranger sends


@dataclass(slots=True)
class Knock:
    """A caller that was refused. ``path`` is what it asked for, ``offered`` the OCPP versions it named."""

    path: str
    address: str
    reason: str
    offered: str
    first_at: datetime
    last_at: datetime
    count: int = 1


class KnockingList:
    """The refused callers, each once per path, address and reason."""

    def __init__(self) -> None:
        self._knocks: OrderedDict[tuple[str, str, str], Knock] = OrderedDict()

    def add(self, path: str, address: str, reason: str, offered: str, at: datetime) -> None:
        """Note that a caller was refused."""
        key = (path[:TEXT_LIMIT], address, reason[:TEXT_LIMIT])
        known = self._knocks.get(key)
        if known is not None:
            known.last_at, known.count, known.offered = at, known.count + 1, offered[:TEXT_LIMIT]
        else:
            self._knocks[key] = Knock(*key, offered[:TEXT_LIMIT], at, at)
        self._knocks.move_to_end(key)
        while len(self._knocks) > KNOCKING_LIMIT:
            self._knocks.popitem(last=False)

    def __iter__(self) -> Iterator[Knock]:
        """Yield the callers, the latest first."""
        return iter(list(reversed(self._knocks.values())))
