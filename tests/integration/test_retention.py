"""Old messages go in small steps; sessions and new messages stay."""

from datetime import timedelta

import pytest
from sqlmodel import func, select

from onetime.clock import utc_now
from onetime.models import Charger, ChargerMessage, Direction, Transaction
from onetime.services import retention
from tests.integration.conftest import House


async def test_messages_older_than_wanted_are_deleted_and_nothing_else(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "STEP_ROWS", 10)
    monkeypatch.setattr(retention, "PAUSE_S", 0)
    database = house.services.database
    async with house.charger() as charger:
        await charger.call("StartTransaction", {"connectorId": 1, "idTag": "A", "meterStart": 0})
    charger_id = await database.read(lambda s: s.exec(select(Charger.id)).one())
    now = utc_now()
    row = {"charger_id": charger_id, "direction": Direction.SENT, "frame": "old", "action": None, "problem": None}
    await database.append(ChargerMessage, [{**row, "at": now - timedelta(days=days)} for days in range(100)])
    assert await retention.delete_messages_before(database, now - timedelta(days=30, seconds=1)) == 69
    left = await database.read(
        lambda s: s.exec(select(func.count()).select_from(ChargerMessage).where(ChargerMessage.frame == "old")).one()
    )
    assert left == 31
    assert await database.read(lambda s: s.exec(select(func.count()).select_from(Transaction)).one()) == 1
