"""Logins: what ends them, what lists them, and what is written down about them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from onetime.clock import utc_now
from onetime.events import LoginsEnded
from onetime.models import AuditEntry, LoginDevice, LoginSession, Role
from onetime.services.people import login_rows
from onetime.services.people.guesses import PAIR_GUESSES
from onetime.services.people.login_rows import DEVICES_EACH
from onetime.services.people.logins import UNUSED_LASTS, LoginService, Person, Visit
from onetime.services.people.passwords import WeakPasswordError, hash_password
from onetime.services.people.tokens import create_api_token
from onetime.services.people.users import AccountError, create_user, user_named
from tests.integration.conftest import House

PASSWORD, OTHER = "correct horse battery", "an entirely new sentence"
HOME = Visit("192.168.1.20", "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0")
STRANGER = Visit("192.168.1.66")


async def add_person(house: House, name: str = "ada", role: Role = Role.ADMINISTRATOR) -> Person:
    stored = hash_password(PASSWORD)
    await house.services.database.write(lambda s: create_user(s, name, stored, role))
    login = (await house.services.people.logins.log_in(name, PASSWORD)).login
    person = await house.services.people.logins.recognise(login)
    assert person is not None
    await house.services.people.logins.end_all(person.user_id, "test")
    return person


async def change(house: House, work: Any) -> Any:
    return await house.services.database.write(work)


async def audit(house: House, action: str) -> list[tuple[str, str, str | None]]:
    """What the audit says of an action: who, where, what."""
    await house.services.database.write(lambda _s: None)  # what is appended goes with the next commit
    rows = await house.services.database.read(
        lambda s: s.exec(select(AuditEntry).where(AuditEntry.action == action).order_by(col(AuditEntry.id))).all()
    )
    return [(row.actor, row.subject, row.detail) for row in rows]


async def test_logins_are_listed_ended_and_told(house: House) -> None:
    person, logins = await add_person(house), house.services.people.logins
    told: list[str] = []
    house.services.bus.subscribe(LoginsEnded, lambda event: told.extend(event.logins))
    mine = (await logins.log_in("Ada ", PASSWORD, HOME)).login
    other = (await logins.log_in("ada", PASSWORD, STRANGER)).login
    here, there = await logins.of(person.user_id, mine)
    assert (here.is_this, here.browser, here.address) == (True, "Firefox, Android", "192.168.1.20")
    assert (there.is_this, there.browser, there.address) == (False, None, "192.168.1.66")
    await logins.end(person.user_id, there.handle, "ada")
    assert await logins.recognise(other) is None
    assert await logins.recognise(mine) == person
    assert len(told) == 1
    with pytest.raises(AccountError, match="ended already"):
        await logins.end(person.user_id, there.handle, "ada")
    with pytest.raises(AccountError):
        await logins.end(person.user_id + 1, here.handle, "somebody else")
    assert await logins.open_among([*told, "never seen"]) == set()


async def test_a_new_password_ends_every_other_login(house: House) -> None:
    person, people = await add_person(house), house.services.people
    mine = (await people.logins.log_in("ada", PASSWORD, HOME)).login
    other = (await people.logins.log_in("ada", PASSWORD, STRANGER)).login
    with pytest.raises(AccountError, match="present password"):
        await people.accounts.change_password(person, "wrong", OTHER, mine, HOME)
    with pytest.raises(WeakPasswordError):
        await people.accounts.change_password(person, PASSWORD, "password1234", mine, HOME)
    assert await people.logins.recognise(other)
    await people.accounts.change_password(person, PASSWORD, OTHER, mine, HOME)
    assert await people.logins.recognise(mine) == person
    assert await people.logins.recognise(other) is None
    with pytest.raises(AccountError):
        await people.logins.log_in("ada", PASSWORD, HOME)
    assert await people.logins.log_in("ada", OTHER, HOME)
    assert await audit(house, "user.password") == [("ada", "ada", None)]


async def test_whoever_is_disabled_is_out_at_once_and_comes_back_with_their_password(house: House) -> None:
    await add_person(house)
    ben, people = await add_person(house, "ben", Role.MANAGER), house.services.people
    login = (await people.logins.log_in("ben", PASSWORD, HOME)).login
    await people.accounts.disable(ben.user_id, "ada")
    assert await people.logins.recognise(login) is None
    with pytest.raises(AccountError, match="any more"):
        await people.logins.log_in("ben", PASSWORD, HOME)
    await people.accounts.enable(ben.user_id, "ada")
    assert await people.logins.recognise(login) is None
    assert await people.logins.log_in("ben", PASSWORD, HOME)
    assert [account.name for account in await people.accounts.users()] == ["ada", "ben"]


async def test_the_last_administrator_stays(house: House) -> None:
    ada, people = await add_person(house), house.services.people
    with pytest.raises(AccountError, match="last administrator"):
        await people.accounts.disable(ada.user_id, "ada")
    eve = await add_person(house, "eve")
    await people.accounts.disable(ada.user_id, "eve")
    with pytest.raises(AccountError, match="last administrator"):
        await people.accounts.disable(eve.user_id, "eve")


async def test_guesses_are_counted_and_keep_nobody_else_out(house: House) -> None:
    await add_person(house)
    logins = house.services.people.logins
    admission = await logins.log_in("ada", PASSWORD, HOME)
    for _guess in range(PAIR_GUESSES):
        with pytest.raises(AccountError, match="do not fit"):
            await logins.log_in("ada", "wrong", STRANGER)
    with pytest.raises(AccountError, match="minute"):
        await logins.log_in("ada", PASSWORD, STRANGER)  # not even with the right one: nobody computes its hash
    assert await logins.log_in("ada", PASSWORD, HOME)
    assert await logins.log_in("ada", PASSWORD, Visit(STRANGER.address, device=admission.device))
    with pytest.raises(AccountError, match="minute"):
        await logins.log_in("ada", PASSWORD, Visit(STRANGER.address, device="made up"))


async def test_the_audit_tells_of_logins_but_never_what_was_typed(house: House) -> None:
    await add_person(house)
    logins = house.services.people.logins
    before = len(await audit(house, "login"))
    for name in ("ada", "ada", "my secret password"):
        with pytest.raises(AccountError):
            await logins.log_in(name, "wrong", STRANGER)
    admission = await logins.log_in("ada", PASSWORD, HOME)
    person = await logins.recognise(admission.login)
    await logins.log_out(admission.login, person, HOME)
    assert await audit(house, "login.refused") == [
        ("ada", STRANGER.address, "wrong password number 1"),
        ("unknown name", STRANGER.address, "wrong password number 1"),
    ]
    assert (await audit(house, "login"))[before:] == [("ada", HOME.address, "Firefox, Android")]
    assert await audit(house, "logout") == [("ada", HOME.address, None)]


async def test_a_login_nobody_uses_ends(house: House) -> None:
    await add_person(house)
    logins = house.services.people.logins
    login = (await logins.log_in("ada", PASSWORD, HOME)).login

    def seen(ago: timedelta) -> Any:
        def write(session: Any) -> None:
            for row in session.exec(select(LoginSession)):
                row.seen_at = utc_now() - ago

        return write

    await change(house, seen(UNUSED_LASTS - timedelta(hours=2)))
    assert await logins.recognise(login)
    rows = await house.services.database.read(lambda s: s.exec(select(LoginSession)).all())
    assert utc_now() - (rows[0].seen_at or rows[0].created_at) < timedelta(minutes=1)
    await change(house, seen(UNUSED_LASTS))
    assert await logins.recognise(login) is None
    assert await logins.of(rows[0].user_id) == []


async def test_a_person_is_logged_in_so_often_and_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await add_person(house)
    logins = house.services.people.logins
    monkeypatch.setattr(login_rows, "LOGINS_EACH", 3)
    admissions = [await logins.log_in("ada", PASSWORD) for _number in range(5)]
    known = [await logins.recognise(each.login) is not None for each in admissions]
    assert known == [False, False, True, True, True]


async def test_few_browsers_are_known_by_name(house: House) -> None:
    await add_person(house)
    logins = house.services.people.logins
    for _browser in range(DEVICES_EACH + 3):
        await logins.log_in("ada", PASSWORD, HOME)
    devices = await house.services.database.read(lambda s: s.exec(select(LoginDevice)).all())
    assert len(devices) == DEVICES_EACH


async def test_what_the_command_line_ends_is_over_in_the_running_house(house: House) -> None:
    await add_person(house)
    base = house.services
    login = (await base.people.logins.log_in("ada", PASSWORD, HOME)).login
    elsewhere = LoginService(base.database, base.bus, base.aging)
    user = await base.database.read(lambda s: user_named(s, "ada"))
    assert user is not None
    await elsewhere.end_all(user.id or 0, "command line")
    assert await base.people.logins.recognise(login) is None


async def test_tokens_expire_and_are_revoked(house: House) -> None:
    tokens = house.services.people.tokens
    token = await change(house, lambda s: create_api_token(s, "sheet", Role.MANAGER, days=1))
    assert await tokens.holder(token)
    (row,) = [each for each in await tokens.all() if each.name == "sheet"]
    assert row.lets_in
    await tokens.revoke(row.token_id, "ada")
    assert await tokens.holder(token) is None
    assert not (await tokens.all())[0].lets_in
    with pytest.raises(AccountError):
        await tokens.revoke(row.token_id + 1_000, "ada")
    for name, days in (("", 1), ("x" * 101, 1), ("x", 0), ("x", 100_000)):
        with pytest.raises(AccountError):
            await change(house, lambda s, n=name, d=days: create_api_token(s, n, days=d))


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\nb", "x" * 1_000_000])
async def test_nobody_is_called_so(house: House, name: str) -> None:
    with pytest.raises(AccountError):
        await house.services.database.write(lambda s: create_user(s, name, "hash", Role.MANAGER))
    with pytest.raises(AccountError, match="do not fit"):
        await house.services.people.logins.log_in(name, "x" * 1_000_000, STRANGER)
