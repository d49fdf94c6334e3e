"""The services of one running house, put together once; pages and routes reach them through ``current()``."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

from sqlmodel import Session

from onetime.services.billing.entry import BillingServices
from onetime.services.cards.entry import CardServices
from onetime.services.chargers.entry import ChargerServices
from onetime.services.commissioning.entry import CommissioningServices
from onetime.services.files.entry import FileServices
from onetime.services.foundation import Foundation, Subject
from onetime.services.operations.entry import operation_service
from onetime.services.people.entry import PeopleServices
from onetime.services.reviews.service import ReviewService
from onetime.services.security.entry import SecurityServices
from onetime.services.sessions.entry import SessionServices
from onetime.services.site.entry import SiteServices
from onetime.services.unreadable import UnreadableRows
from onetime.settings import Settings
from onetime.store.database import Database, create_database_engine
from onetime.store.migrations import migrate
from onetime.store.private_folder import private_data


class Services:
    """Everything that knows the rules, around one database: an entry for each subject, those it stands on first."""

    def __init__(self, base: Foundation) -> None:
        self.settings = base.settings
        self.database = base.database
        self.bus = base.bus
        self.background = base.background
        self.aging = base.aging
        self.unreadable = base.unreadable
        self.people = PeopleServices(base)
        self.files = FileServices(base)
        self.cards = CardServices(base)
        self.chargers = ChargerServices(base)
        self.commissioning = CommissioningServices(base, self.chargers)
        self.sessions = SessionServices(base, self.cards, self.chargers)
        self.security = SecurityServices(base, self.chargers)
        self.reviews = ReviewService(base.database, base.bus, self.chargers.live)
        self.site = SiteServices(base, self.chargers)
        self.billing = BillingServices(base)
        self.operations = operation_service(base, self.files, self.cards, self.chargers, self.security)

    def subjects(self) -> Iterator[Subject]:
        """Return the subjects, each after those it stands on."""
        return (each for each in vars(self).values() if isinstance(each, Subject))


_running: Services | None = None


def is_running() -> bool:
    """Say whether the services of this process have been opened, and not yet closed."""
    return _running is not None


def current() -> Services:
    """Return the services of this process. Raises ``RuntimeError`` before the start and after the end."""
    if _running is None:
        msg = "Onetime is not running in this process."
        raise RuntimeError(msg)
    return _running


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Services]:
    """Open the database, bring it up to date, restore what was running, and close it all at the end.

    What a start that fails had opened until then is closed too.
    """
    global _running
    private_data(settings.data_dir, settings.own_database)
    async with AsyncExitStack() as opened:
        engine = create_database_engine(settings.sqlalchemy_url)
        opened.callback(engine.dispose)
        migrate(engine)
        unreadable = UnreadableRows()
        database = Database(engine, unreadable.met)
        database.start()
        opened.push_async_callback(database.close)
        services = Services(Foundation(settings, database, unreadable=unreadable))
        subjects = list(services.subjects())
        for subject in subjects:
            opened.push_async_callback(subject.close)
        opened.push_async_callback(services.background.close)
        await database.read(lambda s: restore(s, services))
        for subject in subjects:
            await subject.start()
        _running = services
        try:
            yield services
        finally:
            _running = None


def restore(session: Session, services: Services) -> None:
    """Recall what the database knows, subject after subject."""
    services.aging.restore(session)
    for subject in services.subjects():
        subject.restore(session)
