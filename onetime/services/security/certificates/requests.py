"""A charger's request for a certificate (PKCS #10), checked before it is signed (security whitepaper, use case A02)."""

import base64
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PSS, PKCS1v15
from cryptography.x509.oid import NameOID

from onetime.services.chargers.live import LiveCharger
from onetime.services.security.certificates.check import name_part, names_charger
from onetime.texts import Text, _

RSA_BITS, CURVE_BITS = 2048, 224  # security whitepaper, A00.FR.312: at least
SEQUENCE, LONG_FORM = 0x30, 0x80
WEAK_HASHES = ("md5", "sha1")


class RequestRefusedError(Exception):
    """A request is not signed; the text says why."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class CheckedRequest:
    """What a certificate is made of."""

    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
    common_name: str


def check_request(text: str, charger: LiveCharger) -> CheckedRequest:
    """Return what to sign.

    The common name must be the charger's serial number, or its identity. The organization is not asked for: the
    certificate names this house, whatever the request says. Raises ``RequestRefusedError``.
    """
    request, signed = _read(text)
    try:
        is_signed = _is_signed(request, signed)
        hash_name = request.signature_hash_algorithm.name if request.signature_hash_algorithm else ""
    except (InvalidSignature, UnsupportedAlgorithm, ValueError) as error:
        raise RequestRefusedError(_("The request's signature cannot be checked.")) from error
    if not is_signed or hash_name in WEAK_HASHES:
        raise RequestRefusedError(_("The request is not signed by its own key, or with a hash nobody trusts any more."))
    common_name = name_part(request.subject, NameOID.COMMON_NAME).strip()
    if not names_charger(common_name, charger):
        serial = charger.serial_number or charger.identity
        msg = _("The request is for “{name}”; this charger is {serial}.", name=common_name[:60], serial=serial)
        raise RequestRefusedError(msg)
    return CheckedRequest(_strong_key(request), common_name)


def _read(text: str) -> tuple[x509.CertificateSigningRequest, bytes | None]:
    """Return a request, and the bytes it signed where they had to be read with the version RFC 2986 asks for."""
    try:
        # Some firmware writes the line breaks as two characters.
        pem = text.strip().replace("\\n", "\n").encode()
        try:
            return x509.load_pem_x509_csr(pem), None
        except x509.InvalidVersion:  # OpenSSL takes any
            der, signed = as_version_1(_der(pem))
            return x509.load_der_x509_csr(der), signed
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise RequestRefusedError(_("The request is no PKCS #10 request in PEM.")) from error


def _der(pem: bytes) -> bytes:
    return base64.b64decode(b"".join(pem.partition(b"-----\n")[2].partition(b"-----END")[0].split()), validate=True)


def as_version_1(der: bytes) -> tuple[bytes, bytes]:
    """Return a request with the version field 0 (RFC 2986, section 4.1), and its signed part as it was.

    A request is a sequence of the signed part, the algorithm and the signature; the version comes first in the signed
    part. Raises ``ValueError`` where it does not.
    """
    _length, begin = _header(der, 0)
    length, content = _header(der, begin)
    if der[content : content + 2] != b"\x02\x01":
        msg = "the version field is not a small number"
        raise ValueError(msg)
    return der[: content + 2] + b"\x00" + der[content + 3 :], der[begin : content + length]


def _header(der: bytes, at: int) -> tuple[int, int]:
    """Return the length of a sequence's content, and where that begins (X.690, section 8.1.3)."""
    if len(der) < at + 2 or der[at] != SEQUENCE:
        msg = "not a sequence"
        raise ValueError(msg)
    first, begin = der[at + 1], at + 2
    if first < LONG_FORM:
        return first, begin
    end = begin + (first - LONG_FORM)
    return int.from_bytes(der[begin:end]), end


def _is_signed(request: x509.CertificateSigningRequest, signed: bytes | None) -> bool:
    """Say whether a request is signed by its own key. Raises ``InvalidSignature`` as well where it is not."""
    if signed is None:
        return request.is_signature_valid
    key, algorithm = request.public_key(), request.signature_hash_algorithm
    if isinstance(key, rsa.RSAPublicKey) and algorithm is not None:
        padding = request.signature_algorithm_parameters
        if not isinstance(padding, PKCS1v15 | PSS):
            return False
        key.verify(request.signature, signed, padding, algorithm)
        return True
    if isinstance(key, ec.EllipticCurvePublicKey) and algorithm is not None:
        key.verify(request.signature, signed, ec.ECDSA(algorithm))
        return True
    return False


def _strong_key(request: x509.CertificateSigningRequest) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    try:
        key = request.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RequestRefusedError(_("The request's key is of an unknown kind.")) from error
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= RSA_BITS:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size >= CURVE_BITS:
        return key
    msg = _("The request's key is too short: RSA needs {rsa} bits, a curve {curve}.", rsa=RSA_BITS, curve=CURVE_BITS)
    raise RequestRefusedError(msg)
