"""How many connections a port holds: some for each address, some for strangers, and the rest for those it knows.

A stranger's place is never safe. When there is none left for a newcomer, the oldest stranger of the address that has
the most of them goes: whoever means it says within a second who they are, and whoever only sits there is in the way.
"""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from onetime.budgets import (
    ALL_STRANGERS_EVENTS_AT_ONCE,
    ALL_STRANGERS_EVENTS_PER_S,
    ARRIVALS_AT_ONCE,
    ARRIVALS_PER_S,
    KEPT_FILES,
    NEWCOMERS,
    NEWCOMERS_PER_ADDRESS,
    PAGES,
    PAGES_PER_ADDRESS,
    REQUESTS_AT_ONCE,
    REQUESTS_PER_S,
    STRANGERS_EVENTS_AT_ONCE,
    STRANGERS_EVENTS_PER_S,
)
from onetime.ports.pace import Pace, Paces

PLACE = "place"  # where the scope of a request, or of a page's connection, says which place it has


@dataclass(frozen=True, slots=True)
class Shares:
    """How the descriptors of the process are shared out: connections of strangers, of chargers, and of pages."""

    newcomers: int
    chargers: int
    pages: int


def shares_of(descriptors: int) -> Shares:
    """Share out ``descriptors``. What is left after pages and strangers is for chargers the house knows.

    >>> shares_of(1_024)
    Shares(newcomers=128, chargers=384, pages=128)
    """
    left = max(descriptors - KEPT_FILES, 24)
    pages = min(PAGES, max(8, descriptors // 8))
    newcomers = min(NEWCOMERS, max(8, descriptors // 8))
    pages, newcomers = min(pages, left // 3), min(newcomers, left // 3)
    return Shares(newcomers, left - pages - newcomers, pages)


class Place:
    """One connection at a port. ``joined`` says that it has done what it came for."""

    __slots__ = ("_doorman", "drop", "is_known", "joined", "party")

    def __init__(self, doorman: "Doorman", party: str, drop: Callable[[], None]) -> None:
        self._doorman = doorman
        self.party = party
        self.drop = drop
        self.is_known = False
        self.joined = False

    def know(self) -> None:
        """Give it a place among those the house knows: it is a stranger's no more."""
        self._doorman._know(self)

    def forget(self) -> None:
        """Make it a stranger's again."""
        self._doorman._forget(self)

    def request_wait(self) -> float:
        """Count a request; return the seconds it waits because so many come from its address."""
        return self._doorman._requests.wait(self.party, self._doorman._clock())

    def event_wait(self) -> float:
        """Count a message of a page; return the seconds it waits because strangers say so much."""
        return 0.0 if self.is_known else self._doorman._event_wait(self.party)

    def leave(self) -> None:
        """Give the place back; may be done again."""
        self._doorman._leave(self)


class Doorman:
    """The places of one port, or of several that share them.

    ``strangers`` and ``known`` are the places there are, ``per_address`` how many strangers may have one address.
    """

    def __init__(
        self, strangers: int, known: int, per_address: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._strangers, self._known_limit = strangers, known
        self._per_address = min(per_address, strangers)
        self._clock = clock
        self._paces = Paces(ARRIVALS_AT_ONCE, ARRIVALS_PER_S)
        self._requests = Paces(REQUESTS_AT_ONCE, REQUESTS_PER_S)
        self._events = Paces(STRANGERS_EVENTS_AT_ONCE, STRANGERS_EVENTS_PER_S)
        self._all_events = Pace(ALL_STRANGERS_EVENTS_AT_ONCE, ALL_STRANGERS_EVENTS_PER_S)
        self._waiting: dict[str, OrderedDict[Place, None]] = {}
        self._count = 0
        self._known: set[Place] = set()
        self.refused = 0
        self.dropped = 0

    def enter(self, address: str, drop: Callable[[], None]) -> Place | None:
        """Return a place for a connection from ``address``, or None: then it is to be closed without a word.

        ``drop`` closes the connection at once, when its place is needed for another.
        """
        party = party_of(address)
        if not self._paces.allows(party, self._clock()):
            self.refused += 1
            return None
        if len(self._waiting.get(party, ())) >= self._per_address:
            self._drop_oldest(party)
        elif self._count >= self._strangers:
            self._drop_oldest(max(self._waiting, key=lambda each: len(self._waiting[each])))
        place = Place(self, party, drop)
        self._put(place)
        return place

    @property
    def strangers(self) -> int:
        """How many strangers are connected."""
        return self._count

    @property
    def known(self) -> int:
        """How many others are."""
        return len(self._known)

    def _put(self, place: Place) -> None:
        self._waiting.setdefault(place.party, OrderedDict())[place] = None
        self._count += 1

    def _know(self, place: Place) -> None:
        if place.is_known or place.party not in self._waiting or place not in self._waiting[place.party]:
            return
        if len(self._known) >= self._known_limit:
            return  # it stays a stranger, whose place may be needed
        self._take(place)
        self._paces.refund(place.party)  # so that no garage is held up whose chargers come back all at once
        place.is_known = True
        self._known.add(place)

    def _forget(self, place: Place) -> None:
        if place.is_known:
            self._known.discard(place)
            place.is_known = False
            self._put(place)

    def _event_wait(self, party: str) -> float:
        now = self._clock()
        return max(self._events.wait(party, now), self._all_events.wait(now))

    def _leave(self, place: Place) -> None:
        global _departures
        _departures += 1
        self._known.discard(place)
        self._take(place)

    def _take(self, place: Place) -> None:
        waiting = self._waiting.get(place.party)
        if waiting is not None and place in waiting:
            del waiting[place]
            self._count -= 1
            if not waiting:
                del self._waiting[place.party]

    def _drop_oldest(self, party: str) -> None:
        oldest = next(iter(self._waiting[party]))
        self._take(oldest)
        self.dropped += 1
        oldest.drop()


_departures = 0


def departures() -> int:
    """Return how many connections have ended at all ports of this process so far."""
    return _departures


def for_chargers(shares: Shares) -> Doorman:
    """Return the doorman of the chargers' ports."""
    return Doorman(shares.newcomers, shares.chargers, NEWCOMERS_PER_ADDRESS)


def for_pages(shares: Shares) -> Doorman:
    """Return the doorman of the port of the pages: half of it is for people who are logged in."""
    return Doorman(shares.pages // 2, shares.pages - shares.pages // 2, PAGES_PER_ADDRESS)


def party_of(address: str) -> str:
    """Return what the addresses of one party have in common: in IPv6 each has the 2⁶⁴ of its network to choose from.

    >>> party_of("192.168.1.7"), party_of("::ffff:192.168.1.7"), party_of("2001:db8::1:2"), party_of("2001:db8::3")
    ('192.168.1.7', '192.168.1.7', '2001:db8::', '2001:db8::')
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
