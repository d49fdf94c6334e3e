"""May this caller come in? Decided at the opening request, from the caller's password, certificate and encryption.

Defined in the security whitepaper (edition 3), use cases A00 and A05, and OCPP-J 1.6, section 6.2.
"""

from dataclasses import dataclass, field
from http import HTTPStatus

from onetime.models import PasswordState
from onetime.services.chargers.live import LiveCharger
from onetime.services.security.certificates.check import (
    CertificateRefusedError,
    ClientCertificate,
    check_client_certificate,
)
from onetime.services.security.facts import SecurityFacts
from onetime.services.security.passwords.credentials import Credentials, read_basic
from onetime.services.security.passwords.keys import Form, KeyCheck
from onetime.texts import Text, _


@dataclass(frozen=True, slots=True)
class Caller:
    """Who knocks: the name in the path and how it came. ``certificate`` has been verified against the known CAs."""

    identity: str
    address: str
    is_encrypted: bool = False
    authorization: str | None = field(default=None, repr=False)
    certificate: ClientCertificate | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """How a caller proved who it is. ``profile`` is the security profile (0 to 3) this amounts to."""

    profile: int
    address: str
    is_encrypted: bool
    password_id: int | None = None
    password_form: Form | None = None
    certificate_id: int | None = None


class LoginRefusedError(Exception):
    """A caller is not let in. ``kind`` names the security event, ``status`` is the HTTP answer."""

    def __init__(self, sentence: Text, kind: str, status: HTTPStatus = HTTPStatus.UNAUTHORIZED) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.kind = kind
        self.status = status


class WrongPasswordError(LoginRefusedError):
    """The name or the password is wrong: an attempt that counts."""


async def admit(caller: Caller, charger: LiveCharger, facts: SecurityFacts, house: str, keys: KeyCheck) -> Admission:
    """Return how the caller is let in. ``house`` is the organisation named in certificates.

    A connection below the charger's profile is refused (A00.FR.002); one above it is not. Raises
    ``LoginRefusedError``.
    """
    if caller.certificate is not None and (admission := _by_certificate(caller, charger, facts, house)):
        return admission
    admission = await _by_password(caller, facts, keys)
    if admission.profile < facts.profile:
        raise _too_low(caller, facts)
    return admission


def _by_certificate(caller: Caller, charger: LiveCharger, facts: SecurityFacts, house: str) -> Admission | None:
    """Return the admission of a charger whose certificate fits; None where it may still use its password."""
    assert caller.certificate is not None  # noqa: S101 - the caller of this function has looked
    try:
        known = check_client_certificate(caller.certificate, charger, facts, house)
    except CertificateRefusedError as error:
        if facts.profile < 3:  # a manufacturer's certificate that nobody asked for
            return None
        raise LoginRefusedError(error.sentence, "InvalidClientCertificate", HTTPStatus.FORBIDDEN) from error
    return Admission(3, caller.address, caller.is_encrypted, certificate_id=known.id if known else None)


async def _by_password(caller: Caller, facts: SecurityFacts, keys: KeyCheck) -> Admission:
    """Return the admission of a caller by its password, or by none. Raises ``WrongPasswordError``."""
    if caller.authorization is None or not facts.passwords or facts.profile == 3:
        return Admission(0, caller.address, caller.is_encrypted)
    credentials = read_basic(caller.authorization)
    is_named = credentials is not None and credentials.user.casefold() == caller.identity.casefold()
    found = await _find_password(credentials, facts, keys) if credentials and is_named else None
    if found is None:
        if facts.profile == 0 and not any(each.state is PasswordState.CURRENT for each in facts.passwords):
            return Admission(0, caller.address, caller.is_encrypted)  # it may still have one from elsewhere
        reason = _("The password is wrong.") if is_named else _("The name in the login is not the charger's.")
        raise WrongPasswordError(reason, "InvalidPassword")
    password_id, form = found
    return Admission(2 if caller.is_encrypted else 1, caller.address, caller.is_encrypted, password_id, form)


async def _find_password(credentials: Credentials, facts: SecurityFacts, keys: KeyCheck) -> tuple[int, Form] | None:
    """Compare with the newest accepted password first; it is the one that is awaited."""
    for known in sorted(facts.passwords, key=lambda each: (each.state is not PasswordState.CONFIRMED, -each.id)):
        form = await keys.form_of(credentials.password, known.stored, facts.password_form)
        if form is not None:
            return known.id, form
    return None


def _too_low(caller: Caller, facts: SecurityFacts) -> LoginRefusedError:
    """Say what is missing. Without a login 401 asks for it; where a login would not help, 403 says so."""
    if facts.profile == 3:
        sentence = _("This charger must show its certificate (security profile 3).")
        return LoginRefusedError(sentence, "ProfileTooLow", HTTPStatus.FORBIDDEN)
    if caller.authorization is None:
        sentence = _("This charger must log in with its password (security profile {profile}).", profile=facts.profile)
        return LoginRefusedError(sentence, "MissingPassword")
    if not facts.passwords:
        return LoginRefusedError(_("No password is known for this charger."), "MissingPassword")
    sentence = _("This charger must come encrypted, with wss:// (security profile {profile}).", profile=facts.profile)
    return LoginRefusedError(sentence, "ProfileTooLow", HTTPStatus.FORBIDDEN)
