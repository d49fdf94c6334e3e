"""The encrypted port as a person sees it: where it is, for which names, and until when."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from onetime.services.security.certificates.authority import CertificateAuthority
from onetime.services.security.certificates.server import ServerCertificates, fingerprint


@dataclass(frozen=True, slots=True)
class EncryptedPort:
    """``number`` is None while the port is closed; then only the authority has something to show."""

    number: int | None
    names: tuple[str, ...]
    expires_at: datetime | None
    fingerprint: str | None
    authority_fingerprint: str | None
    is_own: bool


def describe_port(
    number: int | None, certificates: ServerCertificates, authority: CertificateAuthority
) -> EncryptedPort:
    """Return what the port shows. It reads files: call it from a thread.

    Raises ``ServerCertificateError``, ``AuthorityError`` or ``OSError``.
    """
    root = fingerprint(authority.root()) if authority.exists else None
    if number is None:
        return EncryptedPort(None, (), None, None, root, certificates.is_own)
    shown = certificates.shown()
    return EncryptedPort(
        number=number,
        names=tuple(_names(shown)),
        expires_at=shown.not_valid_after_utc,
        fingerprint=fingerprint(shown),
        authority_fingerprint=root,
        is_own=certificates.is_own,
    )


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for name in found]
