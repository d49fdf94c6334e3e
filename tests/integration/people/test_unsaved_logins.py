"""A disk that is full, or a server that only reads, lets people in: they come to see why, and to make room."""

import time

import pytest
from sqlalchemy import Connection, event

from onetime.clock import utc_now
from onetime.models import Role
from onetime.services.people import login_rows, logins
from onetime.services.people.passwords import hash_password
from onetime.services.people.unsaved_logins import LIMIT, UnsavedLogins
from onetime.services.people.users import AccountError, create_user
from onetime.store import group_commit
from tests.integration.conftest import House

NAME, PASSWORD = "ada", "correct horse battery"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logins, "WRITE_PATIENCE_S", 0.3)
    monkeypatch.setattr(group_commit, "OUTAGE_PATIENCE_S", 0.1)


async def add_person(house: House) -> None:
    stored = hash_password(PASSWORD)
    await house.services.database.write(lambda s: create_user(s, NAME, stored, Role.ADMINISTRATOR))


class Full:
    """Lets nothing be written while it is entered: SQLite gets no more pages, PostgreSQL only reads."""

    def __init__(self, house: House) -> None:
        self._engine = house.services.database._engine
        self._sqlite = house.services.settings.database_url is None

    def _limit(self, connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1" if self._sqlite else "SET TRANSACTION READ ONLY")

    def _room(self, connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")

    def __enter__(self) -> None:
        event.listen(self._engine, "begin", self._limit)

    def __exit__(self, *_error: object) -> None:
        event.remove(self._engine, "begin", self._limit)
        if self._sqlite:
            event.listen(self._engine, "begin", self._room)


async def test_a_login_that_cannot_be_written_down_counts(house: House) -> None:
    await add_person(house)
    people = house.services.people.logins
    with Full(house):
        began = time.monotonic()
        opened = [(await people.log_in(NAME, PASSWORD)).login for _number in range(20)]
        assert time.monotonic() - began < 20 * 2
        known = [await people.recognise(login) for login in opened]
        assert [person.name if person else None for person in known] == [NAME] * 20
        assert house.services.site.trouble()
        await people.log_out(opened[-1])
        assert await people.recognise(opened[-1]) is None


async def test_a_logout_that_cannot_be_written_down_counts(house: House) -> None:
    await add_person(house)
    people = house.services.people.logins
    login = (await people.log_in(NAME, PASSWORD)).login
    with Full(house):
        await people.log_out(login)
        assert await people.recognise(login) is None


async def test_a_login_outlives_a_restart_once_there_is_room(house: House) -> None:
    await add_person(house)
    people = house.services.people.logins
    with Full(house):
        await people.log_in(NAME, PASSWORD)
    login = (await people.log_in(NAME, PASSWORD)).login
    base = house.services
    again = logins.LoginService(base.database, base.bus, base.aging)
    assert await again.recognise(login)


async def test_a_wrong_password_lets_nobody_in_however_full_the_disk_is(house: House) -> None:
    await add_person(house)
    with Full(house), pytest.raises(AccountError):
        await house.services.people.logins.log_in(NAME, "wrong")


def test_what_is_remembered_is_bounded() -> None:
    unsaved, late = UnsavedLogins(), utc_now() + login_rows.LOGIN_LASTS
    for number in range(LIMIT + 5):
        unsaved.begin(str(number), 1, late)
    assert unsaved.user("0", utc_now()) is None
    assert unsaved.user(str(LIMIT), utc_now()) == 1
