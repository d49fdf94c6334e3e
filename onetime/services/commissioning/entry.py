"""Commissioning, as the rest of the house reaches it."""

from datetime import timedelta

from sqlmodel import Session

from onetime.services.chargers.entry import ChargerServices
from onetime.services.commissioning.enrolment import EnrolmentService
from onetime.services.commissioning.knocking import KnockingList
from onetime.services.commissioning.window import WINDOW, CommissioningService
from onetime.services.foundation import Foundation, Subject
from onetime.texts import _


class CommissioningServices(Subject):
    """Which chargers are let in, until when, and who knocked in vain."""

    def __init__(self, base: Foundation, chargers: ChargerServices) -> None:
        self._base = base
        self.window = CommissioningService(
            base.database,
            base.bus,
            first=timedelta(days=base.settings.commissioning_days),
            always_open=base.settings.accept_new_chargers,
            unreadable=base.unreadable,
        )
        self.enrolment = EnrolmentService(base.database, chargers.live, self.window, base.unreadable)
        self.knocking = KnockingList(base.bus)

    def restore(self, session: Session) -> None:
        """Recall until when new chargers are let in."""
        with self._base.unreadable.look(WINDOW) as tell:
            self.window.restore(session, tell)

    async def start(self) -> None:
        """Begin the first window at the first start, and notice the end of each."""
        await self.window.begin()
        self._base.background.keep(_("looking whether new chargers are let in"), self.window.watch)
