"""The house's own certificate authority: one root, made when it is first needed.

It signs the certificates of the encrypted port and those of the chargers. Its key never leaves ``ca.key``; what
chargers need to trust this house is ``ca.pem``.
"""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes, CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from onetime.clock import utc_now
from onetime.services.security.certificates.files import write_secret
from onetime.services.security.certificates.own_keys import load_own_key
from onetime.services.security.errors import AuthorityError
from onetime.texts import _

ROOT_BITS = 3072  # RSA, because every charger can verify it; NIST SP 800-57 trusts this length beyond 2030
ROOT_LIFE = timedelta(days=365 * 25)  # as long as a charger hangs on its wall: replacing a root means visiting each
# A charger without a clock battery starts in 1970 and gets its time over the very connection it has to verify.
BEFORE_ANY_CLOCK = datetime(1970, 1, 1, tzinfo=UTC)
NAME_LIMIT = 64  # characters of a common name (RFC 5280, appendix A)


class CertificateAuthority:
    """The root and what it signs. Every method may take a second: call them from a thread."""

    def __init__(self, folder: Path, passphrase: str | None = None) -> None:
        self._folder = folder
        self._passphrase = passphrase.encode() if passphrase else None
        self._lock = threading.Lock()
        self._root: x509.Certificate | None = None
        self._key: CertificateIssuerPrivateKeyTypes | None = None

    @property
    def path(self) -> Path:
        """The file chargers need to trust this house."""
        return self._folder / "ca.pem"

    @property
    def exists(self) -> bool:
        """Say whether the root has been made already."""
        return self.path.exists()

    @property
    def name(self) -> x509.Name | None:
        """The root's name, once it has been needed in this process."""
        return self._root.subject if self._root else None

    def root(self) -> x509.Certificate:
        """Return the root certificate, making it when there is none. Raises ``AuthorityError``."""
        return self._loaded()[0]

    def root_pem(self) -> str:
        """Return the root certificate as text. Raises ``AuthorityError``."""
        return self.root().public_bytes(serialization.Encoding.PEM).decode()

    def sign_server(self, key: CertificatePublicKeyTypes, names: list[x509.GeneralName], common_name: str,
                    expires_at: datetime) -> x509.Certificate:  # fmt: skip
        """Return a certificate of the encrypted port for these names. Raises ``AuthorityError``."""
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:NAME_LIMIT])])
        builder = self._leaf(key, subject, BEFORE_ANY_CLOCK, expires_at, ExtendedKeyUsageOID.SERVER_AUTH)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._loaded()[1], hashes.SHA256())

    def sign_charger(
        self, key: CertificatePublicKeyTypes, common_name: str, organization: str, expires_at: datetime
    ) -> x509.Certificate:
        """Return a charger's certificate (security whitepaper, A00.FR.404 and 405). Raises ``AuthorityError``."""
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization[:NAME_LIMIT]),
                x509.NameAttribute(NameOID.COMMON_NAME, common_name[:NAME_LIMIT]),
            ]
        )
        since = utc_now() - timedelta(days=1)
        builder = self._leaf(key, subject, since, expires_at, ExtendedKeyUsageOID.CLIENT_AUTH)
        return builder.sign(self._loaded()[1], hashes.SHA256())

    def _leaf(self, key: CertificatePublicKeyTypes, subject: x509.Name, since: datetime, until: datetime,
              usage: x509.ObjectIdentifier) -> x509.CertificateBuilder:  # fmt: skip
        root = self.root()
        root_key_id = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        return (
            x509.CertificateBuilder(root.subject, subject, key, x509.random_serial_number(), since, until)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(enciphers=isinstance(key, rsa.RSAPublicKey)), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(root_key_id), critical=False)
        )

    def _loaded(self) -> tuple[x509.Certificate, CertificateIssuerPrivateKeyTypes]:
        with self._lock:
            if self._root is None or self._key is None:
                self._key = self._load_key()
                self._root = self._load_root(self._key)
            return self._root, self._key

    def _load_key(self) -> CertificateIssuerPrivateKeyTypes:
        path = self._folder / "ca.key"
        if not path.exists():
            if self.path.exists():
                msg = _("{path} is missing. Restore it from a backup: chargers trust no other key.", path=str(path))
                raise AuthorityError(msg)
            key = rsa.generate_private_key(65537, ROOT_BITS)
            write_secret(path, _key_pem(key, self._passphrase))
            return key
        try:
            return load_own_key(path, self._passphrase)  # type: ignore[no-any-return]  # only such keys are written there
        except (ValueError, TypeError) as error:
            msg = _("{path} cannot be opened: is ONETIME_CA_PASSPHRASE the one it was made with?", path=str(path))
            raise AuthorityError(msg) from error

    def _load_root(self, key: CertificateIssuerPrivateKeyTypes) -> x509.Certificate:
        """Return the root; one that a power cut kept from being written is made again from its key."""
        if self.path.exists():
            return x509.load_pem_x509_certificate(self.path.read_bytes())
        public = key.public_key()
        key_id = x509.SubjectKeyIdentifier.from_public_key(public)
        # Each installation's name is its own: a charger may have to keep the roots of two of them.
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Onetime CA {key_id.digest.hex()[:8]}")])
        root = (
            x509.CertificateBuilder(
                name, name, public, x509.random_serial_number(), BEFORE_ANY_CLOCK, utc_now() + ROOT_LIFE
            )
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .add_extension(key_id, critical=False)
            .sign(key, hashes.SHA256())
        )
        write_secret(self.path, root.public_bytes(serialization.Encoding.PEM))
        return root


def _key_pem(key: rsa.RSAPrivateKey, passphrase: bytes | None) -> bytes:
    protection: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)


def _key_usage(*, signs_certificates: bool = False, enciphers: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=enciphers,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
