"""Client certificates over real sockets: signed, handed over, shown, refused (checklist 51; cases 074, 077, 087)."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from websockets.exceptions import InvalidMessage

from onetime.events import ChargerSecurityChanged
from onetime.models import CertificateState
from onetime.services.security import signing as certificates
from onetime.services.security import store
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.charger_login import KEY, SERIAL, known_charger, logged_in, refusal, until
from tests.integration.driving.charger_tls import AnyKey, other_authority, request, showing, trusting, wss
from tests.integration.driving.operator import expect
from tests.integration.driving.raw_charger import RawCharger

RAW = bytes.fromhex(KEY)


@pytest.fixture(autouse=True)
def answer_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests need no pause between the answer and the certificate."""
    monkeypatch.setattr(certificates, "ANSWER_FIRST_S", 0.0)


async def signed(charger: RawCharger, key: AnyKey, answer: str = "Accepted", **more: Any) -> str:
    """Ask for a certificate, answer it when it comes, and return it."""
    assert await charger.call("SignCertificate", {"csr": request(key, **more)}) == {"status": "Accepted"}
    command = await charger.command()
    assert command[2] == "CertificateSigned"
    await charger.answer(command, {"status": answer})
    await charger.call("Heartbeat", {})
    chain: str = command[3]["certificateChain"]
    return chain


async def state_becomes(house: House, charger_id: int, *states: CertificateState) -> None:
    def are_as_wanted() -> bool:
        return tuple(each.state for each in house.services.security.logins.facts(charger_id).certificates) == states

    await until(house, ChargerSecurityChanged, are_as_wanted)


@asynccontextmanager
async def with_certificate(house: House, folder: Path, key: AnyKey, pem: str) -> AsyncIterator[RawCharger]:
    context = showing(house, folder, key, pem)
    async with logged_in(house, None, url=wss(house), ssl=context) as charger:
        yield charger


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
async def test_a_request_is_signed_and_the_certificate_lets_the_charger_in(
    tls_house: House, tmp_path: Path, kind: str
) -> None:
    """Case 074 and 087, checklist 51: the key of the request, its serial number as name, the house as organization."""
    key: AnyKey = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    charger_id = await known_charger(tls_house, profile=2)
    async with logged_in(tls_house, url=wss(tls_house), ssl=trusting(tls_house)) as charger:
        pem = await signed(charger, key, organization=None)
    certificate = x509.load_pem_x509_certificate(pem.encode())
    assert certificate.public_key() == key.public_key()
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == SERIAL
    assert certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "Onetime"
    await state_becomes(tls_house, charger_id, CertificateState.ACCEPTED)
    await tls_house.services.security.logins.change(lambda s: store.set_profile(s, charger_id, 3, "test"))
    async with with_certificate(tls_house, tmp_path, key, pem):
        connection = tls_house.services.security.logins.connection(charger_id)
        assert connection is not None
        assert connection.profile == 3
        await state_becomes(tls_house, charger_id, CertificateState.IN_USE)
    # Without the certificate, a password no longer helps.
    refused = await refusal(tls_house, RAW, url=wss(tls_house), ssl=trusting(tls_house))
    assert refused.response.status_code == 403


async def test_an_older_certificate_is_refused_once_a_newer_one_is_in_use(tls_house: House, tmp_path: Path) -> None:
    old, new = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    charger_id = await known_charger(tls_house, profile=1)
    async with logged_in(tls_house) as charger:
        old_pem, new_pem = await signed(charger, old), await signed(charger, new)
    await tls_house.services.security.logins.change(lambda s: store.set_profile(s, charger_id, 3, "test"))
    async with with_certificate(tls_house, tmp_path, old, old_pem):
        pass
    async with with_certificate(tls_house, tmp_path, new, new_pem):
        await state_becomes(tls_house, charger_id, CertificateState.SUPERSEDED, CertificateState.IN_USE)
    context = showing(tls_house, tmp_path, old, old_pem)
    assert (await refusal(tls_house, None, url=wss(tls_house), ssl=context)).response.status_code == 403


