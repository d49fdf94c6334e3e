"""HTTP Basic authentication (RFC 7617) as chargers send it."""

import base64
import binascii
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name and a password. The password is bytes: OCPP-J 1.6, section 6.2.2, makes it of any 20 bytes."""

    user: str
    password: bytes = field(repr=False)


def read_basic(header: str) -> Credentials | None:
    """Return what the header ``Authorization`` holds, or None when it is no Basic authentication.

    The first colon ends the name; a password of random bytes may hold further ones.
    """
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.casefold() != "basic":
        return None
    encoded = encoded.strip()
    try:
        plain = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=None, validate=True)
    except (binascii.Error, ValueError):
        return None
    user, colon, password = plain.partition(b":")
    return Credentials(user.decode(errors="replace").strip(), password) if colon else None
