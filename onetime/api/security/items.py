"""Security as the REST API shows it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from onetime.api.frame.pagination import Instant
from onetime.bounds import Text
from onetime.services.security.events import SecurityEntry
from onetime.services.security.facts import CertificateFacts
from onetime.services.security.state import ChargerSecurityState

Profile = Literal[0, 1, 2, 3]
LONGEST_PASSWORD = 1_000  # characters; one that is too long for OCPP is told so in words of its own


class SecurityEventItem(BaseModel):
    """Something that concerns security."""

    id: int
    charger_id: str | None
    kind: str = Field(description="The whitepaper's name, such as InvalidChargePointCertificate, or one of this house.")
    at: Instant = Field(description="By the clock of whoever says so.")
    received_at: Instant
    reported_by: Literal["charger", "house"]
    is_alert: bool = Field(description="Somebody should look at it.")
    detail: str | None
    seen_by: str | None = Field(description="Who put the alert away.")
    count: int = Field(description="How often the same alert has come before somebody put it away.")
    last_at: Instant | None = Field(description="When it came last, where it came more than once.")


class CertificateItem(BaseModel):
    """A certificate this house made for a charger."""

    serial: str
    common_name: str
    state: str = Field(description="offered, accepted, in use, superseded, rejected or revoked.")
    made_at: Instant
    expires_at: Instant


class ProfileItem(BaseModel):
    """One security profile, and what this charger still needs for it."""

    profile: int
    name: str
    is_required: bool
    is_used_now: bool
    is_ready: bool
    missing: list[str] = Field(description="What has to be done first, in sentences.")


class ChargerSecurityItem(BaseModel):
    """A charger's security."""

    charger_id: str
    profile: int = Field(description="What it must use, 0 to 3; a connection below it is refused.")
    raising_to: int | None = Field(description="The profile it has accepted and not come back with yet.")
    connected_profile: int | None = Field(description="What it uses now; null while it is not connected.")
    is_encrypted: bool
    address: str | None
    has_password: bool
    password_form: str | None = Field(description="How it sends its key: as is, or hexadecimal digits.")
    password_since: Instant | None
    password_awaits_login: bool = Field(description="It was changed, and the charger has not logged in with it yet.")
    certificate: CertificateItem | None = Field(description="The newest one the charger may use.")
    certificates: list[CertificateItem]
    profiles: list[ProfileItem]
    events: list[SecurityEventItem]
    warnings: list[str] = Field(default=[], description="What should be better, in sentences: a short password.")


class SecurityChange(BaseModel):
    """What to set by hand; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    profile: Profile | None = Field(default=None, description="What the charger must use from now on.")
    password: Text | None = Field(
        default=None,
        max_length=LONGEST_PASSWORD,
        description="What has been entered at the charger as AuthorizationKey: 8 to 64 characters, or its digits. "
        "One of fewer than 16 is taken with a warning.",
        json_schema_extra={"writeOnly": True, "format": "password"},
    )


class TlsItem(BaseModel):
    """The encrypted port."""

    port: int | None = Field(description="null while it is closed.")
    addresses: list[str] = Field(description="Where chargers call, without their name.")
    names: list[str] = Field(description="The names and addresses its certificate is made for.")
    expires_at: Instant | None
    fingerprint: str | None = Field(description="SHA-256 of its certificate.")
    is_own: bool = Field(description="The own authority made it, so chargers need ca.pem.")
    ca_pem: str = Field(description="Where to download the authority's certificate; no token needed.")
    ca_fingerprint: str | None
    test: str | None = Field(description="Opens when encryption works: with a browser, or curl --cacert ca.pem.")


def security_item(state: ChargerSecurityState) -> ChargerSecurityItem:
    """Return a charger's security as the API shows it."""
    return ChargerSecurityItem(
        charger_id=state.identity,
        profile=state.profile,
        raising_to=state.raising_to,
        connected_profile=state.connected_profile,
        is_encrypted=state.is_encrypted,
        address=state.address,
        has_password=state.has_password,
        password_form=state.password_form,
        password_since=state.password_since,
        password_awaits_login=state.password_awaits_login,
        certificate=_certificate(state.certificate) if state.certificate else None,
        certificates=[_certificate(each) for each in reversed(state.certificates)],
        profiles=[
            ProfileItem(
                profile=each.profile,
                name=each.name,
                is_required=each.is_required,
                is_used_now=each.is_used_now,
                is_ready=each.is_ready,
                missing=list(each.missing),
            )
            for each in state.profiles
        ],
        events=[event_item(entry, state.identity) for entry in state.events],
    )


def event_item(entry: SecurityEntry, identity: str | None) -> SecurityEventItem:
    """Return an event as the API shows it."""
    return SecurityEventItem(
        id=entry.id,
        charger_id=identity,
        kind=entry.kind,
        at=entry.at,
        received_at=entry.received_at,
        reported_by="charger" if entry.is_reported else "house",
        is_alert=entry.is_alert,
        detail=entry.detail,
        seen_by=entry.seen_by,
        count=entry.count,
        last_at=entry.last_at,
    )


def _certificate(facts: CertificateFacts) -> CertificateItem:
    return CertificateItem(
        serial=facts.serial,
        common_name=facts.common_name,
        state=facts.state.value,
        made_at=facts.made_at,
        expires_at=facts.expires_at,
    )
