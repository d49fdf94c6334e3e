"""A charger's request for a certificate (PKCS #10), checked before it is signed (security whitepaper, use case A02)."""

from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from onetime.services.chargers.live import LiveCharger
from onetime.services.security.certificates.check import name_part, names_charger
from onetime.texts import Text, _

RSA_BITS, CURVE_BITS = 2048, 224  # security whitepaper, A00.FR.312: at least
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
    request = _read(text)
    try:
        is_signed = request.is_signature_valid
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


def _read(text: str) -> x509.CertificateSigningRequest:
    try:
        # Some firmware writes the line breaks as two characters.
        return x509.load_pem_x509_csr(text.strip().replace("\\n", "\n").encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RequestRefusedError(_("The request is no PKCS #10 request in PEM.")) from error


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
