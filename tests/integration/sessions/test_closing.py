"""Sessions whose stop never comes are ended once, at the last reading that can be right, and listed for review."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from onetime.models import OUTSIDE_SESSIONS, Connector, TransactionState
from onetime.services.sessions import transactions as transaction_service
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.raw_charger import RawCharger
from tests.integration.driving.sessions import readings, reviews, sample, start, stop, transactions

GRACE = timedelta(seconds=120)
PassTime = Callable[[timedelta], None]


async def report(charger: RawCharger, status: str, connector: int = 1, **more: object) -> None:
    payload = {"connectorId": connector, "status": status, "errorCode": "NoError", **more}
    await charger.call("StatusNotification", payload)


async def measure(charger: RawCharger, transaction_id: int | None, register: int, timestamp: str) -> None:
    named = {} if transaction_id is None else {"transactionId": transaction_id}
    await charger.call("MeterValues", {"connectorId": 1, "meterValue": [sample(register, timestamp)], **named})


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> PassTime:
    """Let time pass for the service that ends sessions."""

    def pass_time(by: timedelta) -> None:
        monkeypatch.setattr(transaction_service, "utc_now", lambda: datetime.now(UTC) + by)

    return pass_time


async def test_a_session_ends_when_the_connector_has_been_free_for_the_grace(house: House, later: PassTime) -> None:
    """T4: at Available, after a grace."""
    async with house.charger() as charger:
        transaction_id = await start(charger)
        await measure(charger, transaction_id, 18_000, "2026-10-05T18:30:00Z")
        await report(charger, "Available")
        assert await house.services.sessions.transactions.end_abandoned(GRACE) == 0
        later(GRACE + timedelta(seconds=1))
        assert await house.services.sessions.transactions.end_abandoned(GRACE) == 1
    [row] = await transactions(house)
    assert (row.state, row.meter_stop_wh, row.stop_estimated) == (TransactionState.ENDED, 18_000, True)
    assert row.stopped_at == datetime(2026, 10, 5, 18, 30, tzinfo=UTC)
    assert [item.reason for item in await reviews(house)] == ["stop_never_came"]
    assert all(connector.session is None for connector in house.services.chargers.live.connectors())


async def test_saying_available_again_does_not_prolong_the_grace(house: House) -> None:
    async with house.charger() as charger:
        await start(charger)
        await report(charger, "Available")
        first = await house.services.database.read(lambda s: s.exec(select(Connector.status_received_at)).one())
        await report(charger, "Available")
        again = await house.services.database.read(lambda s: s.exec(select(Connector.status_received_at)).one())
    assert first == again


async def test_a_charger_that_never_says_charging_keeps_its_session(house: House, later: PassTime) -> None:
    async with house.charger() as charger:
        await report(charger, "Available", timestamp="2026-10-05T17:00:00Z")
        await start(charger)
        later(10 * GRACE)
        assert await house.services.sessions.transactions.end_abandoned(GRACE) == 0


async def test_the_grace_goes_on_over_a_restart(settings: Settings, later: PassTime) -> None:
    async with open_house(settings) as house, house.charger() as charger:
        await start(charger)
        await report(charger, "Available")
    later(GRACE + timedelta(seconds=1))
    async with open_house(settings) as house:
        assert await house.services.sessions.transactions.end_abandoned(GRACE) == 1
        assert all(connector.session is None for connector in house.services.chargers.live.connectors())


async def test_the_house_ends_abandoned_sessions_by_itself(settings: Settings) -> None:
    async with open_house(settings.model_copy(update={"stop_grace_s": 0.2})) as house, house.charger() as charger:
        await start(charger)
        await report(charger, "Available")
        for _ in range(100):
            if (await transactions(house))[0].state is TransactionState.ENDED:
                break
            await asyncio.sleep(0.05)
        assert (await transactions(house))[0].stop_estimated


async def test_a_boot_without_a_stop_ends_the_session(house: House, later: PassTime) -> None:
    async with house.charger() as charger:
        transaction_id = await start(charger)
        await measure(charger, transaction_id, 18_000, "2026-10-05T18:30:00Z")
        await charger.call("BootNotification", {"chargePointVendor": "Keba", "chargePointModel": "P30"})
        await report(charger, "Preparing")
        later(GRACE + timedelta(seconds=1))
        assert await house.services.sessions.transactions.end_abandoned(GRACE) == 1
        await charger.call("StopTransaction", stop(transaction_id, reason="PowerLoss"))
    [row] = await transactions(house)
    assert (row.meter_stop_wh, row.stop_estimated) == (22_345, False)


async def test_a_session_that_goes_on_after_a_boot_stays_open(house: House, later: PassTime) -> None:
    async with house.charger() as charger:
        await start(charger)
        await charger.call("BootNotification", {"chargePointVendor": "Keba", "chargePointModel": "P30"})
        await report(charger, "Charging")
        later(10 * GRACE)
        assert await house.services.sessions.transactions.end_abandoned(GRACE) == 0


async def test_a_register_that_rises_after_a_boot_keeps_the_session_open(house: House, later: PassTime) -> None:
    async with house.charger() as charger:
        transaction_id = await start(charger)
        await charger.call("BootNotification", {"chargePointVendor": "Keba", "chargePointModel": "P30"})
        after = datetime.now(UTC) + timedelta(seconds=2)
        await measure(charger, transaction_id, 15_900, after.isoformat())
        later(10 * GRACE)
        assert await house.services.sessions.transactions.end_abandoned(GRACE) == 0


async def test_the_estimate_passes_over_a_reading_no_connector_could_deliver(house: House, later: PassTime) -> None:
    async with house.charger() as charger:
        transaction_id = await start(charger)
        await measure(charger, transaction_id, 18_000, "2026-10-05T18:30:00Z")
        await measure(charger, transaction_id, 18_400, "2026-10-05T18:35:00Z")
        await measure(charger, transaction_id, 9_000_000, "2026-10-05T18:36:00Z")
        await report(charger, "Available")
        later(GRACE + timedelta(seconds=1))
        await house.services.sessions.transactions.end_abandoned(GRACE)
    [row] = await transactions(house)
    assert row.meter_stop_wh == 18_400
    assert {item.reason for item in await reviews(house)} == {"implausible_reading", "stop_never_came"}


async def test_an_older_start_that_comes_late_does_not_end_the_running_session(house: House, later: PassTime) -> None:
    async with house.charger() as charger:
        running = await start(charger)
        late = await start(charger, timestamp="2026-10-05T06:00:00Z", meterStart=14_000)
        [connector] = house.services.chargers.live.connectors()
        assert connector.session is not None
        assert connector.session.transaction_id == running
        later(GRACE + timedelta(seconds=1))
        assert await house.services.sessions.transactions.end_abandoned(GRACE) == 1
    rows = {row.id: row for row in await transactions(house)}
    assert rows[running].state is TransactionState.OPEN
    assert (rows[late].state, rows[late].meter_stop_wh) == (TransactionState.ENDED, 14_000)


async def test_a_resent_stop_without_an_id_does_not_end_another_session(house: House) -> None:
    async with house.charger() as charger:
        first = await start(charger)
        await charger.call("StopTransaction", stop(-1))
        other = await start(charger, connectorId=2, meterStart=0)
        await charger.call("StopTransaction", stop(-1))
    rows = {row.id: row for row in await transactions(house)}
    assert rows[first].meter_stop_wh == 22_345
    assert rows[other].state is TransactionState.OPEN
    assert await reviews(house) == []


async def test_a_quarantined_stop_is_listed_once_however_often_it_comes(house: House) -> None:
    async with house.charger() as charger:
        for _ in range(3):
            await charger.call("StopTransaction", stop(77))
    assert [item.reason for item in await reviews(house)] == ["stop_without_start"]


async def test_a_late_reading_without_an_id_joins_the_session_of_its_time(house: House) -> None:
    async with house.charger() as charger:
        first = await start(charger)
        await charger.call("StopTransaction", stop(first))
        await start(charger, timestamp="2026-10-06T07:00:00Z", meterStart=22_345)
        await measure(charger, None, 18_000, "2026-10-05T18:30:00Z")
        await measure(charger, None, 22_345, "2026-10-05T23:00:00Z")
    assert [reading.transaction_id for reading in await readings(house)] == [first, OUTSIDE_SESSIONS]


async def test_the_sum_of_all_connectors_joins_no_session(house: House) -> None:
    """M2: connector 0 is the sum of the others."""
    async with house.charger() as charger:
        transaction_id = await start(charger)
        await report(charger, "Available", connector=2)
        values = {"connectorId": 0, "transactionId": transaction_id}
        await charger.call("MeterValues", {**values, "meterValue": [sample(99_000, "2026-10-05T18:10:00Z")]})
    assert [reading.transaction_id for reading in await readings(house)] == [OUTSIDE_SESSIONS]


async def test_a_session_whose_readings_go_on_is_not_over(house: House, later: PassTime) -> None:
    async with house.charger() as charger:
        transaction_id = await start(charger)
        await report(charger, "Available")
        await asyncio.sleep(2)
        await measure(charger, transaction_id, 18_000, "2026-10-05T18:30:00Z")
        later(GRACE - timedelta(seconds=1))  # the status is older than the grace now, the reading is not
        assert await house.services.sessions.transactions.end_abandoned(GRACE) == 0


async def test_c10_a_charger_that_is_slow_to_come_back_keeps_its_session(house: House, later: PassTime) -> None:
    """C10: FoxESS needs up to 19 minutes to call again after the house was restarted; its session goes on."""
    async with house.charger() as charger:
        started = await start(charger)
    later(timedelta(minutes=19))
    assert await house.services.sessions.transactions.end_abandoned(GRACE) == 0
    async with house.charger(booted=False) as charger:
        await charger.call("Heartbeat", {})
        await charger.call("StopTransaction", stop(started))
    [session] = await transactions(house)
    assert (session.state, session.stop_estimated) == (TransactionState.ENDED, False)
