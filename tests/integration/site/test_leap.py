"""A system clock that leaps a hundred days ahead: nothing is deleted for its age, whatever would be."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, func, select

from onetime.clock import utc_now
from onetime.models import Charger, HouseClock, LoginSession, MessageBlock, MeterReading, StoredFile
from onetime.services import aging
from onetime.services.files import keeping
from onetime.services.files.keeping import keep_files
from onetime.services.people import logins
from onetime.services.people.accounts import House as HouseFacts
from onetime.services.sessions.readings import thinning
from onetime.services.site import retention
from onetime.settings import Settings
from onetime.store.unreadable import UnreadableRow
from tests.integration.conftest import House, open_house
from tests.integration.driving.sessions import sample, start, stop
from tests.integration.site.test_retention import block

HUNDRED_DAYS = timedelta(days=100)
UNREAD: list[UnreadableRow] = []
PASSWORD = "correct horse battery"


class Leap:
    """The clock of this machine, and how far somebody has moved it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.by = timedelta()
        for module in (aging, logins):
            patch.setattr(module, "utc_now", lambda: utc_now() + self.by)


@pytest.fixture
def leap(monkeypatch: pytest.MonkeyPatch) -> Leap:
    for module in (retention, keeping, thinning):
        monkeypatch.setattr(module, "PAUSE_S", 0)
    return Leap(monkeypatch)


async def fill(house: House, now: datetime) -> None:
    """Messages, readings, a file and a login that are ten days old, or have some days to live."""
    database = house.services.database
    async with house.charger() as charger:
        begun = now - timedelta(days=10)
        transaction_id = await start(charger, timestamp=begun.isoformat())
        for minute in range(1, 60):
            taken = sample(15_000 + 100 * minute, (begun + timedelta(minutes=minute)).isoformat())
            values = {"connectorId": 1, "transactionId": transaction_id, "meterValue": [taken]}
            await charger.call("MeterValues", values)
        end = stop(transaction_id, timestamp=(begun + timedelta(hours=1)).isoformat())
        await charger.call("StopTransaction", end)
    charger_id = await database.read(lambda s: s.exec(select(Charger.id)).one())
    await database.append(MessageBlock, [block(charger_id or 0, 1, now - timedelta(days=10))])
    await house.services.people.accounts.set_up(HouseFacts("Sonnenhof", "Europe/Zurich", "en"), "mia", PASSWORD)


async def tidy_everything(house: House) -> None:
    """Do once what background work does every hour."""
    database, old = house.services.database, house.services.aging
    if before := old.before(90):
        await retention.delete_messages_before(database, before)
        await thinning.thin_sessions_before(database, before, UNREAD.append)
        await thinning.thin_house_between(database, before - timedelta(days=7), before, UNREAD.append)
    if now := old.now():
        await keeping.delete_expired(database, house.services.files.store, now, UNREAD.append)
    await house.services.people.logins.log_in("mia", PASSWORD)


def counts(session: Session) -> list[int]:
    tables = (MessageBlock, MeterReading, StoredFile, LoginSession)
    return [session.exec(select(func.count()).select_from(table)).one() for table in tables]


async def test_a_clock_a_hundred_days_ahead_deletes_nothing(house: House, leap: Leap) -> None:
    await fill(house, utc_now())
    before = await house.services.database.read(counts)
    house.services.aging.now()
    leap.by = HUNDRED_DAYS
    await tidy_everything(house)
    messages, samples, files, logins = before
    assert await house.services.database.read(counts) == [messages, samples, files, logins + 1]
    assert "leapt" in (house.services.site.trouble() or "")


async def test_nor_does_one_that_leapt_while_the_house_stood_still(
    settings: Settings, leap: Leap, tmp_path: Path
) -> None:
    del tmp_path
    async with open_house(settings) as house:
        await fill(house, utc_now())
        await house.services.aging.store()
        before = await house.services.database.read(counts)
    leap.by = HUNDRED_DAYS
    async with open_house(settings) as house:
        await tidy_everything(house)
        messages, samples, files, logins = before
        assert (await house.services.database.read(counts))[1:] == [samples, files, logins + 1]
        assert (await house.services.database.read(counts))[0] >= messages
        row = await house.services.database.read(lambda s: s.get_one(HouseClock, 1))
        assert row.reached_at < utc_now() + timedelta(days=1)


async def test_time_that_has_really_passed_makes_things_old(house: House, leap: Leap) -> None:
    await fill(house, utc_now() - HUNDRED_DAYS)
    await tidy_everything(house)
    left = await house.services.database.read(lambda s: list(s.exec(select(MessageBlock.id))))
    assert 1 not in left
    assert leap.by == timedelta()


async def test_every_deletion_by_age_asks_the_same_clock() -> None:
    for module in (retention, keeping, thinning):
        assert not hasattr(module, "utc_now"), f"{module.__name__} has a time of its own"
    assert keep_files.__code__.co_varnames[2] == "aging"
