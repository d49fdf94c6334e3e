"""Passwords and tokens are stored so that nobody can read them."""

import pytest

from onetime.services.people.passwords import WeakPasswordError, hash_password, new_token, password_matches, token_hash


def test_a_password_is_stored_so_that_it_cannot_be_read() -> None:
    stored = hash_password("correct horse")
    assert "correct" not in stored
    assert password_matches("correct horse", stored)
    assert not password_matches("wrong horse", stored)
    assert not password_matches("correct horse", "not a hash")


def test_a_short_password_is_refused_with_both_lengths() -> None:
    with pytest.raises(WeakPasswordError, match=r"at least 10 characters; this one has 5\."):
        hash_password("short")


def test_tokens_differ_and_are_stored_as_digests() -> None:
    token = new_token()
    assert token != new_token()
    assert token not in token_hash(token)
