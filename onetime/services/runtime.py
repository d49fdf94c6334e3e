"""All services of one running house, put together once; pages and routes reach them through ``current()``."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import Session, col, select

from onetime.clock import is_plausible, utc_now
from onetime.events import EventBus
from onetime.models import Transaction, TransactionState
from onetime.services.billing.closed_months import ClosedMonthService
from onetime.services.billing.reports import ReportService
from onetime.services.cards.authorization import AuthorizationService
from onetime.services.cards.budget import NewCardBudget
from onetime.services.cards.remote_tags import RemoteTags
from onetime.services.cards.service import CardService
from onetime.services.chargers.clocks import ClockService
from onetime.services.chargers.commands import ChargerPort, CommandService
from onetime.services.chargers.life import ChargerService, load_chargers
from onetime.services.chargers.live import LiveBoard
from onetime.services.chargers.message_log import MessageLog
from onetime.services.chargers.power import ConnectorPowerService
from onetime.services.chargers.repairs import RepairCounter
from onetime.services.commissioning.enrolment import EnrolmentService
from onetime.services.commissioning.knocking import KnockingList
from onetime.services.commissioning.window import CommissioningService
from onetime.services.files.keeping import keep_files, sweep
from onetime.services.files.store import FileStore, Limits
from onetime.services.files.transfers import TransferDesk
from onetime.services.operations.service import OperationService
from onetime.services.people.accounts import AccountService
from onetime.services.reviews.service import ReviewService
from onetime.services.security.certificates.authority import CertificateAuthority
from onetime.services.security.certificates.encrypted_port import EncryptedPort, describe_port
from onetime.services.security.certificates.server import Chain, ServerCertificates
from onetime.services.security.certificates.signing import CertificateService
from onetime.services.security.configuring import SecurityDesk
from onetime.services.security.events import SecurityLog
from onetime.services.security.guard import SecurityGuard
from onetime.services.security.service import SecurityService
from onetime.services.sessions.closing import keep_closed
from onetime.services.sessions.readings.metering import MeteringService
from onetime.services.sessions.readings.thinning import keep_thin
from onetime.services.sessions.starts import last_register, live_session
from onetime.services.sessions.transactions import TransactionService
from onetime.services.site.retention import keep_tidy
from onetime.services.site.system_time import SystemTime
from onetime.settings import Settings
from onetime.store.database import Database, create_database_engine
from onetime.store.migrations import migrate
from onetime.texts import Text, _


@dataclass(slots=True)
class Services:
    """Everything that knows the rules, around one database."""

    settings: Settings
    database: Database
    bus: EventBus
    live: LiveBoard
    clocks: ClockService
    chargers: ChargerService
    commissioning: CommissioningService
    enrolment: EnrolmentService
    authorization: AuthorizationService
    transactions: TransactionService
    metering: MeteringService
    cards: CardService
    accounts: AccountService
    reports: ReportService
    reviews: ReviewService
    security: SecurityService
    guard: SecurityGuard
    security_desk: SecurityDesk
    authority: CertificateAuthority
    server_certificates: ServerCertificates
    certificates: CertificateService
    files: FileStore
    transfers: TransferDesk
    connector_power: ConnectorPowerService
    closed_months: ClosedMonthService
    system_time: SystemTime
    messages: MessageLog
    repairs: RepairCounter
    knocking: KnockingList
    commands: CommandService | None = None
    tls_port: int | None = None
    remote_tags: RemoteTags = field(default_factory=RemoteTags)
    operations: OperationService = field(init=False)

    def __post_init__(self) -> None:
        self.operations = OperationService(self)

    def connect_chargers(self, port: ChargerPort) -> None:
        """Let commands reach chargers through ``port``."""
        self.commands = CommandService(self.live, port, self.database, self.guard)
        self.certificates.send_through(self.commands.send)

    def encrypted_port(self) -> EncryptedPort:
        """Return the encrypted port as a person sees it. It reads files: call it from a thread."""
        port = self.tls_port if self.tls_port is not None else self.settings.ocpp_tls_port
        return describe_port(port, self.server_certificates, self.authority)

    def trouble(self) -> Text | None:
        """Return what keeps the house from doing its work, as a sentence for every page, or None while all is well."""
        if not is_plausible(utc_now()):
            return _(
                "The system's time cannot be right. Until it is, chargers are not told the time and nothing is billed."
            )
        return self.database.trouble


_running: Services | None = None


def current() -> Services:
    """Return the services of this process. Raises ``RuntimeError`` before the start and after the end."""
    if _running is None:
        msg = "Onetime is not running in this process."
        raise RuntimeError(msg)
    return _running


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Services]:
    """Open the database, bring it up to date, restore what was running, and close it all at the end."""
    global _running
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = create_database_engine(settings.sqlalchemy_url)
    migrate(engine)
    database = Database(engine)
    database.start()
    services = _assemble(settings, database)
    await database.read(lambda s: restore(s, services))
    await services.operations.restore()
    await services.commissioning.begin()
    housekeeping = [
        asyncio.create_task(services.messages.run()),
        asyncio.create_task(services.repairs.run()),
        asyncio.create_task(keep_tidy(database, settings.message_retention_days)),
        asyncio.create_task(keep_thin(database, settings.sample_retention_days)),
        asyncio.create_task(keep_files(database, services.files)),
        asyncio.create_task(services.system_time.watch()),
        asyncio.create_task(services.commissioning.watch()),
        asyncio.create_task(keep_closed(services.transactions, settings.stop_grace_s)),
        asyncio.create_task(services.security.keep_fresh()),
        asyncio.create_task(services.certificates.keep_renewed()),
    ]
    _running = services
    try:
        yield services
    finally:
        _running = None
        for task in housekeeping:
            task.cancel()
        await asyncio.gather(*housekeeping, return_exceptions=True)
        await services.operations.close()
        await services.certificates.close()
        services.security.close()
        services.messages.store()
        await services.repairs.store()
        await database.close()


def restore(session: Session, services: Services) -> None:
    """Put chargers and running sessions on the live board, as the database knows them, and recall the clocks."""
    load_chargers(session, services.live)
    services.commissioning.restore(session)
    services.clocks.restore(session)
    services.security.restore(session)
    sweep(session, services.files)
    services.system_time.restore(session)
    services.messages.restore(session)
    query = select(Transaction).where(Transaction.state == TransactionState.OPEN)
    for row in session.exec(query.order_by(col(Transaction.started_at))).all():
        services.live.start_session(row.connector_id, live_session(row, last_register(session, row)))


def _assemble(settings: Settings, database: Database) -> Services:
    bus = EventBus()
    live = LiveBoard(bus)
    clocks = ClockService(database, live)
    chargers = ChargerService(database, live, accept_new=settings.accept_new_chargers)
    first = timedelta(days=settings.commissioning_days)
    commissioning = CommissioningService(database, bus, first=first, always_open=settings.accept_new_chargers)
    security = SecurityService(database, bus, live, SecurityLog(database, bus))
    guard = SecurityGuard(security, has_tls=settings.ocpp_tls_port is not None)
    authority = own_authority(settings)
    files = FileStore(database, settings.data_dir / "files", Limits.of(settings))
    unknown, new_cards = settings.accept_unknown_cards, NewCardBudget()
    return Services(
        settings=settings,
        database=database,
        bus=bus,
        live=live,
        clocks=clocks,
        chargers=chargers,
        commissioning=commissioning,
        enrolment=EnrolmentService(database, live, commissioning),
        authorization=AuthorizationService(database, bus, new_cards, accept_unknown=unknown),
        transactions=TransactionService(database, bus, live, chargers, clocks, new_cards, accept_unknown=unknown),
        metering=MeteringService(database, live, chargers, clocks),
        cards=CardService(database, bus),
        accounts=AccountService(database),
        reports=ReportService(database, settings.data_dir / "reports"),
        security=security,
        guard=guard,
        security_desk=SecurityDesk(security, live, settings),
        authority=authority,
        server_certificates=own_server_certificates(settings, authority),
        certificates=CertificateService(authority, security, guard, live),
        files=files,
        transfers=TransferDesk(files, bus, settings.http_port),
        reviews=ReviewService(database, bus, live),
        connector_power=ConnectorPowerService(database, live),
        closed_months=ClosedMonthService(database),
        system_time=SystemTime(database, bus, live),
        messages=MessageLog(database),
        repairs=RepairCounter(database),
        knocking=KnockingList(bus),
    )


def own_authority(settings: Settings) -> CertificateAuthority:
    """Return the house's certificate authority. Nothing is made before it is needed."""
    passphrase = settings.ca_passphrase.get_secret_value() if settings.ca_passphrase else None
    return CertificateAuthority(settings.security_dir, passphrase)


def own_server_certificates(settings: Settings, authority: CertificateAuthority | None = None) -> ServerCertificates:
    """Return what the encrypted port shows. Nothing is made before it is needed."""
    given = Chain(settings.tls_certificate, settings.tls_key) if settings.tls_certificate and settings.tls_key else None
    authority = authority or own_authority(settings)
    return ServerCertificates(authority, settings.security_dir, settings.tls_host_list, given)
