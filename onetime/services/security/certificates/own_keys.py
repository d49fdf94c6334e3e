"""The house's own private keys, read from the data folder fast enough for every start."""

from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_PROBE = b"Onetime"


def load_own_key(path: Path, passphrase: bytes | None = None) -> Any:
    """Return a private key this house wrote. Raises ``ValueError`` or ``TypeError`` for one that cannot be used.

    Whether the factors of an RSA key are primes, which takes a tenth of a second, is not asked again: a signature
    with it that verifies says as well that the file is undamaged.
    """
    key: Any = load_pem_private_key(path.read_bytes(), passphrase, unsafe_skip_rsa_key_validation=True)
    try:
        if isinstance(key, rsa.RSAPrivateKey):
            signed = key.sign(_PROBE, padding.PKCS1v15(), hashes.SHA256())
            key.public_key().verify(signed, _PROBE, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePrivateKey):
            signed = key.sign(_PROBE, ec.ECDSA(hashes.SHA256()))
            key.public_key().verify(signed, _PROBE, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        msg = f"{path} is damaged"
        raise ValueError(msg) from error
    return key
