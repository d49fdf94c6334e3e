"""Old messages go in small steps; sessions and new messages stay."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import func, select

from onetime.clock import utc_now
from onetime.models import Charger, Direction, LoggedMessage, MessageBlock, Transaction
from onetime.services.chargers.messages.listing import list_messages
from onetime.services.site import retention
from tests.integration.conftest import House


async def test_messages_older_than_wanted_are_deleted_and_nothing_else(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "STEP_BLOCKS", 10)
    monkeypatch.setattr(retention, "PAUSE_S", 0)
    database = house.services.database
    async with house.charger() as charger:
        await charger.call("StartTransaction", {"connectorId": 1, "idTag": "A", "meterStart": 0})
    charger_id = await database.read(lambda s: s.exec(select(Charger.id)).one())
    now = utc_now()
    blocks = [block(charger_id, day, now - timedelta(days=day)) for day in range(100)]
    await database.append(MessageBlock, blocks)
    assert await retention.delete_messages_before(database, now - timedelta(days=30, seconds=1)) == 69
    left = await database.read(lambda s: list_messages(s, charger_id, 1_000, search="old"))
    assert len(left) == 31
    assert await database.read(lambda s: s.exec(select(func.count()).select_from(Transaction)).one()) == 1


def block(charger_id: int, number: int, at: datetime) -> dict[str, Any]:
    message = LoggedMessage(number, int(at.timestamp() * 1_000_000), Direction.SENT, None, "old")
    return {
        "id": number,
        "charger_id": charger_id,
        "last_at": at,
        "count": 1,
        "problems": 0,
        "messages": [message],
    }
