"""The room where chargers wait for acceptance: there are so many places, and nobody can take all of them.

When all are taken, a newcomer gets that of a charger that has gone. Where all of them are connected, the address that
has the most gives up its newest: so a made-up garage takes its own places, and not the one of an honest charger.
"""

from collections import Counter

from onetime.budgets import WAITING_CHARGERS, WAITING_UNHEARD_S
from onetime.clock import utc_now
from onetime.ports.doorman import party_of
from onetime.services.chargers.life import TooManyUnknownChargersError
from onetime.services.chargers.live import LiveBoard, LiveCharger
from onetime.services.chargers.membership.leaving import LeavingService, oldest_unheard
from onetime.texts import _

CROWDED_OUT = "a newcomer needed the place"  # the audit row's actor


class WaitingRoom:
    """Finds a place for a charger nobody knows."""

    def __init__(self, live: LiveBoard, leaving: LeavingService) -> None:
        self._live = live
        self._leaving = leaving
        self._places = WAITING_CHARGERS
        self._parties: dict[int, str] = {}

    async def make_room(self, address: str) -> None:
        """Make sure that a newcomer from ``address`` finds a place. Raises ``TooManyUnknownChargersError``."""
        waiting = self._live.waiting()
        if len(waiting) < self._places:
            return
        leaves = oldest_unheard(waiting, utc_now(), WAITING_UNHEARD_S) or self._crowding(waiting, party_of(address))
        if leaves is None:
            raise TooManyUnknownChargersError(
                _("{count} unknown chargers already wait to be accepted.", count=len(waiting))
            )
        await self._leaving.remove([leaves], CROWDED_OUT)

    def came(self, charger_id: int, address: str) -> None:
        """Note from where a waiting charger has come."""
        self._parties[charger_id] = party_of(address)

    def forget(self, charger_id: int) -> None:
        """Note that a charger waits no more."""
        self._parties.pop(charger_id, None)

    def _crowding(self, waiting: list[LiveCharger], party: str) -> LiveCharger | None:
        """Return the newest of the address that has the most, if that is not the newcomer's own."""
        counts = Counter(self._parties.get(charger.id, "") for charger in waiting)
        largest, count = counts.most_common(1)[0]
        if largest == party or count <= counts[party] + 1:
            return None
        return max((each for each in waiting if self._parties.get(each.id, "") == largest), key=lambda each: each.id)