async def test_a_revoked_certificate_ends_the_connection_and_is_refused(tls_house: House, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    charger_id = await known_charger(tls_house, profile=1)
    async with logged_in(tls_house) as charger:
        pem = await signed(charger, key)
    await tls_house.services.security.logins.change(lambda s: store.set_profile(s, charger_id, 3, "test"))
    async with with_certificate(tls_house, tmp_path, key, pem) as charger:
        [known] = tls_house.services.security.logins.facts(charger_id).certificates
        await tls_house.services.security.certificates.revoke(charger_id, known.serial, "admin")
        await asyncio.wait_for(charger.socket.wait_closed(), 5)
        assert charger.socket.close_code == 1008
    context = showing(tls_house, tmp_path, key, pem)
    assert (await refusal(tls_house, None, url=wss(tls_house), ssl=context)).response.status_code == 403


@pytest.mark.parametrize(("days", "words"), [(30, "not accepted"), (-1, "not accepted")])
async def test_a_certificate_of_an_unknown_authority_is_refused_and_listed(
    tls_house: House, tmp_path: Path, days: int, words: str
) -> None:
    """Case 087 (A00.FR.404): the chain is verified during the handshake."""
    key = ec.generate_private_key(ec.SECP256R1())
    await known_charger(tls_house, profile=3)
    context = showing(tls_house, tmp_path, key, other_authority().sign(key, days=days))
    with pytest.raises((ssl.SSLError, ConnectionError, InvalidMessage, EOFError)):
        async with logged_in(tls_house, None, url=wss(tls_house), ssl=context):
            pass
    assert any(words in knock.reason for knock in tls_house.services.commissioning.knocking)


@pytest.mark.parametrize(
    ("serial", "house_name", "days", "is_let_in"),
    [(SERIAL, "Onetime", 30, True), ("17.042.884", "Onetime", 30, False), (SERIAL, "Elsewhere", 30, False),
     (SERIAL, "Onetime", -1, False)],
)  # fmt: skip
async def test_certificates_of_a_further_authority_count_where_they_name_charger_and_house(
    tls_settings: Settings, tmp_path: Path, serial: str, house_name: str, days: int, is_let_in: bool
) -> None:
    """Checklist 51 (A00.FR.403 to 405), with the authority of ONETIME_TLS_CLIENT_CA."""
    authority, key = other_authority(), ec.generate_private_key(ec.SECP256R1())
    path = tmp_path / "manufacturer.pem"
    path.write_bytes(authority.pem)
    async with open_house(tls_settings.model_copy(update={"tls_client_ca": path})) as house:
        await known_charger(house, profile=3)
        context = showing(house, tmp_path, key, authority.sign(key, serial, house_name, days))
        if is_let_in:
            async with logged_in(house, None, url=wss(house), ssl=context):
                pass
        elif days < 0:
            with pytest.raises((ssl.SSLError, ConnectionError, InvalidMessage, EOFError)):
                await refusal(house, None, url=wss(house), ssl=context)
        else:
            assert (await refusal(house, None, url=wss(house), ssl=context)).response.status_code == 403


async def test_a_certificate_the_charger_rejects_is_an_alert(tls_house: House) -> None:
    """Case 077: it rejects the certificate and says why."""
    charger_id = await known_charger(tls_house, profile=1)
    async with logged_in(tls_house) as charger:
        await signed(charger, ec.generate_private_key(ec.SECP256R1()), answer="Rejected")
        for kind in ("InvalidChargePointCertificate", "InvalidCentralSystemCertificate"):
            event = {"type": kind, "timestamp": "2026-10-05T18:00:00Z", "techInfo": "wrong chain"}
            assert await charger.call("SecurityEventNotification", event) == {}
        with_root = await expect(charger, "CertificateSigned", {"status": "Rejected"})
        assert with_root["certificateChain"].count("BEGIN CERTIFICATE") == 2
    await state_becomes(tls_house, charger_id, CertificateState.REJECTED)
    alerts = await tls_house.services.security.logins.log.alerts(charger_id)
    assert {(alert.kind, alert.is_reported) for alert in alerts} == {
        ("CertificateRejected", False),
        ("InvalidChargePointCertificate", True),
        ("InvalidCentralSystemCertificate", True),
    }


@pytest.mark.parametrize(
    "csr",
    [
        "-----BEGIN CERTIFICATE REQUEST-----",
        "",
        request(ec.generate_private_key(ec.SECP256R1()), "17.042.884"),
        request(rsa.generate_private_key(65537, 1024)),  # noqa: S505 - to be refused
        request(ec.generate_private_key(ec.SECP192R1())),
    ],
    ids=["broken", "empty", "another charger", "short RSA", "short curve"],
)
async def test_a_request_that_must_not_be_signed_is_rejected(tls_house: House, csr: str) -> None:
    """Use case A02; A00.FR.312: RSA from 2048 bits, curves from 224."""
    charger_id = await known_charger(tls_house, profile=1)
    async with logged_in(tls_house) as charger:
        assert await charger.call("SignCertificate", {"csr": csr}) == {"status": "Rejected"}
    [alert] = await tls_house.services.security.logins.log.alerts(charger_id)
    assert alert.kind == "CertificateRequestRefused"


async def test_a_forged_request_is_rejected(tls_house: House) -> None:
    text = request(ec.generate_private_key(ec.SECP256R1()))
    der = bytearray(x509.load_pem_x509_csr(text.encode()).public_bytes(certificates.Encoding.DER))
    der[-1] ^= 1
    forged = x509.load_der_x509_csr(bytes(der)).public_bytes(certificates.Encoding.PEM).decode()
    await known_charger(tls_house, profile=1)
    async with logged_in(tls_house) as charger:
        assert await charger.call("SignCertificate", {"csr": forged}) == {"status": "Rejected"}


async def test_a_stranger_posing_as_an_unprotected_charger_gets_no_certificate(tls_house: House) -> None:
    await known_charger(tls_house, profile=0, key=None)
    async with logged_in(tls_house, None) as charger:
        csr = request(ec.generate_private_key(ec.SECP256R1()))
        assert await charger.call("SignCertificate", {"csr": csr}) == {"status": "Rejected"}


async def test_a_certificate_is_renewed_before_it_ends_and_asked_for_once_a_day(
    tls_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "RENEWAL_CHECK_S", 0.01)
    monkeypatch.setattr(certificates, "LIFE", certificates.RENEW_BEFORE - timedelta(days=1))
    charger_id = await known_charger(tls_house, profile=1)
    key = ec.generate_private_key(ec.SECP256R1())
    renewing = asyncio.create_task(tls_house.services.security.certificates.keep_renewed())
    async with logged_in(tls_house) as charger:
        await asyncio.sleep(0.05)  # nothing is asked of a charger that has no certificate
        await signed(charger, key)
        command = await charger.command()
        assert command[2:] == ["ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"}]
        await charger.answer(command, {"status": "Accepted"})
        await asyncio.sleep(0.05)
        assert tls_house.gateway.outstanding(charger_id) == []  # it has a day to send its request
        monkeypatch.setattr(certificates, "LIFE", timedelta(days=730))
        await signed(charger, key)
        await state_becomes(tls_house, charger_id, CertificateState.ACCEPTED, CertificateState.ACCEPTED)
    renewing.cancel()
