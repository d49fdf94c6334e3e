"""A charger's security as its page shows it: profiles, password, certificates, and what was noticed."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from onetime.models import CertificateState, OperationRecord, OperationState
from onetime.services.security.events import SecurityEntry
from onetime.services.security.facts import CertificateFacts
from onetime.services.security.state import ChargerSecurityState, ProfileNeeds
from onetime.texts import Text, _, say
from onetime.web.chargers.security.words import CERTIFICATE_STATES, EVENTS, PROTECTS, USES
from onetime.web.frame.times import Clockwork


@dataclasses.dataclass(frozen=True, slots=True)
class ProfileLine:
    """One security profile: what it protects from, and what this charger still needs for it."""

    number: int
    name: str
    protects: str
    required: bool
    used: bool
    higher: bool
    missing: list[str]


@dataclasses.dataclass(frozen=True, slots=True)
class CertificateLine:
    """One certificate this house made for the charger."""

    serial: str
    name: str
    state: str
    expires: str
    usable: bool


@dataclasses.dataclass(frozen=True, slots=True)
class RootLine:
    """A root certificate the charger has told of; the hashes are what it is deleted by."""

    use: str
    serial: str
    algorithm: str
    name_hash: str
    key_hash: str


@dataclasses.dataclass(frozen=True, slots=True)
class EventLine:
    """Something that was noticed."""

    id: int
    what: str
    detail: str
    at: str
    at_in_full: str
    alert: bool
    seen_by: str
    count: int = 1
    last: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class SecurityFactsSeen:
    """The facts at the top, empty where there is nothing to say."""

    profile: str = ""
    now: str = ""
    address: str = ""
    password: str = ""
    certificate: str = ""


def facts_of(state: ChargerSecurityState, clockwork: Clockwork) -> SecurityFactsSeen:
    """Return the facts in words."""
    language = clockwork.language
    names = {each.profile: say(each.name, language) for each in state.profiles}
    used = state.connected_profile
    certificate = state.certificate
    return SecurityFactsSeen(
        profile=f"{state.profile} · {names[state.profile]}",
        now="" if used is None else f"{used} · {names[used]}",
        address=state.address or "",
        password=say(_password(state, clockwork), language),
        certificate=say(_("until {time}", time=clockwork.moment(certificate.expires_at)), language)
        if certificate
        else "",
    )


def profile_lines(state: ChargerSecurityState, language: str) -> list[ProfileLine]:
    """Return the profiles, each with what is missing in words."""
    return [_profile(each, state.profile, language) for each in state.profiles]


def certificate_line(certificate: CertificateFacts, clockwork: Clockwork) -> CertificateLine:
    """Return a certificate as it is listed."""
    return CertificateLine(
        serial=certificate.serial,
        name=certificate.common_name,
        state=say(CERTIFICATE_STATES[certificate.state], clockwork.language),
        expires=clockwork.moment(certificate.expires_at),
        usable=certificate.state in (CertificateState.ACCEPTED, CertificateState.IN_USE, CertificateState.OFFERED),
    )


def event_line(entry: SecurityEntry, clockwork: Clockwork) -> EventLine:
    """Return an event in words; one that is not known is shown as the charger calls it."""
    words = EVENTS.get(entry.kind)
    return EventLine(
        id=entry.id,
        what=say(words, clockwork.language) if words else entry.kind,
        detail=entry.detail or "",
        at=clockwork.moment(entry.received_at),
        at_in_full=clockwork.in_full(entry.at),
        alert=entry.is_alert and entry.seen_by is None,
        seen_by=entry.seen_by or "",
        count=entry.count,
        last=clockwork.moment(entry.last_at) if entry.last_at else "",
    )


def installed_roots(records: Sequence[OperationRecord], language: str) -> list[RootLine]:
    """Return the root certificates the charger told of last; ``records`` come with the newest first."""
    for record in records:
        if record.name == "list_certificates" and record.state is OperationState.DONE and record.result:
            return [_root(found, language) for found in record.result.get("certificates", [])]
    return []


def _root(found: dict[str, Any], language: str) -> RootLine:
    return RootLine(
        use=say(USES.get(found["use"], Text(found["use"], {})), language),
        serial=str(found.get("serial_number") or ""),
        algorithm=str(found.get("hash_algorithm") or ""),
        name_hash=str(found.get("issuer_name_hash") or ""),
        key_hash=str(found.get("issuer_key_hash") or ""),
    )


def _profile(each: ProfileNeeds, required: int, language: str) -> ProfileLine:
    return ProfileLine(
        number=each.profile,
        name=say(each.name, language),
        protects=say(PROTECTS[each.profile], language),
        required=each.is_required,
        used=each.is_used_now,
        higher=each.profile > required,
        missing=[say(sentence, language) for sentence in each.missing],
    )


def _password(state: ChargerSecurityState, clockwork: Clockwork) -> Text:
    if not state.has_password:
        return _("none")
    since = clockwork.moment(state.password_since)
    if state.password_awaits_login:
        return _("since {time}; it has not logged in with it yet", time=since)
    return _("since {time}", time=since)
