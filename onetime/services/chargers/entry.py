"""Chargers, as the rest of the house reaches them."""

from sqlmodel import Session

from onetime.services.chargers.boarding import load_chargers
from onetime.services.chargers.clocks import ClockService
from onetime.services.chargers.commands import CommandService
from onetime.services.chargers.life import ChargerService
from onetime.services.chargers.live import LiveBoard
from onetime.services.chargers.membership.leaving import LeavingService
from onetime.services.chargers.membership.waiting import WaitingRoom
from onetime.services.chargers.messages.log import MessageLog
from onetime.services.chargers.messages.repairs import RepairCounter
from onetime.services.chargers.power import ConnectorPowerService
from onetime.services.foundation import Foundation, Subject
from onetime.texts import _


class ChargerServices(Subject):
    """What chargers are, what they show now, what they said, and what they can be asked."""

    def __init__(self, base: Foundation) -> None:
        self._base = base
        self.live = LiveBoard(base.bus)
        self.clocks = ClockService(base.database, self.live)
        self.leaving = LeavingService(base.database, self.live, base.bus, base.aging, self._forget)
        self.room = WaitingRoom(self.live, self.leaving)
        self.life = ChargerService(base.database, self.live, self.room, accept_new=base.settings.accept_new_chargers)
        self.power = ConnectorPowerService(base.database, self.live)
        self.messages = MessageLog(base.database, self.live.shows, self.live.is_stranger)
        self.repairs = RepairCounter(base.database, base.unreadable)
        self.commands = CommandService(self.live, base.database)

    def restore(self, session: Session) -> None:
        """Put the chargers on the live board as the database knows them, and recall their clocks."""
        with self._base.unreadable.look("chargers", session) as tell:
            load_chargers(session, self.live, tell)
            self.clocks.restore(session, tell)
        self.messages.restore(session)

    async def start(self) -> None:
        """Store what is gathered in memory, now and then."""
        self._base.background.keep(_("writing down chargers' messages"), self.messages.run)
        self._base.background.keep(_("counting repaired messages"), self.repairs.run)
        self._base.background.keep(_("letting names go that wait in vain"), self.leaving.run)

    def _forget(self, charger_id: int) -> None:
        self.messages.forget(charger_id)
        self.repairs.forget(charger_id)
        self.clocks.forget(charger_id)
        self.room.forget(charger_id)

    async def close(self) -> None:
        """Store what is still in memory."""
        self.messages.store()
        await self.repairs.store()
