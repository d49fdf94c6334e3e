"""All chargers of the load in one loop: what they are doing is an ``Activity``, everything else is the same."""

import select
import sys
import time
from typing import Protocol

from bench.load.charger import Charger


class Activity(Protocol):
    """Something a group of chargers does until it is over. Times are seconds of ``time.perf_counter``."""

    def begin(self) -> None:
        """Send what comes first."""
        ...

    def answered(self, charger: Charger, text: bytes, at: float) -> None:
        """Go on after an answer; the text is empty when the charger's socket has just opened."""
        ...

    def due(self) -> float | None:
        """Return when ``wake`` wants to be called, or None when only answers matter."""
        ...

    def wake(self) -> None:
        """Do what is due."""
        ...

    @property
    def is_over(self) -> bool:
        """Whether everything has been done."""
        ...


class Swarm:
    """Groups of chargers by name, and the loop that serves them."""

    def __init__(self) -> None:
        self.groups: dict[str, list[Charger]] = {}
        self._poll = select.epoll()
        self._by_descriptor: dict[int, Charger] = {}
        self._unconnected: set[int] = set()

    def connect(self, charger: Charger) -> None:
        """Begin to connect a charger."""
        charger.connect(self._poll)
        self._by_descriptor[charger.socket.fileno()] = charger
        self._unconnected.add(charger.socket.fileno())

    def leave(self, group: str) -> None:
        """Close the sockets of a group."""
        for charger in self.groups.pop(group):
            del self._by_descriptor[charger.socket.fileno()]
            charger.close()

    def run(self, activity: Activity) -> None:
        """Let chargers do something until it is over. Raises ``ChargerError``."""
        activity.begin()
        while not activity.is_over:
            due = activity.due()
            self._turn(activity, None if due is None else max(0.0, due - time.perf_counter()))
            if due is not None and time.perf_counter() >= due:
                activity.wake()

    def idle_until_spoken_to(self) -> None:
        """Only answer the servers' pings and questions until standard input has something to say."""
        standard_input = sys.stdin.fileno()
        self._poll.register(standard_input, select.EPOLLIN)
        while standard_input not in self._turn(None, None):
            pass
        self._poll.unregister(standard_input)

    def _turn(self, activity: Activity | None, timeout: float | None) -> set[int]:
        """Serve the sockets that are ready; return the descriptors that are not chargers'."""
        others = set()
        for descriptor, _events in self._poll.poll(timeout):
            charger = self._by_descriptor.get(descriptor)
            if charger is None:
                others.add(descriptor)
            elif descriptor in self._unconnected:
                self._unconnected.discard(descriptor)
                charger.open(self._poll)
            else:
                for text in charger.receive():
                    if activity is not None:
                        activity.answered(charger, text, time.perf_counter())
        return others
