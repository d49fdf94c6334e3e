"""A charger's security in words."""

from datetime import UTC, datetime

from onetime.models import CertificateState, OperationRecord, OperationState, PasswordState, Registration
from onetime.services.chargers.live import LiveCharger
from onetime.services.security.admission import Admission
from onetime.services.security.events import ALERTS, SecurityEntry
from onetime.services.security.facts import CertificateFacts, PasswordFacts, SecurityFacts
from onetime.services.security.state import PROFILE_NAMES, ChargerSecurityState, state_of
from onetime.web.chargers.security.view import (
    CERTIFICATE_STATES,
    certificate_line,
    event_line,
    facts_of,
    installed_roots,
    profile_lines,
)
from onetime.web.chargers.security.words import EVENTS, PROTECTS
from onetime.web.frame.times import Clockwork

AT = datetime(2026, 10, 3, 12, 0, tzinfo=UTC)
ENGLISH = Clockwork("en", "Europe/Zurich")


def state(facts: SecurityFacts, connection: Admission | None = None) -> ChargerSecurityState:
    charger = LiveCharger(1, "KEBA-07", Registration.ACCEPTED, "Keba", "P30", None, {}, online=True)
    return state_of(charger, facts, connection, [], has_tls=False, trusts_others=False)


def test_every_profile_certificate_state_and_alert_has_words() -> None:
    assert len(PROTECTS) == len(PROFILE_NAMES)
    assert set(CERTIFICATE_STATES) == set(CertificateState)
    assert set(EVENTS) >= ALERTS


def test_the_required_profile_and_the_connection_are_told_apart() -> None:
    seen = facts_of(state(SecurityFacts(1, profile=0), Admission(1, "192.168.1.7", is_encrypted=False)), ENGLISH)
    assert (seen.profile, seen.now, seen.address) == ("0 · No protection", "1 · Password", "192.168.1.7")
    assert (seen.password, seen.certificate) == ("none", "")


def test_a_password_that_was_never_used_is_told() -> None:
    password = PasswordFacts(1, "…", PasswordState.CONFIRMED, AT)
    seen = facts_of(state(SecurityFacts(1, passwords=(password,))), ENGLISH)
    assert "it has not logged in with it yet" in seen.password


def test_each_higher_profile_says_what_is_missing() -> None:
    lines = profile_lines(state(SecurityFacts(1, profile=1)), "en")
    assert [line.higher for line in lines] == [False, False, True, True]
    assert [line.required for line in lines] == [False, True, False, False]
    assert any("ONETIME_OCPP_TLS_PORT" in sentence for sentence in lines[2].missing)


def test_a_certificate_shows_its_end_and_whether_it_can_be_revoked() -> None:
    certificate = CertificateFacts(1, "0a1b", "KEBA-07", CertificateState.REVOKED, AT, AT)
    line = certificate_line(certificate, ENGLISH)
    assert (line.state, line.usable) == ("revoked", False)


def test_an_alert_stays_one_until_somebody_has_seen_it() -> None:
    entry = SecurityEntry(1, 1, "InvalidPassword", AT, AT, is_reported=False, is_alert=True, detail=None, seen_by=None)
    line = event_line(entry, ENGLISH)
    assert (line.what, line.alert) == ("A login with a wrong password", True)


def test_an_event_of_a_vendor_keeps_its_own_name() -> None:
    entry = SecurityEntry(1, 1, "Vendor-7", AT, AT, is_reported=True, is_alert=False, detail="x", seen_by=None)
    assert event_line(entry, ENGLISH).what == "Vendor-7"


def test_the_installed_certificates_are_those_told_last() -> None:
    def told(serial: str) -> OperationRecord:
        found = {"use": "central_system", "serial_number": serial, "hash_algorithm": "SHA256"}
        return OperationRecord(
            charger_id=1,
            name="list_certificates",
            actor="anna",
            state=OperationState.DONE,
            result={"certificates": [found]},
        )

    assert [(root.use, root.serial) for root in installed_roots([told("2"), told("1")], "en")] == [
        ("for this house", "2")
    ]
