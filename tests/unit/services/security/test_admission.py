"""Who is let in with what: security profiles 0 to 3."""

from http import HTTPStatus

import pytest

from onetime.models import CertificateState, PasswordState
from onetime.services.security.admission import Caller, LoginRefusedError, admit
from onetime.services.security.certificates.check import ClientCertificate
from onetime.services.security.facts import CertificateFacts, PasswordFacts, SecurityFacts
from onetime.services.security.passwords.keys import Form, KeyCheck, stored_form
from tests.unit.services.security.factories import basic, certificate, charger, password

HOUSE = "Seestrasse 12"
KEY = b"a key of twenty byte".hex()
OURS = ClientCertificate("1f", "17.042.883", HOUSE, is_ours=True)
THEIRS = ClientCertificate("2f", "17.042.883", HOUSE, is_ours=False)


def known(
    profile: int,
    *,
    raising_to: int | None = None,
    passwords: tuple[PasswordFacts, ...] | None = None,
    certificates: tuple[CertificateFacts, ...] = (),
) -> SecurityFacts:
    given = (password(stored_form(KEY)),) if passwords is None else passwords
    return SecurityFacts(1, profile, raising_to, passwords=given, certificates=certificates)


def caller(
    secret: bytes | str | None = bytes.fromhex(KEY),
    *,
    user: str = "keba-07",
    encrypted: bool = False,
    shown: ClientCertificate | None = None,
) -> Caller:
    login = None if secret is None else basic(user, secret)
    return Caller("KEBA-07", "10.0.0.7", is_encrypted=encrypted, authorization=login, certificate=shown)


async def profile_of(who: Caller, facts: SecurityFacts) -> int:
    return (await admit(who, charger(), facts, HOUSE, KeyCheck())).profile


async def refused(who: Caller, facts: SecurityFacts) -> LoginRefusedError:
    with pytest.raises(LoginRefusedError) as caught:
        await admit(who, charger(), facts, HOUSE, KeyCheck())
    return caught.value


@pytest.mark.parametrize(
    ("who", "facts", "profile"),
    [
        (caller(None), known(0), 0),
        (caller(), known(0), 1),
        (caller(), known(1), 1),
        (caller(KEY), known(1), 1),
        (caller(encrypted=True), known(1), 2),
        (caller(encrypted=True), known(2), 2),
        (caller(None, encrypted=True, shown=OURS), known(3, certificates=(certificate("1f"),)), 3),
        (caller(None, encrypted=True, shown=THEIRS), known(3), 3),
        (caller(None, encrypted=True), known(0), 0),
        (caller("a password from elsewhere"), known(0, passwords=()), 0),
    ],
)
async def test_a_connection_of_the_profile_or_above_it_is_let_in(
    who: Caller, facts: SecurityFacts, profile: int
) -> None:
    assert await profile_of(who, facts) == profile


@pytest.mark.parametrize(
    ("who", "facts", "status"),
    [
        (caller(None), known(1), HTTPStatus.UNAUTHORIZED),
        (caller("wrong"), known(1), HTTPStatus.UNAUTHORIZED),
        (caller("wrong"), known(0), HTTPStatus.UNAUTHORIZED),
        (caller(user="keba-08"), known(1), HTTPStatus.UNAUTHORIZED),
        (caller(), known(1, passwords=()), HTTPStatus.UNAUTHORIZED),
        (caller(), known(2), HTTPStatus.FORBIDDEN),
        (caller(None, encrypted=True), known(2), HTTPStatus.UNAUTHORIZED),
        (caller(encrypted=True), known(3), HTTPStatus.FORBIDDEN),
        (caller(None), known(3), HTTPStatus.FORBIDDEN),
    ],
)
async def test_a_connection_below_the_profile_is_refused(who: Caller, facts: SecurityFacts, status: HTTPStatus) -> None:
    """Checklist 49 (A00.FR.002), case 085: without a login or with a wrong one 401."""
    assert (await refused(who, facts)).status is status


@pytest.mark.parametrize("state", [CertificateState.SUPERSEDED, CertificateState.REVOKED, CertificateState.REJECTED])
async def test_a_certificate_that_no_longer_counts_is_refused(state: CertificateState) -> None:
    who = caller(None, encrypted=True, shown=OURS)
    assert (await refused(who, known(3, certificates=(certificate("1f", state),)))).kind == "InvalidClientCertificate"


@pytest.mark.parametrize(
    "shown",
    [
        ClientCertificate("9", "17.042.883", HOUSE, is_ours=True),  # not on record
        ClientCertificate("9", "17.042.884", HOUSE, is_ours=False),
        ClientCertificate("9", "117.042.883", HOUSE, is_ours=False),
        ClientCertificate("9", "17.042.883", "Another house", is_ours=False),
    ],
)
async def test_a_certificate_of_somebody_else_is_refused(shown: ClientCertificate) -> None:
    """Checklist 51 (A00.FR.403 to 405): the serial number in the name, the house as organization."""
    who = caller(None, encrypted=True, shown=shown)
    assert (await refused(who, known(3, certificates=(certificate("1f"),)))).status is HTTPStatus.FORBIDDEN


async def test_a_manufacturers_certificate_nobody_asked_for_does_not_disturb() -> None:
    shown = ClientCertificate("9", "something", "Manufacturer", is_ours=False)
    assert await profile_of(caller(encrypted=True, shown=shown), known(2)) == 2


async def test_while_the_profile_is_raised_both_are_let_in() -> None:
    """Case 083: the old profile is only refused once the charger has come back with the new one."""
    assert await profile_of(caller(), known(1, raising_to=2)) == 1
    assert await profile_of(caller(encrypted=True), known(1, raising_to=2)) == 2


async def test_the_password_that_was_used_is_told() -> None:
    """Checklist 48: old and new are both valid after a lost answer."""
    new = b"another key of 20 by".hex()
    old, offered = stored_form(KEY), stored_form(new)
    facts = known(1, passwords=(password(old, 1), password(offered, 2, PasswordState.OFFERED)))
    by_old = await admit(caller(), charger(), facts, HOUSE, KeyCheck())
    by_new = await admit(caller(new), charger(), facts, HOUSE, KeyCheck())
    assert (by_old.password_id, by_old.password_form) == (1, Form.AS_IS)
    assert (by_new.password_id, by_new.password_form) == (2, Form.DIGITS)


async def test_a_charger_without_a_profile_keeps_the_password_it_has_from_elsewhere() -> None:
    """A password that was only offered must not lock a charger out that never needed one."""
    facts = known(0, passwords=(password(stored_form(KEY), 1, PasswordState.OFFERED),))
    assert await profile_of(caller("its own old password"), facts) == 0
