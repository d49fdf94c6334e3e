"""The services operations work with, and no others."""

from dataclasses import dataclass

from onetime.events import EventBus
from onetime.services.cards.remote_tags import RemoteTags
from onetime.services.chargers.commands import CommandService
from onetime.services.chargers.life import ChargerService
from onetime.services.chargers.live import LiveBoard
from onetime.services.files.store import FileStore
from onetime.services.files.transfers import TransferDesk
from onetime.services.security.certificates.authority import CertificateAuthority
from onetime.services.security.certificates.server import ServerCertificates
from onetime.services.security.configuring import SecurityDesk
from onetime.services.security.service import SecurityService
from onetime.settings import Settings
from onetime.store.database import Database


@dataclass(frozen=True, slots=True)
class Tools:
    """What every run of an operation can reach."""

    settings: Settings
    database: Database
    bus: EventBus
    live: LiveBoard
    chargers: ChargerService
    commands: CommandService
    remote_tags: RemoteTags
    files: FileStore
    transfers: TransferDesk
    logins: SecurityService
    security_desk: SecurityDesk
    authority: CertificateAuthority
    server_certificates: ServerCertificates
