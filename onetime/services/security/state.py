"""A charger's security as a person sees it: what it uses now, and what each profile still needs."""

from dataclasses import dataclass
from datetime import datetime

from onetime.models import CertificateState, PasswordState
from onetime.services.chargers.live import LiveCharger
from onetime.services.security.admission import Admission
from onetime.services.security.events import SecurityEntry
from onetime.services.security.facts import CertificateFacts, SecurityFacts
from onetime.texts import Text, _

PROFILE_NAMES: tuple[Text, ...] = (
    _("No protection"),
    _("Password"),
    _("Password, encrypted"),
    _("Certificate, encrypted"),
)


@dataclass(frozen=True, slots=True)
class ProfileNeeds:
    """One security profile for one charger. ``missing`` says in sentences what has to be done first."""

    profile: int
    name: Text
    is_required: bool
    is_used_now: bool
    missing: tuple[Text, ...]

    @property
    def is_ready(self) -> bool:
        """Say whether the profile can be asked for now."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class ChargerSecurityState:
    """Everything about one charger's security.

    ``profile`` is what it must use, ``connected_profile`` what it uses now (None: not connected), ``raising_to`` the
    one it has accepted and not come back with yet. ``password_form`` is how it sends its password.
    """

    identity: str
    profile: int
    raising_to: int | None
    connected_profile: int | None
    is_encrypted: bool
    address: str | None
    has_password: bool
    password_form: str | None
    password_since: datetime | None
    password_awaits_login: bool
    certificate: CertificateFacts | None
    certificates: tuple[CertificateFacts, ...]
    profiles: tuple[ProfileNeeds, ...]
    events: tuple[SecurityEntry, ...]


def state_of(
    charger: LiveCharger,
    facts: SecurityFacts,
    connection: Admission | None,
    events: list[SecurityEntry],
    *,
    has_tls: bool,
    trusts_others: bool,
) -> ChargerSecurityState:
    """Return a charger's security. ``has_tls``: the encrypted port is open; ``trusts_others``: further CAs count."""
    settled = [each for each in facts.passwords if each.state is not PasswordState.OFFERED]
    used = connection.profile if connection else None
    return ChargerSecurityState(
        identity=charger.identity,
        profile=facts.profile,
        raising_to=facts.raising_to,
        connected_profile=used,
        is_encrypted=bool(connection and connection.is_encrypted),
        address=connection.address if connection else None,
        has_password=facts.has_password,
        password_form=facts.password_form,
        password_since=settled[-1].made_at if settled else None,
        password_awaits_login=any(each.state is not PasswordState.CURRENT for each in facts.passwords),
        certificate=facts.valid_certificate,
        certificates=facts.certificates,
        profiles=tuple(
            ProfileNeeds(
                profile=profile,
                name=name,
                is_required=profile == facts.profile,
                is_used_now=profile == used,
                missing=tuple(missing_for(profile, facts, has_tls=has_tls, trusts_others=trusts_others)),
            )
            for profile, name in enumerate(PROFILE_NAMES)
        ),
        events=tuple(events),
    )


def missing_for(
    profile: int, facts: SecurityFacts, *, has_tls: bool, trusts_others: bool, has_password: bool = False
) -> list[Text]:
    """Return what a profile needs that is not there yet. Without it the charger could not come back.

    ``has_password``: one is being entered at this moment.
    """
    missing = []
    if profile in (1, 2) and not (has_password or facts.has_password):
        missing.append(_("A password: change it from here, or enter the same one here and in the charger."))
    if profile >= 2 and not has_tls:
        missing.append(_("The encrypted port: set ONETIME_OCPP_TLS_PORT, such as 9443, and start again."))
    if profile == 3 and not trusts_others and not _has_proven_certificate(facts):
        missing.append(_("A certificate the charger has accepted: renew it from here."))
    return missing


def _has_proven_certificate(facts: SecurityFacts) -> bool:
    proven = (CertificateState.ACCEPTED, CertificateState.IN_USE)
    return any(each.state in proven for each in facts.certificates)
