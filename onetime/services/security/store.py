"""What is written of chargers' security. Each function belongs to one transaction and returns the new facts."""

from sqlmodel import Session, col, delete, select, update

from onetime.clock import utc_now
from onetime.models import (
    CertificateState,
    Charger,
    ChargerCertificate,
    ChargerPassword,
    ChargerSecurity,
    Commissioning,
    PasswordState,
)
from onetime.services.people.audit import record
from onetime.services.security.facts import USABLE, SecurityFacts, load_facts

OFFERS_KEPT = 3  # new passwords whose answers were lost, one after the other, before the first is forgotten


def note_start(session: Session, *, has_tls: bool, trusts_others: bool) -> None:
    """Write down how the house was started: the command line may lack its environment."""
    columns = (col(Commissioning.has_encrypted_port), col(Commissioning.trusts_other_authorities))
    values = {"has_encrypted_port": has_tls, "trusts_other_authorities": trusts_others}
    is_other = columns[0].is_distinct_from(has_tls) | columns[1].is_distinct_from(trusts_others)
    session.exec(update(Commissioning).where(col(Commissioning.id) == 1, is_other).values(values))


def changed(session: Session, charger_id: int) -> SecurityFacts:
    """Raise the revision, so that every process notices, and return what is stored now."""
    row = _row(session, charger_id)
    session.flush()
    session.exec(
        update(ChargerSecurity)
        .where(col(ChargerSecurity.charger_id) == charger_id)
        .values(revision=ChargerSecurity.revision + 1)
    )
    session.expire(row)
    return load_facts(session, [charger_id])[0]


def set_profile(session: Session, charger_id: int, profile: int, actor: str) -> SecurityFacts:
    """Decide which profile a charger must use from now on."""
    row = _row(session, charger_id)
    record(session, actor, "charger.security_profile", _identity(session, charger_id), f"{row.profile} → {profile}")
    row.profile, row.raising_to = profile, None
    return changed(session, charger_id)


def begin_raising(session: Session, charger_id: int, profile: int) -> SecurityFacts:
    """Note that the charger accepted a higher profile; until it comes back with it, both are let in."""
    row = _row(session, charger_id)
    row.raising_to = profile if profile > row.profile else None
    return changed(session, charger_id)


def enter_password(session: Session, charger_id: int, stored: str, actor: str) -> SecurityFacts:
    """Replace a charger's passwords with one that a person has also entered at the charger."""
    session.exec(delete(ChargerPassword).where(col(ChargerPassword.charger_id) == charger_id))
    session.add(ChargerPassword(charger_id=charger_id, stored=stored, state=PasswordState.CURRENT, made_by=actor))
    record(session, actor, "charger.password", _identity(session, charger_id))
    return changed(session, charger_id)


def offer_password(session: Session, charger_id: int, stored: str, actor: str) -> SecurityFacts:
    """Add a password that is about to be sent: from now on the charger may log in with it."""
    _row(session, charger_id)
    offers = select(ChargerPassword.id).where(
        ChargerPassword.charger_id == charger_id, ChargerPassword.state == PasswordState.OFFERED
    )
    old = session.exec(offers.order_by(col(ChargerPassword.id).desc()).offset(OFFERS_KEPT - 1)).all()
    session.exec(delete(ChargerPassword).where(col(ChargerPassword.id).in_(old)))
    session.add(ChargerPassword(charger_id=charger_id, stored=stored, state=PasswordState.OFFERED, made_by=actor))
    return changed(session, charger_id)


def settle_password(session: Session, charger_id: int, stored: str, actor: str, *, accepted: bool) -> SecurityFacts:
    """Keep a password the charger accepted, and drop one it rejected (security whitepaper, A01.FR.03 and 04)."""
    query = select(ChargerPassword).where(ChargerPassword.charger_id == charger_id, ChargerPassword.stored == stored)
    row = session.exec(query).first()
    if accepted and row is None:  # a login in between had dropped it
        row = ChargerPassword(charger_id=charger_id, stored=stored, state=PasswordState.OFFERED, made_by=actor)
    if row is not None and row.state is not PasswordState.CURRENT:
        if accepted:
            row.state = PasswordState.CONFIRMED
            session.add(row)
        else:
            session.delete(row)
    if accepted:
        record(session, actor, "charger.password", _identity(session, charger_id))
    return changed(session, charger_id)


