"""The house itself, as the rest of it is reached."""

from functools import partial

from sqlmodel import Session

from onetime.clock import is_plausible, utc_now
from onetime.services.chargers.entry import ChargerServices
from onetime.services.foundation import Foundation, Subject
from onetime.services.site.bookkeeping import keep_answer
from onetime.services.site.retention import keep_tidy
from onetime.services.site.system_time import SystemTime
from onetime.texts import Text, _


class SiteServices(Subject):
    """Its time, what it keeps for how long, what it remembers of answers, and what is wrong with it.

    ``pages_trouble`` says what keeps the pages from being shown, None while they are.
    """

    def __init__(self, base: Foundation, chargers: ChargerServices) -> None:
        self._base = base
        self.pages_trouble: Text | None = None
        self.system_time = SystemTime(base.database, base.bus, chargers.live, base.unreadable)
        chargers.commands.keep_answers_with(partial(keep_answer, base.database))

    def trouble(self) -> Text | None:
        """Return what keeps the house from doing its work, as a sentence for those who look after it; None for nothing.

        It may name chargers.
        """
        return self._known_to_all() or self._base.unreadable.trouble()

    def trouble_for_all(self) -> Text | None:
        """Return the same for every page, whoever sits before it: it names nothing that a stranger may not know."""
        return self._known_to_all() or self._base.unreadable.trouble_for_all()

    def _known_to_all(self) -> Text | None:
        if not is_plausible(utc_now()):
            return _(
                "The system's time cannot be right. Until it is, chargers are not told the time and nothing is billed."
            )
        if (leapt_to := self._base.aging.leapt_to) is not None:
            return _(
                "The system's clock has leapt ahead to {day}. If that is wrong, set it right. For 30 days nothing is "
                "deleted by the new date.",
                day=f"{leapt_to:%d.%m.%Y}",
            )
        base = self._base
        return base.database.trouble or self.pages_trouble or base.background.trouble()

    def restore(self, session: Session) -> None:
        """Recall what was running when the house stopped."""
        self.system_time.restore(session)

    async def start(self) -> None:
        """Watch the system's time, and delete old messages."""
        background, days = self._base.background, self._base.settings.message_retention_days
        background.keep(_("watching the system's time"), self.system_time.watch)
        look_again = partial(self._base.unreadable.look_again, self._base.database)
        background.keep(_("looking again at what could not be read"), look_again)
        background.keep(_("watching for leaps of the system's time"), self._base.aging.run)
        background.keep(_("deleting old messages"), partial(keep_tidy, self._base.database, self._base.aging, days))
