"""The house's own keys are read fast, and a damaged one is none."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from onetime.services.security.certificates.own_keys import load_own_key

RSA = rsa.generate_private_key(65537, 2048)


@pytest.mark.parametrize("key", [RSA, ec.generate_private_key(ec.SECP256R1())])
@pytest.mark.parametrize("passphrase", [None, b"secret"])
def test_a_key_is_read_as_it_was_written(
    tmp_path: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, passphrase: bytes | None
) -> None:
    way = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    (tmp_path / "key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, way))
    assert load_own_key(tmp_path / "key", passphrase).public_key() == key.public_key()
    if passphrase:
        with pytest.raises(TypeError):
            load_own_key(tmp_path / "key")


@pytest.mark.parametrize("damaged", [["n"], ["p", "d"]])
def test_a_damaged_key_that_signs_wrongly_is_none(tmp_path: Path, damaged: list[str]) -> None:
    """One wrong part of several is made up for by the others: such a key still signs rightly."""
    numbers = RSA.private_numbers()
    text = RSA.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    for name in damaged:
        part = numbers.public_numbers.n if name == "n" else getattr(numbers, name)
        length = (part.bit_length() + 7) // 8
        assert part.to_bytes(length, "big") in text
        text = text.replace(part.to_bytes(length, "big"), (part ^ (1 << 20)).to_bytes(length, "big"))
    pem = b"-----BEGIN PRIVATE KEY-----\n" + base64.encodebytes(text) + b"-----END PRIVATE KEY-----\n"
    (tmp_path / "key").write_bytes(pem)
    with pytest.raises(ValueError, match="damaged"):
        load_own_key(tmp_path / "key")


def test_half_a_file_is_none(tmp_path: Path) -> None:
    text = RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key").write_bytes(text[: len(text) // 2])
    with pytest.raises(ValueError):  # noqa: PT011 - the library's words
        load_own_key(tmp_path / "key")
