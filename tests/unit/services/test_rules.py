"""Small rules: months, passwords, permissions and texts."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.models import Role
from onetime.services.billing.months import Month, MonthError
from onetime.services.cards.authorization import card_tag, id_tag_key
from onetime.services.people.passwords import WeakPasswordError, hash_password, new_token, password_matches, token_hash
from onetime.services.people.permissions import PERMISSIONS, Permission, PermissionDeniedError, allowed, require
from onetime.texts import Text, _, say


@given(st.integers(1970, 2199), st.integers(1, 12))
def test_a_month_is_read_as_it_is_written(year: int, number: int) -> None:
    assert Month.parse(str(Month(year, number))) == Month(year, number)


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "26-10", "0000-01", "9999-12", "2026-10-01", "October", ""])
def test_what_is_no_month_is_told_in_words(text: str) -> None:
    with pytest.raises(MonthError, match="2026-10"):
        Month.parse(text)


def test_a_month_begins_on_the_houses_clock() -> None:
    late_in_september_utc = datetime(2026, 9, 30, 22, 30, tzinfo=UTC)
    assert Month.of(late_in_september_utc, ZoneInfo("Europe/Zurich")) == Month(2026, 10)


def test_december_comes_before_january() -> None:
    assert Month(2026, 1).before() == Month(2025, 12)


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


def test_every_role_is_in_the_table_and_the_administrator_may_everything() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert PERMISSIONS[Role.ADMINISTRATOR] == frozenset(Permission)


def test_every_permission_but_the_console_is_held_by_somebody_besides_the_administrator() -> None:
    others = frozenset().union(*(held for role, held in PERMISSIONS.items() if role is not Role.ADMINISTRATOR))
    assert frozenset(Permission) - others == {Permission.USE_CONSOLE}


@pytest.mark.parametrize("permission", list(Permission))
def test_nobody_may_do_nothing(permission: Permission) -> None:
    assert not allowed(None, permission)
    with pytest.raises(PermissionDeniedError):
        require(None, permission)


def test_a_tenant_sees_nothing_of_the_neighbours() -> None:
    assert all(permission.value.startswith("see own ") for permission in PERMISSIONS[Role.TENANT])


def test_a_text_is_english_and_remembers_what_it_was_made_of() -> None:
    text = _("{count} sessions", count=3)
    assert text == "3 sessions"
    assert isinstance(text, Text)
    assert (text.msgid, text.params) == ("{count} sessions", {"count": 3})
    assert say("never marked", "de") == "never marked"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("04a1b2c3", "04A1B2C3"),
        (" 04:A1:B2:C3 ", "04A1B2C3"),
        ("04-a1-b2-c3-d4-e5-f6", "04A1B2C3D4E5F6"),
        ("DE-ABC-C12345-6", "DE-ABC-C12345-6"),
        ("ANNA MÜLLER", "ANNA MÜLLER"),
        ("04:A1", "04:A1"),
    ],
)
def test_a_card_is_the_same_with_and_without_separators(written: str, key: str) -> None:
    """M1: only bytes have separators; other names keep what is in them."""
    assert id_tag_key(written) == key


@pytest.mark.parametrize(
    ("sent", "vendor", "serial_number", "tag"),
    [
        ("12345678_dummy1", "Keba AG", None, "12345678"),
        ("04A1B2C3D4E5F6_17619300", "Keba AG", "17600001", "04A1B2C3D4E5F6"),
        ("ANNA_17600001", "Wallbox", "17600001", "ANNA"),
        ("ANNA_1", "Keba AG", "17600001", "ANNA_1"),
        ("12345678_dummy1", "Wallbox", None, "12345678_dummy1"),
        ("_17600001", "Keba AG", "17600001", "_17600001"),
    ],
)
def test_only_an_appended_serial_number_is_cut_off_a_card(
    sent: str, vendor: str, serial_number: str | None, tag: str
) -> None:
    assert card_tag(sent, vendor, serial_number) == tag
