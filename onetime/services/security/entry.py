"""The security of chargers' connections, as the rest of the house reaches it."""

from sqlmodel import Session

from onetime.events import ChargerRemoved
from onetime.services.chargers.entry import ChargerServices
from onetime.services.foundation import Foundation, Subject
from onetime.services.security import store
from onetime.services.security.certificates.authority import CertificateAuthority
from onetime.services.security.certificates.encrypted_port import EncryptedPort, describe_port
from onetime.services.security.certificates.hosts import own_hosts
from onetime.services.security.certificates.server import Chain, ServerCertificates
from onetime.services.security.configuring import SecurityDesk
from onetime.services.security.events import SecurityLog
from onetime.services.security.guard import SecurityGuard
from onetime.services.security.service import SecurityService
from onetime.services.security.signing import CertificateService
from onetime.settings import Settings
from onetime.texts import _


class SecurityServices(Subject):
    """How chargers prove who they are, and what they are shown. ``tls_port`` is known once the port is open."""

    def __init__(self, base: Foundation, chargers: ChargerServices) -> None:
        self._base = base
        live = chargers.live
        log = SecurityLog(base.database, base.bus)
        self.logins = SecurityService(base.database, base.bus, live, log, base.unreadable)
        self.guard = SecurityGuard(self.logins, has_tls=base.settings.ocpp_tls_port is not None)
        self.desk = SecurityDesk(self.logins, live, base.settings)
        self.authority = own_authority(base.settings)
        self.server_certificates = own_server_certificates(base.settings, self.authority)
        self.certificates = CertificateService(
            self.authority, self.logins, self.guard, live, chargers.commands.send, base.background
        )
        self.tls_port = base.settings.ocpp_tls_port
        chargers.commands.guard_with(self.guard)
        base.bus.subscribe(ChargerRemoved, lambda event: self.logins.forget(event.charger_id))

    def encrypted_port(self) -> EncryptedPort:
        """Return the encrypted port as a person sees it. It reads files: call it from a thread."""
        return describe_port(self.tls_port, self.server_certificates, self.authority)

    def restore(self, session: Session) -> None:
        """Recall what is known of each charger's security."""
        self.logins.restore(session)

    async def start(self) -> None:
        """Say how the house was started, notice what the command line changes, and renew certificates in time."""
        settings = self._base.settings
        has_tls, trusts_others = settings.ocpp_tls_port is not None, settings.tls_client_ca is not None
        await self._base.database.write(lambda s: store.note_start(s, has_tls=has_tls, trusts_others=trusts_others))
        self._base.background.keep(_("noticing changes of chargers' security"), self.logins.keep_fresh)
        self._base.background.keep(_("renewing chargers' certificates"), self.certificates.keep_renewed)

    async def close(self) -> None:
        """Let the threads go that compare passwords."""
        self.logins.close()


def own_authority(settings: Settings) -> CertificateAuthority:
    """Return the house's certificate authority. Nothing is made before it is needed."""
    passphrase = settings.ca_passphrase.get_secret_value() if settings.ca_passphrase else None
    return CertificateAuthority(settings.security_dir, passphrase)


def own_server_certificates(settings: Settings, authority: CertificateAuthority | None = None) -> ServerCertificates:
    """Return what the encrypted port shows. Nothing is made before it is needed."""
    given = Chain(settings.tls_certificate, settings.tls_key) if settings.tls_certificate and settings.tls_key else None
    authority = authority or own_authority(settings)
    hosts = settings.tls_host_list
    if settings.host_list:  # browsers come to them as well
        hosts = list(dict.fromkeys([*(hosts or own_hosts()), *settings.host_list]))
    return ServerCertificates(authority, settings.security_dir, hosts, given)