def await_offered(session: Session, charger_id: int) -> SecurityFacts:
    """Await the newest password whose answer was lost like an accepted one: old and new stay until one is used."""
    offers = select(ChargerPassword).where(
        ChargerPassword.charger_id == charger_id, ChargerPassword.state == PasswordState.OFFERED
    )
    row = session.exec(offers.order_by(col(ChargerPassword.id).desc()).limit(1)).first()
    if row is not None:
        row.state = PasswordState.CONFIRMED
        session.add(row)
    return changed(session, charger_id)


def set_password_forms(session: Session, forms: dict[int, str]) -> None:
    """Keep in which form chargers send their passwords; charger → form."""
    rows = session.exec(select(ChargerSecurity).where(col(ChargerSecurity.charger_id).in_(forms))).all()
    for row in rows:
        row.password_form = forms[row.charger_id]
        session.add(row)


def use_password(session: Session, charger_id: int, password_id: int, in_flight: set[str]) -> SecurityFacts:
    """Note the password a charger logged in with: it becomes the only one.

    Except that one the charger accepted and has not used yet stays, and so do those ``in_flight`` (as stored): they
    are being sent at this moment.
    """
    used = session.get(ChargerPassword, password_id)
    if used is None:
        return changed(session, charger_id)
    is_old = used.state is PasswordState.CURRENT
    for other in session.exec(select(ChargerPassword).where(ChargerPassword.charger_id == charger_id)).all():
        is_awaited = other.state is PasswordState.CONFIRMED and is_old
        if other.id != password_id and not is_awaited and other.stored not in in_flight:
            session.delete(other)
    used.state = PasswordState.CURRENT
    session.add(used)
    return changed(session, charger_id)


def finish_raising(session: Session, charger_id: int, used: int) -> SecurityFacts:
    """Require the higher profile from now on: the charger has come back with it (security whitepaper, A05)."""
    row = _row(session, charger_id)
    if row.raising_to is not None and used >= row.raising_to:
        identity = _identity(session, charger_id)
        record(session, identity, "charger.security_profile", identity, f"{row.profile} → {row.raising_to}")
        row.profile, row.raising_to = row.raising_to, None
    return changed(session, charger_id)


def add_certificate(session: Session, certificate: ChargerCertificate) -> SecurityFacts:
    """Keep a certificate that has just been made."""
    _row(session, certificate.charger_id)
    session.add(certificate)
    return changed(session, certificate.charger_id)


def set_certificate_state(
    session: Session, charger_id: int, serial: str, state: CertificateState, actor: str | None = None
) -> SecurityFacts:
    """Note what became of a certificate; with ``actor`` it is a person's decision and is audited."""
    query = select(ChargerCertificate).where(ChargerCertificate.charger_id == charger_id)
    row = session.exec(query.where(ChargerCertificate.serial == serial)).one()
    if actor is None and row.state not in USABLE:
        return changed(session, charger_id)  # revoked meanwhile
    row.state, row.state_at = state, utc_now()
    session.add(row)
    if actor is not None:
        identity = _identity(session, charger_id)
        record(session, actor, f"charger.certificate_{state.value.replace(' ', '_')}", identity, serial)
    return changed(session, charger_id)


def use_certificate(session: Session, charger_id: int, certificate_id: int) -> SecurityFacts:
    """Note the certificate a charger logged in with; its older ones are refused from now on."""
    rows = session.exec(select(ChargerCertificate).where(ChargerCertificate.charger_id == charger_id)).all()
    for row in rows:
        if row.state not in USABLE or (row.id or 0) > certificate_id:
            continue
        row.state = CertificateState.IN_USE if row.id == certificate_id else CertificateState.SUPERSEDED
        row.state_at = utc_now()
        session.add(row)
    return changed(session, charger_id)


def _row(session: Session, charger_id: int) -> ChargerSecurity:
    row = session.get(ChargerSecurity, charger_id)
    if row is None:
        row = ChargerSecurity(charger_id=charger_id)
        session.add(row)
        session.flush()
    return row


def _identity(session: Session, charger_id: int) -> str:
    return session.get_one(Charger, charger_id).identity
