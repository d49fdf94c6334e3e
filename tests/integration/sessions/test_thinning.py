"""Old readings go, the intervals made of them stay."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import func, select

from onetime.models import MeterReading, Transaction
from onetime.services.billing.intervals import ConnectorInterval, list_intervals
from onetime.services.sessions.readings import thinning
from onetime.store.unreadable import UnreadableRow
from tests.integration.conftest import House
from tests.integration.driving.sessions import sample, start, stop, transactions

BEGIN = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
UNREAD: list[UnreadableRow] = []


async def intervals(house: House) -> list[ConnectorInterval]:
    day = timedelta(days=1)
    return await house.services.database.read(lambda s: list_intervals(s, BEGIN - day, BEGIN + day, 1_000, None))


async def count(house: House) -> int:
    return await house.services.database.read(lambda s: s.exec(select(func.count()).select_from(MeterReading)).one())


async def charge_for_an_hour(house: House) -> None:
    async with house.charger() as charger:
        transaction_id = await start(charger)
        minutes = [
            sample(15_000 + 100 * minute, (BEGIN + timedelta(minutes=minute)).isoformat()) for minute in range(1, 60)
        ]
        await charger.call("StopTransaction", stop(transaction_id, transactionData=minutes))


async def test_old_readings_go_and_no_interval_changes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinning, "PAUSE_S", 0)
    await charge_for_an_hour(house)
    before = await intervals(house)
    long_after = datetime.now(UTC) + timedelta(days=1)
    assert await thinning.thin_sessions_before(house.services.database, long_after, UNREAD.append) == 59 - 7
    assert await intervals(house) == before
    assert await count(house) == 7
    assert await thinning.thin_sessions_before(house.services.database, long_after, UNREAD.append) == 0


async def test_young_readings_and_doubtful_sessions_are_left_alone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thinning, "PAUSE_S", 0)
    await charge_for_an_hour(house)
    assert await thinning.thin_sessions_before(house.services.database, BEGIN, UNREAD.append) == 0
    async with house.charger() as charger:
        doubtful = await start(charger, timestamp="2026-10-05T20:00:00Z")
        minutes = [sample(15_000 + n, f"2026-10-05T20:{n:02d}:00Z") for n in range(1, 30)]
        late = {"timestamp": "2026-10-05T21:00:00Z", "transactionData": minutes}
        await charger.call("StopTransaction", stop(doubtful, meter_stop=9_000_000, **late))
    await thinning.thin_sessions_before(house.services.database, datetime.now(UTC) + timedelta(days=1), UNREAD.append)
    assert await count(house) == 7 + 29
    assert [row.is_thinned for row in await transactions(house)] == [True, False]


async def test_the_houses_readings_keep_two_for_each_quarter_hour(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thinning, "PAUSE_S", 0)
    async with house.charger() as charger:
        minutes = [sample(15_000, (BEGIN + timedelta(minutes=minute)).isoformat()) for minute in range(60)]
        await charger.call("MeterValues", {"connectorId": 1, "meterValue": minutes})
    day = timedelta(days=1)
    assert await thinning.thin_house_between(house.services.database, BEGIN - day, BEGIN + day, UNREAD.append) == 60 - 8
    assert await count(house) == 8
    assert await house.services.database.read(lambda s: list(s.exec(select(Transaction)))) == []
