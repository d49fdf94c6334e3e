"""The house's own certificate authority and the encrypted port's certificates."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from onetime.clock import utc_now
from onetime.services.security.certificates import authority as authority_module
from onetime.services.security.certificates import server as server_certificates
from onetime.services.security.certificates.authority import CertificateAuthority
from onetime.services.security.certificates.server import Chain, ServerCertificates
from onetime.services.security.errors import AuthorityError, ServerCertificateError


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authority_module, "ROOT_BITS", 2048)


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path / "security")
    assert (authority.exists, authority.name) == (False, None)
    assert list(tmp_path.iterdir()) == []


def test_the_root_stays_the_same_and_its_key_is_nobody_elses(tmp_path: Path) -> None:
    first, second = CertificateAuthority(tmp_path), CertificateAuthority(tmp_path)
    assert first.root() == second.root()
    assert stat.S_IMODE((tmp_path / "ca.key").stat().st_mode) == 0o600


def test_a_charger_without_a_clock_can_verify_the_root(tmp_path: Path) -> None:
    """It starts in 1970, and gets its time over the connection it has to verify."""
    root = CertificateAuthority(tmp_path).root()
    assert root.not_valid_before_utc == datetime(1970, 1, 1, tzinfo=UTC)
    assert root.not_valid_after_utc > utc_now() + timedelta(days=365 * 20)


def test_a_root_that_a_power_cut_took_is_made_again_from_its_key(tmp_path: Path) -> None:
    before = CertificateAuthority(tmp_path).root()
    (tmp_path / "ca.pem").unlink()
    after = CertificateAuthority(tmp_path).root()
    assert (after.subject, after.public_key()) == (before.subject, before.public_key())


def test_a_missing_key_is_never_replaced(tmp_path: Path) -> None:
    CertificateAuthority(tmp_path).root()
    (tmp_path / "ca.key").unlink()
    with pytest.raises(AuthorityError, match="backup"):
        CertificateAuthority(tmp_path).root()


def test_a_passphrase_protects_the_key(tmp_path: Path) -> None:
    root = CertificateAuthority(tmp_path, "a passphrase").root()
    assert b"ENCRYPTED" in (tmp_path / "ca.key").read_bytes()
    assert CertificateAuthority(tmp_path, "a passphrase").root() == root
    for wrong in (None, "another one"):
        with pytest.raises(AuthorityError, match="ONETIME_CA_PASSPHRASE"):
            CertificateAuthority(tmp_path, wrong).root()


def test_serial_numbers_are_unique(tmp_path: Path) -> None:
    authority, key = CertificateAuthority(tmp_path), ec.generate_private_key(ec.SECP256R1()).public_key()
    signed = [authority.sign_charger(key, "1", "House", utc_now() + timedelta(days=1)) for _ in range(20)]
    assert len({certificate.serial_number for certificate in signed}) == 20
    for certificate in signed[:1]:
        certificate.verify_directly_issued_by(authority.root())


def test_there_is_an_rsa_and_an_ecdsa_chain_for_every_name(tmp_path: Path) -> None:
    """Case 086: at least 2048 bits RSA and 224 bits EC; the name chargers call is the common name."""
    authority = CertificateAuthority(tmp_path)
    chains = ServerCertificates(authority, tmp_path, ["house.example", "192.0.2.7"], None).chains()
    certificates = [x509.load_pem_x509_certificates(chain.certificate.read_bytes()) for chain in chains]
    keys = [chain[0].public_key() for chain in certificates]
    assert isinstance(keys[0], rsa.RSAPublicKey)
    assert isinstance(keys[1], ec.EllipticCurvePublicKey)
    assert (keys[0].key_size, keys[1].key_size) == (2048, 256)
    for leaf, root in certificates:
        assert leaf.subject.rfc4514_string() == "CN=house.example"
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert [str(name.value) for name in names] == ["house.example", "192.0.2.7"]
        leaf.verify_directly_issued_by(root)


def test_a_certificate_is_kept_until_it_expires_soon_or_its_names_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = CertificateAuthority(tmp_path)

    def shown(*hosts: str) -> int:
        return ServerCertificates(authority, tmp_path, list(hosts), None).shown().serial_number

    first = shown("a")
    assert shown("a") == first
    assert (second := shown("a", "b")) != first
    later = utc_now() + server_certificates.LIFE - server_certificates.RENEW_BEFORE
    monkeypatch.setattr(server_certificates, "utc_now", lambda: later - timedelta(hours=1))
    assert shown("a", "b") == second
    monkeypatch.setattr(server_certificates, "utc_now", lambda: later + timedelta(hours=1))
    assert shown("a", "b") != second


def test_a_given_certificate_must_fit_its_key(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    rsa_chain, ecdsa_chain = ServerCertificates(authority, tmp_path, ["a"], None).chains()
    for given, words in (
        (Chain(rsa_chain.certificate, ecdsa_chain.key), "is not the key"),
        (Chain(tmp_path / "none.pem", ecdsa_chain.key), "is missing"),
        (Chain(rsa_chain.key, rsa_chain.key), "PEM files"),
    ):
        with pytest.raises(ServerCertificateError, match=words):
            ServerCertificates(authority, tmp_path, [], given).chains()
