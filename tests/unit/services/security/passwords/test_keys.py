"""Chargers' passwords: the forms in which they come, and what is stored of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.services.security.errors import WeakKeyError
from onetime.services.security.passwords.credentials import read_basic
from onetime.services.security.passwords.keys import Form, KeyCheck, check_strength, key_bytes, new_key, stored_form
from tests.unit.services.security.factories import basic


async def test_the_decoded_bytes_and_the_digits_are_both_accepted() -> None:
    """C6 (SteVe #1895), checklist 47."""
    key, check = new_key(), KeyCheck()
    stored = stored_form(key)
    assert await check.form_of(bytes.fromhex(key), stored) is Form.AS_IS
    assert await check.form_of(key.encode(), stored) is Form.DIGITS
    assert await check.form_of(key.upper().encode(), stored, Form.DIGITS) is Form.DIGITS
    assert await check.form_of(new_key().encode(), stored) is None


async def test_a_plain_text_password_is_accepted_as_it_is() -> None:
    """The password of EVerest's demo, in a charger that decodes nothing and in one that was given its digits."""
    check = KeyCheck()
    for entered in ("AABBCCDDEEFFGGHH", b"AABBCCDDEEFFGGHH".hex()):
        assert await check.form_of(b"AABBCCDDEEFFGGHH", stored_form(entered)) is Form.AS_IS


async def test_an_entered_password_is_recognised_again_without_computing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    check, stored = KeyCheck(), stored_form("correct horse battery")
    assert await check.form_of(b"correct horse battery", stored) is Form.AS_IS
    monkeypatch.setattr("onetime.services.security.passwords.keys._slow", lambda *_: pytest.fail("computed again"))
    assert await check.form_of(b"correct horse battery", stored) is Form.AS_IS


def test_a_new_key_is_twenty_bytes_no_charger_stumbles_over() -> None:
    """Checklist 47: at most 20 bytes, as 40 hexadecimal digits."""
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert {len(key) for key in keys} == {40}
    assert all(bytes.fromhex(key).isalnum() for key in keys)


def test_what_is_stored_does_not_hold_the_password() -> None:
    key = new_key()
    for text in (key, "AABBCCDDEEFFGGHH"):
        stored = stored_form(text)
        assert text not in stored
        assert key_bytes(text).decode() not in stored
    assert stored_form(key) != stored_form(key)


@pytest.mark.parametrize("text", ["", "short", "seven s", "x" * 65, "umlauts are ä no good", "line\nbreak....."])
def test_a_weak_password_is_refused(text: str) -> None:
    with pytest.raises(WeakKeyError):
        check_strength(text)


@given(st.binary(min_size=1, max_size=40))
def test_digits_and_bytes_are_the_same_key(key: bytes) -> None:
    assert key_bytes(key.hex()) == key


@given(
    st.text(min_size=1, max_size=48).filter(lambda name: ":" not in name and name == name.strip()),
    st.binary(max_size=40),
)
def test_any_name_and_any_bytes_are_read(name: str, password: bytes) -> None:
    """Checklist 47: split at the first colon; the password is bytes and may hold further ones."""
    read = read_basic(basic(name, password))
    assert read is not None
    assert (read.user, read.password) == (name, password)


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!!", "Bearer QTpi", "Basic QUJD", "Basic \u00e4\u00e4"])
def test_what_is_no_login_is_none(header: str) -> None:
    assert read_basic(header) is None


def test_a_login_does_not_show_its_password() -> None:
    assert "secret" not in repr(read_basic(basic("A", b"secret")))
