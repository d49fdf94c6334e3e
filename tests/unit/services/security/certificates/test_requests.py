"""A request for a certificate, as chargers write it."""

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from onetime.services.security.certificates.requests import RequestRefusedError, check_request
from tests.unit.services.security.factories import charger

RSA_KEY = rsa.generate_private_key(65537, 2048)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "17.042.883")])
ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")


def pem(der: bytes) -> str:
    text = base64.encodebytes(der).decode()
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{text}-----END CERTIFICATE REQUEST-----\n"


def encoded(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x81, size]) if size < 256 else b"\x82" + size.to_bytes(2)
    return bytes([tag]) + length + content


def with_version(version: int, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, *, is_signed: bool = True) -> bytes:
    """Return a request whose version field is not the 0 that RFC 2986 asks for, and which is signed with it."""
    made = x509.CertificateSigningRequestBuilder().subject_name(NAME).sign(key, hashes.SHA256())
    info = made.tbs_certrequest_bytes.replace(b"\x02\x01\x00", bytes([2, 1, version]), 1)
    told = info if is_signed else made.tbs_certrequest_bytes
    if isinstance(key, rsa.RSAPrivateKey):
        signature, algorithm = (
            key.sign(told, padding.PKCS1v15(), hashes.SHA256()),
            bytes.fromhex("300d06092a864886f70d01010b0500"),
        )
    else:
        signature, algorithm = key.sign(told, ec.ECDSA(hashes.SHA256())), ECDSA_SHA256
    return encoded(0x30, info + algorithm + encoded(0x03, b"\x00" + signature))


@pytest.mark.parametrize("key", [RSA_KEY, ec.generate_private_key(ec.SECP256R1())], ids=["RSA", "curve"])
@pytest.mark.parametrize("version", [1, 2])
def test_a_request_of_any_version_is_read(key: rsa.RSAPrivateKey, version: int) -> None:
    """OpenSSL takes it as well."""
    assert check_request(pem(with_version(version, key)), charger()).common_name == "17.042.883"


def test_a_request_of_another_version_has_to_be_signed_as_it_is() -> None:
    with pytest.raises(RequestRefusedError):
        check_request(pem(with_version(2, RSA_KEY, is_signed=False)), charger())


@pytest.mark.parametrize("broken", [b"", b"\x30", b"\x30\x03\x30\x01\x02", b"0\x820", bytes(200)])
def test_what_is_no_request_is_refused_with_a_sentence(broken: bytes) -> None:
    with pytest.raises(RequestRefusedError):
        check_request(pem(broken), charger())


def test_a_truncated_request_of_another_version_is_refused_with_a_sentence() -> None:
    whole = with_version(2, RSA_KEY)
    for length in range(0, len(whole), 7):
        with pytest.raises(RequestRefusedError):
            check_request(pem(whole[:length]), charger())


def test_the_right_version_is_read_as_ever() -> None:
    made = x509.CertificateSigningRequestBuilder().subject_name(NAME).sign(RSA_KEY, hashes.SHA256())
    assert check_request(made.public_bytes(Encoding.PEM).decode(), charger()).common_name == "17.042.883"
