"""The charger's side of TLS: what it trusts, its key, its request, and its certificate."""

import ssl
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from onetime.clock import utc_now
from tests.integration.conftest import House
from tests.integration.driving.charger_login import SERIAL

AnyKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def wss(house: House) -> str:
    """Return where chargers come encrypted."""
    return f"wss://localhost:{house.gateway.tls_port}"


def trusting(house: House) -> ssl.SSLContext:
    """Return the settings of a charger that has ca.pem."""
    return ssl.create_default_context(cafile=str(house.services.security.authority.path))


def showing(house: House, folder: Path, key: AnyKey, pem: str) -> ssl.SSLContext:
    """Return the settings of a charger that shows a certificate."""
    context = trusting(house)
    path = folder / "charger.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    path.write_text(private + pem)
    context.load_cert_chain(path)
    return context


def name(common_name: str, organization: str | None = "Onetime") -> x509.Name:
    """Return a distinguished name."""
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(parts)


def request(key: AnyKey, common_name: str = SERIAL, **more: Any) -> str:
    """Return a charger's request for a certificate."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(name(common_name, **more))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


@dataclass(frozen=True)
class OtherAuthority:
    """An authority that is not this house's."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def sign(self, key: AnyKey, common_name: str = SERIAL, organization: str = "Onetime", days: int = 30) -> str:
        """Return a charger's certificate; with negative days one that has expired."""
        until = utc_now() + timedelta(days=days)
        builder = _builder(name(common_name, organization), self.certificate.subject, key, until)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        signed = builder.add_extension(usage, critical=False).sign(self.key, hashes.SHA256())
        return signed.public_bytes(Encoding.PEM).decode()

    def write_server_chain(self, chain: Path, key_file: Path) -> None:
        """Write a certificate for localhost, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        until = utc_now() + timedelta(days=30)
        builder = _builder(name("localhost", None), self.certificate.subject, key, until)
        names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
        signed = builder.add_extension(names, critical=False).sign(self.key, hashes.SHA256())
        chain.write_bytes(signed.public_bytes(Encoding.PEM))
        key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def other_authority() -> OtherAuthority:
    """Make another authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = name("Another CA", None)
    builder = _builder(subject, subject, key, utc_now() + timedelta(days=30))
    certificate = builder.add_extension(x509.BasicConstraints(True, None), critical=True).sign(key, hashes.SHA256())
    return OtherAuthority(key, certificate)


def _builder(subject: x509.Name, issuer: x509.Name, key: AnyKey, until: Any) -> x509.CertificateBuilder:
    since = utc_now() - timedelta(days=60)
    return x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number(), since, until)
