"""What callers present, and what is known of a charger."""

import base64
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from onetime.models import CertificateState, PasswordState, Registration
from onetime.services.chargers.live import LiveCharger
from onetime.services.security.facts import CertificateFacts, PasswordFacts

WHEN = datetime(2026, 11, 20, tzinfo=UTC)


def basic(user: str, password: bytes | str) -> str:
    """Return the header of a login."""
    secret = password.encode() if isinstance(password, str) else password
    return "Basic " + base64.b64encode(user.encode() + b":" + secret).decode()


def charger(identity: str = "KEBA-07", serial_number: str | None = "17.042.883") -> LiveCharger:
    return LiveCharger(1, identity, Registration.ACCEPTED, "Keba", "P30", None, {}, serial_number=serial_number)


def password(stored: str, number: int = 1, state: PasswordState = PasswordState.CURRENT) -> PasswordFacts:
    return PasswordFacts(number, stored, state, WHEN)


def certificate(serial: str, state: CertificateState = CertificateState.IN_USE, number: int = 1) -> CertificateFacts:
    return CertificateFacts(number, serial, "17.042.883", state, WHEN, WHEN.replace(year=2028))


def some_certificate(common_name: str = "A maker of chargers") -> str:
    """Return a certificate in PEM that nobody here has made."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    number, until = x509.random_serial_number(), WHEN.replace(year=2036)
    builder = x509.CertificateBuilder(name, name, key.public_key(), number, WHEN, until)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
