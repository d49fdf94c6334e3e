"""What is known of each charger's security, in memory: a login is decided without waiting for the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from onetime.models import (
    CertificateState,
    ChargerCertificate,
    ChargerPassword,
    ChargerSecurity,
    PasswordState,
)
from onetime.store.unreadable import Tell, left_out

LOGIN_NEEDED = 1  # the lowest profile that lets nobody in without a password (OCPP 1.6 security whitepaper)


@dataclass(frozen=True, slots=True)
class PasswordFacts:
    """A password a charger may log in with."""

    id: int
    stored: str
    state: PasswordState
    made_at: datetime


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """A certificate this house made for a charger."""

    id: int
    serial: str
    common_name: str
    state: CertificateState
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SecurityFacts:
    """One charger's security. ``raising_to`` is the profile it accepted and has not used yet."""

    charger_id: int
    profile: int = 0
    raising_to: int | None = None
    password_form: str | None = None
    passwords: tuple[PasswordFacts, ...] = ()
    certificates: tuple[CertificateFacts, ...] = ()
    revision: int = 0

    def certificate(self, serial: str) -> CertificateFacts | None:
        """Return the certificate with this serial number."""
        return next((each for each in self.certificates if each.serial == serial), None)

    @property
    def has_password(self) -> bool:
        """Whether the charger is known to have one of the passwords."""
        return any(each.state is not PasswordState.OFFERED for each in self.passwords)

    @property
    def valid_certificate(self) -> CertificateFacts | None:
        """The newest certificate the charger may use; None when it has none."""
        usable = [each for each in self.certificates if each.state in USABLE]
        return max(usable, key=lambda each: each.id, default=None)


# A lost answer leaves a certificate offered, and the charger may have installed it.
USABLE = (CertificateState.OFFERED, CertificateState.ACCEPTED, CertificateState.IN_USE)


def load_facts(
    session: Session, charger_ids: Iterable[int] | None = None, tell: Tell = lambda _row: None
) -> list[SecurityFacts]:
    """Return what is stored of these chargers, or of all; ``tell`` hears of what cannot be read.

    Passwords and certificates that cannot be read count as none, so that their charger is refused where it needs one
    and no other charger notices. One whose profile cannot be read has to log in, and cannot.
    """
    wanted = None if charger_ids is None else list(charger_ids)
    with left_out(lambda _row: None, "charger_security", 0):
        return _load(session, wanted)
    return [_load_alone(session, charger_id, tell) for charger_id in _stored(session, wanted)]


def _stored(session: Session, wanted: list[int] | None) -> list[int]:
    query = select(ChargerSecurity.charger_id)
    return list(session.exec(query if wanted is None else query.where(col(ChargerSecurity.charger_id).in_(wanted))))


def _load_alone(session: Session, charger_id: int, tell: Tell) -> SecurityFacts:
    with left_out(tell, "charger_security", charger_id):
        return _load(session, [charger_id])[0]
    with left_out(tell, "charger_security", charger_id):
        return _facts(session.get_one(ChargerSecurity, charger_id), [], [])
    return SecurityFacts(charger_id, profile=LOGIN_NEEDED)


def _load(session: Session, wanted: list[int] | None) -> list[SecurityFacts]:
    rows = select(ChargerSecurity)
    passwords = select(ChargerPassword).order_by(col(ChargerPassword.id))
    certificates = select(ChargerCertificate).order_by(col(ChargerCertificate.id))
    if wanted is not None:
        rows = rows.where(col(ChargerSecurity.charger_id).in_(wanted))
        passwords = passwords.where(col(ChargerPassword.charger_id).in_(wanted))
        certificates = certificates.where(col(ChargerCertificate.charger_id).in_(wanted))
    by_charger: dict[int, tuple[list[PasswordFacts], list[CertificateFacts]]] = {}
    for password in session.exec(passwords):
        by_charger.setdefault(password.charger_id, ([], []))[0].append(
            PasswordFacts(password.id or 0, password.stored, password.state, password.made_at)
        )
    for each in session.exec(certificates):
        by_charger.setdefault(each.charger_id, ([], []))[1].append(
            CertificateFacts(each.id or 0, each.serial, each.common_name, each.state, each.made_at, each.expires_at)
        )
    return [_facts(row, *by_charger.get(row.charger_id, ([], []))) for row in session.exec(rows)]


def changed_since(session: Session, known: dict[int, int], tell: Tell) -> list[SecurityFacts]:
    """Return what has another revision than the ``known`` ones: the command line, another process, changed it."""
    revisions = session.exec(select(ChargerSecurity.charger_id, ChargerSecurity.revision)).all()
    changed = [charger_id for charger_id, revision in revisions if known.get(charger_id) != revision]
    return load_facts(session, changed, tell) if changed else []


def _facts(row: ChargerSecurity, passwords: list[PasswordFacts], certificates: list[CertificateFacts]) -> SecurityFacts:
    if not all(isinstance(each, int) for each in (row.profile, row.raising_to or 0, row.revision)):  # SQLite keeps any
        raise TypeError(f"profile {row.profile!r}, {row.raising_to!r}, revision {row.revision!r}")
    return SecurityFacts(
        charger_id=row.charger_id,
        profile=row.profile,
        raising_to=row.raising_to,
        password_form=row.password_form,
        passwords=tuple(passwords),
        certificates=tuple(certificates),
        revision=row.revision,
    )
