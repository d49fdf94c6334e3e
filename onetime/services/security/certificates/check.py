"""Is a charger's certificate its own? The chain has been verified during the TLS handshake; this is about the rest."""

import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import NameOID

from onetime.models import CertificateState
from onetime.services.chargers.live import LiveCharger
from onetime.services.security.facts import USABLE, CertificateFacts, SecurityFacts
from onetime.texts import Text, _


class CertificateRefusedError(Exception):
    """A certificate does not prove that the caller is this charger."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """What matters of a certificate a caller showed. ``is_ours``: this house's authority signed it."""

    serial: str
    common_name: str
    organization: str
    is_ours: bool


def read_client_certificate(der: bytes, authority: x509.Name | None) -> ClientCertificate:
    """Read a certificate. Raises ``ValueError`` when it is none."""
    certificate = x509.load_der_x509_certificate(der)
    return ClientCertificate(
        serial=serial_text(certificate.serial_number),
        common_name=name_part(certificate.subject, NameOID.COMMON_NAME),
        organization=name_part(certificate.subject, NameOID.ORGANIZATION_NAME),
        is_ours=authority is not None and certificate.issuer == authority,
    )


def check_client_certificate(
    shown: ClientCertificate, charger: LiveCharger, facts: SecurityFacts, house: str
) -> CertificateFacts | None:
    """Return what is on record of a certificate; None for one that another authority made.

    Of this house's certificates the record counts. Those of another authority must name the charger and this house
    (security whitepaper, A00.FR.404 and 405). Raises ``CertificateRefusedError``.
    """
    if shown.is_ours:
        return _on_record(shown, facts)
    if not names_charger(shown.common_name, charger):
        msg = _("The certificate is that of “{name}”, not of this charger.", name=shown.common_name[:60])
        raise CertificateRefusedError(msg)
    if house.casefold() not in shown.organization.casefold():
        msg = _("The certificate names “{name}” instead of this house.", name=shown.organization[:60])
        raise CertificateRefusedError(msg)
    return None


def names_charger(common_name: str, charger: LiveCharger) -> bool:
    """Say whether a common name stands for this charger: it holds its serial number, or is its identity."""
    name = common_name.strip().casefold()
    serial = (charger.serial_number or "").strip().casefold()
    if serial and re.search(rf"(?<![a-z0-9]){re.escape(serial)}(?![a-z0-9])", name):
        return True
    return name == charger.identity.casefold()


def name_part(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    """Return one part of a distinguished name; empty when it is missing."""
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""


def readable_pem(text: str) -> str:
    """Return certificates in PEM as they were given. Raises ``ValueError`` for what no charger could read."""
    try:
        found = x509.load_pem_x509_certificates(text.strip().encode())
        usable = [each.public_key() for each in found]
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise ValueError(_("This is no certificate in PEM.")) from error
    if not usable:
        raise ValueError(_("This is no certificate in PEM."))
    return text


def serial_text(number: int) -> str:
    """Return a certificate's serial number as it is written down everywhere."""
    return f"{number:x}"


def _on_record(shown: ClientCertificate, facts: SecurityFacts) -> CertificateFacts:
    known = facts.certificate(shown.serial)
    if known is None:
        raise CertificateRefusedError(_("The certificate is not one of this charger's."))
    if known.state not in USABLE:
        raise CertificateRefusedError(_UNUSABLE[known.state])
    return known


_UNUSABLE = {
    CertificateState.SUPERSEDED: _("A newer certificate has taken the place of this one."),
    CertificateState.REJECTED: _("The charger had rejected this certificate."),
    CertificateState.REVOKED: _("This certificate has been revoked."),
}
