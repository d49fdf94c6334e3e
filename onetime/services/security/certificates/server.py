"""The certificates of the encrypted port: an RSA and an ECDSA chain of the own authority, made anew in time."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from onetime.clock import utc_now
from onetime.services.security.certificates.authority import NAME_LIMIT, CertificateAuthority
from onetime.services.security.certificates.files import write_secret
from onetime.services.security.certificates.hosts import general_name, own_hosts
from onetime.services.security.certificates.own_keys import load_own_key
from onetime.services.security.errors import ServerCertificateError
from onetime.texts import _

LIFE = timedelta(days=398)
RENEW_BEFORE = timedelta(days=30)
RSA_BITS = 2048  # security whitepaper, A00.FR.312


@dataclass(frozen=True, slots=True)
class Chain:
    """A certificate with those above it, and its key: two PEM files."""

    certificate: Path
    key: Path


class ServerCertificates:
    """What the encrypted port shows to chargers.

    Chargers with old firmware only verify RSA, others only offer ECDSA suites (security whitepaper, A00.FR.319), so
    the own authority makes one chain of each kind. ``given`` is a chain of another authority to be shown instead.
    """

    def __init__(self, authority: CertificateAuthority, folder: Path, hosts: list[str], given: Chain | None) -> None:
        self._authority = authority
        self._folder = folder
        self._hosts = hosts
        self._given = given
        self._making = threading.Lock()  # the two encrypted ports look for new ones at the same hour

    @property
    def is_own(self) -> bool:
        """Say whether the own authority makes them, so that chargers need its root."""
        return self._given is None

    def chains(self) -> list[Chain]:
        """Return the chains to show, making what is missing or expires soon. It may take seconds: use a thread.

        Raises ``ServerCertificateError``, ``AuthorityError`` or ``OSError``.
        """
        if self._given is not None:
            _check_given(self._given)
            return [self._given]
        hosts = self._hosts or own_hosts()
        with self._making:
            return [self._chain(kind, hosts) for kind in ("rsa", "ecdsa")]

    def shown(self) -> x509.Certificate:
        """Return the certificate shown first. Raises as ``chains``."""
        return _load(self.chains()[0].certificate)

    def _chain(self, kind: str, hosts: list[str]) -> Chain:
        chain = Chain(self._folder / f"server-{kind}.pem", self._folder / f"server-{kind}.key")
        if not self._is_good(chain, hosts):
            self._make(chain, kind, hosts)
        return chain

    def _is_good(self, chain: Chain, hosts: list[str]) -> bool:
        if not (chain.certificate.exists() and chain.key.exists()):
            return False
        try:
            certificate = _load(chain.certificate)
            key = load_own_key(chain.key)
        except (ValueError, TypeError):
            return False
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return (
            key.public_key() == certificate.public_key()
            and certificate.issuer == self._authority.root().subject
            and certificate.not_valid_after_utc - utc_now() > RENEW_BEFORE
            and list(names) == [general_name(host) for host in hosts]
        )

    def _make(self, chain: Chain, kind: str, hosts: list[str]) -> None:
        key = rsa.generate_private_key(65537, RSA_BITS) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
        names = [general_name(host) for host in hosts]
        certificate = self._authority.sign_server(key.public_key(), names, hosts[0][:NAME_LIMIT], self._expiry())
        write_secret(chain.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        text = certificate.public_bytes(Encoding.PEM) + self._authority.root_pem().encode()
        write_secret(chain.certificate, text)

    def _expiry(self) -> datetime:
        """Return when a new certificate expires; a clock that is years behind must not make one that has expired."""
        return max(utc_now(), self._authority.root().not_valid_after_utc - timedelta(days=365 * 25)) + LIFE


def fingerprint(certificate: x509.Certificate) -> str:
    """Return a certificate's SHA-256 fingerprint as browsers and chargers print it."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _check_given(chain: Chain) -> None:
    for path in (chain.certificate, chain.key):
        if not path.is_file():
            raise ServerCertificateError(_("The file {path} for the encrypted port is missing.", path=str(path)))
    try:
        certificate = _load(chain.certificate)
        key = load_pem_private_key(chain.key.read_bytes(), None)
    except (ValueError, TypeError) as error:
        msg = _("{path} and its key must be PEM files without a passphrase.", path=str(chain.certificate))
        raise ServerCertificateError(msg) from error
    if key.public_key() != certificate.public_key():
        msg = _("{key} is not the key of {path}.", key=str(chain.key), path=str(chain.certificate))
        raise ServerCertificateError(msg)


def _load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())
