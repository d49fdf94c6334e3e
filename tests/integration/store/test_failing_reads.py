"""Reads that fail are the same trouble as writes that fail, told once, and over with the first that succeeds."""

import asyncio
import logging
import time
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from onetime.store.group_commit import DatabaseUnavailableError
from onetime.store.read_health import ReadHealth
from onetime.texts import _, say
from tests.integration.conftest import House


class Disk:
    """Fails all statements that only read, as long as ``fails``."""

    def __init__(self, house: House) -> None:
        self.fails = False
        event.listen(house.services.database._engine, "before_cursor_execute", self._look)

    def _look(self, connection: Any, *_args: object) -> None:
        if self.fails and not connection.get_execution_options().get("writes", False):
            raise OperationalError("SELECT", None, OSError("disk I/O error"))


def read(session: Session) -> int:
    return int(session.execute(text("SELECT 1")).scalar_one())


async def test_a_read_that_fails_is_trouble_until_one_succeeds(house: House, caplog: pytest.LogCaptureFixture) -> None:
    disk, database = Disk(house), house.services.database
    disk.fails = True
    for _again in range(20):
        with pytest.raises(DatabaseUnavailableError, match="disk I/O error"):
            await database.read(read)
    await asyncio.sleep(2.5)  # what looks at the database every second or two fails too
    trouble = house.services.site.trouble()
    assert trouble is not None
    assert "disk I/O error" in say(trouble, "en")
    lines = [record for record in caplog.records if "cannot be read" in record.message]
    assert [record.levelno for record in lines] == [logging.WARNING]
    disk.fails = False
    assert await database.read(read) == 1
    assert house.services.site.trouble() is None
    assert sum("can be read again" in record.message for record in caplog.records) == 1


async def test_a_mistake_in_a_query_is_no_trouble_of_the_database(house: House) -> None:
    def wrong(session: Session) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await house.services.database.read(wrong)
    assert house.services.database.trouble is None


def test_a_read_that_began_before_the_failure_disproves_nothing() -> None:
    health, before = ReadHealth(), time.monotonic()
    health.failed(_("The disk is full; Onetime cannot save anything until there is room."))
    health.succeeded(before)
    assert health.trouble is not None
    health.succeeded(time.monotonic() + 1)
    assert health.trouble is None


def test_a_disk_that_fails_now_and_then_fills_no_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    monkeypatch.setattr("onetime.store.read_health.time.monotonic", lambda: now[0])
    health = ReadHealth()
    for second in range(600):
        now[0] = float(second)
        health.failed(_("The disk is full; Onetime cannot save anything until there is room."))
        health.succeeded(second + 0.5)
    assert len(caplog.records) == 2 * 10
    assert "59 more failures" in caplog.text
