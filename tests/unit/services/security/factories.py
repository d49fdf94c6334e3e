"""What callers present, and what is known of a charger."""

import base64
from datetime import UTC, datetime

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
