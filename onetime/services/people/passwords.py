"""Passwords and random tokens. A password is kept as Argon2id, a token as SHA-256; neither can be read back."""

import hashlib
import secrets
from collections.abc import Sequence
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from onetime.budgets import PASSWORD_CHARACTERS
from onetime.texts import _

MINIMUM_LENGTH = 10
ENOUGH_SCORE = 2  # of zxcvbn's 0 to 4: more than a million guesses

# About 50 ms on a Raspberry Pi 4 with 19 MiB: OWASP's second recommended setting for Argon2id.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class WeakPasswordError(ValueError):
    """A password that would be guessed, or that nobody could type."""


def hash_password(password: str, known: Sequence[str] = ()) -> str:
    """Return what is stored for a password. Raises ``WeakPasswordError`` when it would be guessed.

    ``known``: what a guesser knows too, such as the person's name. Nothing is asked of a password but its length and
    that it is none of those tried first (OWASP ASVS 5.0, 6.2.1, 6.2.4, 6.2.5).
    """
    if len(password) < MINIMUM_LENGTH:
        msg = _(
            "A password needs at least {minimum} characters; this one has {count}.",
            minimum=MINIMUM_LENGTH,
            count=len(password),
        )
        raise WeakPasswordError(msg)
    if len(password) > PASSWORD_CHARACTERS:
        msg = _(
            "A password has at most {maximum} characters; this one has {count}.",
            maximum=PASSWORD_CHARACTERS,
            count=len(password),
        )
        raise WeakPasswordError(msg)
    if is_common(password, known):
        raise WeakPasswordError(_("This password is among those that are tried first. Take a short sentence instead."))
    return _hasher.hash(password)


def is_common(password: str, known: Sequence[str] = ()) -> bool:
    """Say whether a password is found within a million guesses: a common one, its variants, a keyboard's row."""
    from zxcvbn import zxcvbn  # its word lists take memory; few processes ever hash a new password

    return int(zxcvbn(password, user_inputs=[word for word in known if word])["score"]) < ENOUGH_SCORE


def password_matches(password: str, stored: str) -> bool:
    """Say whether a password is the stored one; what is too long to be any is not hashed."""
    if len(password) > PASSWORD_CHARACTERS:
        return False
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


@cache
def nobody() -> str:
    """Return a stored password that fits none, so that an unknown name takes as long as a wrong password."""
    return _hasher.hash(new_token())


def new_token() -> str:
    """Return a fresh token nobody can guess (256 bits)."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is stored for a token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
