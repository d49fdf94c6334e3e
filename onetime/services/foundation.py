"""What every subject of the services stands on, and what the house asks of each of them."""

from dataclasses import dataclass, field

from sqlmodel import Session

from onetime.background import Background
from onetime.events import EventBus
from onetime.services.aging import Aging
from onetime.services.unreadable import UnreadableRows
from onetime.settings import Settings
from onetime.store.database import Database


@dataclass(frozen=True, slots=True)
class Foundation:
    """The settings, the database, the bus between services and pages, what runs beside, what cannot be read."""

    settings: Settings
    database: Database
    bus: EventBus = field(default_factory=EventBus)
    background: Background = field(default_factory=Background)
    unreadable: UnreadableRows = field(default_factory=UnreadableRows)
    aging: Aging = field(init=False)

    def __post_init__(self) -> None:
        """Let everything that is deleted for its age go by one time."""
        object.__setattr__(self, "aging", Aging(self.database, self.unreadable))


class Subject:
    """The services of one subject, put together in its folder. Each step of a house's life asks every subject once."""

    def restore(self, session: Session) -> None:
        """Recall what is stored, before anything else happens. A row that cannot be read is left out and told of."""

    async def start(self) -> None:
        """Do what is done once at a start, and start what runs beside. The chargers' port is still closed."""

    async def close(self) -> None:
        """Give up what is under way and hand the rest to the database, which is still open."""
