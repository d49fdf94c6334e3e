"""Chargers' passwords (OCPP: AuthorizationKey): made, recognised in the forms chargers send, and kept hashed.

Two hashes are in use. A key of 16 bytes or more in hexadecimal digits was made by a machine, mostly by this house; it
cannot be tried out, so one round of a salted hash keeps it secret, and 200 chargers that come back from a power cut
at once cost some milliseconds. What a person made up may be guessable and gets scrypt, in a thread of its own.
"""

import asyncio
import hashlib
import hmac
import os
import secrets
import string
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

from onetime.services.security.errors import WeakKeyError
from onetime.texts import Text, _

KEY_BYTES = 20  # security whitepaper, A00.FR.205: 16 to 20 bytes
SHORTEST, LONGEST = 8, 64  # characters of a password somebody enters; some chargers have eight digits that are fixed
ADVISED = 16  # characters; what A00.FR.205 asks for
SALT_BYTES = 16
MACHINE_MADE_BYTES = 16
_SCRYPT = {"n": 2**10, "r": 8, "p": 1, "dklen": 32}  # 1 MiB; 3 ms on a desk, 8 ms on a Raspberry Pi 4
_KNOWN_LIMIT = 1_000  # passwords recognised once; as many as any house has chargers, several times over


class Form(StrEnum):
    """What a charger makes of its key before it sends it (SteVe #1895)."""

    AS_IS = "as is"  # the bytes the hexadecimal digits stand for, as OCPP-J 1.6, section 6.2.2, asks for
    DIGITS = "hexadecimal digits"  # the text of the key itself


def new_key() -> str:
    """Return a fresh AuthorizationKey: the hexadecimal digits of 20 random bytes.

    The bytes are letters and digits (119 random bits). A zero byte ends the password in chargers written in C, and
    bytes beyond ASCII come back in another encoding.
    """
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _position in range(KEY_BYTES)).encode().hex()


def check_strength(text: str) -> None:
    """Raise ``WeakKeyError`` when a password somebody entered is too short, too long or cannot be typed elsewhere."""
    if not SHORTEST <= len(text) <= LONGEST or not text.isascii() or not text.isprintable():
        msg = _(
            "A charger's password has {shortest} to {longest} letters, digits and signs.",
            shortest=SHORTEST,
            longest=LONGEST,
        )
        raise WeakKeyError(msg)


def weakness(text: str) -> Text | None:
    """Return what is wrong with a password that is taken all the same, or None.

    Some chargers have a password of eight digits from the factory (node-red-contrib-ocpp #94).
    """
    if len(text) >= ADVISED:
        return None
    return _(
        "A password of fewer than {advised} characters can be guessed. Use it only where the charger has it fixed.",
        advised=ADVISED,
    )


def key_bytes(text: str) -> bytes:
    """Return the bytes a key stands for: its hexadecimal digits decoded, any other text as it is."""
    return _from_digits(text.encode()) or text.encode()


def stored_form(text: str) -> str:
    """Return what is stored for a key. It may take milliseconds: call it from a thread."""
    salt, key = secrets.token_bytes(SALT_BYTES), key_bytes(text)
    if len(_from_digits(text.encode()) or b"") >= MACHINE_MADE_BYTES:
        return f"sha256${salt.hex()}${_fast(salt, key).hex()}"
    return f"scrypt${salt.hex()}${_slow(salt, key).hex()}"


class KeyCheck:
    """Compares what chargers present with what is stored, off the event loop where it takes long."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max(2, min(4, os.cpu_count() or 2)), thread_name_prefix="key-check")
        self._secret = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, None] = OrderedDict()

    async def form_of(self, presented: bytes, stored: str, likely: str | None = None) -> Form | None:
        """Return the form in which ``presented`` is the stored key, or None when it is another one.

        The form a charger used last is tried first: ``likely``.
        """
        candidates = [(Form.AS_IS, presented)]
        if decoded := _from_digits(presented):
            likely = likely or (Form.DIGITS if len(presented) > KEY_BYTES else None)
            candidates.append((Form.DIGITS, decoded))
        for form, candidate in sorted(candidates, key=lambda each: each[0] != likely):
            if await self._matches(candidate, stored):
                return form
        return None

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _matches(self, candidate: bytes, stored: str) -> bool:
        kind, salt, digest = stored.split("$")
        if kind == "sha256":
            return hmac.compare_digest(_fast(bytes.fromhex(salt), candidate), bytes.fromhex(digest))
        seen = hmac.digest(self._secret, stored.encode() + b"\0" + candidate, "sha256")
        if seen in self._known:  # a keyed hash: looking it up tells nothing of the password
            return True
        loop = asyncio.get_running_loop()
        computed = await loop.run_in_executor(self._threads, _slow, bytes.fromhex(salt), candidate)
        if not hmac.compare_digest(computed, bytes.fromhex(digest)):
            return False
        self._known[seen] = None
        while len(self._known) > _KNOWN_LIMIT:
            self._known.popitem(last=False)
        return True


def _fast(salt: bytes, key: bytes) -> bytes:
    return hmac.digest(salt, key, "sha256")


def _slow(salt: bytes, key: bytes) -> bytes:
    return hashlib.scrypt(key, salt=salt, **_SCRYPT)


def _from_digits(text: bytes) -> bytes | None:
    try:
        return bytes.fromhex(text.decode("ascii")) if text.isalnum() else None
    except ValueError:
        return None
