"""Chargers whose clock is wrong, and a house whose own clock is: sessions keep their length, nobody is misled."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select, update

from onetime.gateway.frames import answering
from onetime.models import Charger, ReviewState, TransactionState
from onetime.services.chargers import clocks
from onetime.services.chargers.measurements import Measurement
from onetime.services.sessions import metering
from onetime.services.sessions import starts as transaction_store
from onetime.services.sessions import transactions as transaction_service
from onetime.services.site import entry
from tests.integration.conftest import House
from tests.integration.driving.sessions import readings, reviews, sample, start, stop, transactions

WRONG_SYSTEM_TIME = datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
NEAR = timedelta(seconds=20)


async def test_a_session_of_1970_happened_when_it_arrived(house: House) -> None:
    async with house.charger() as charger:
        begun = datetime.now(UTC)
        transaction_id = await start(charger, timestamp="1970-01-01T00:05:00Z")
        assert await start(charger, timestamp="1970-01-01T00:05:00Z") == transaction_id
    [row] = await transactions(house)
    assert abs(row.started_at - begun) < NEAR
    assert row.charger_started_at == datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
    assert row.time_corrected


async def test_an_offline_session_of_1970_keeps_its_length(house: House) -> None:
    async with house.charger() as charger:
        transaction_id = await start(charger, timestamp="1970-01-01T00:05:00Z")
        values = {"connectorId": 1, "transactionId": transaction_id}
        await charger.call("MeterValues", {**values, "meterValue": [sample(18_000, "1970-01-01T00:35:00Z")]})
        ended = datetime.now(UTC)
        await charger.call("StopTransaction", stop(transaction_id, timestamp="1970-01-01T01:05:00Z"))
    [row] = await transactions(house)
    assert row.stopped_at is not None
    assert abs(row.stopped_at - ended) < NEAR
    assert row.stopped_at - row.started_at == timedelta(hours=1)
    [reading] = await readings(house)
    assert row.stopped_at - reading.taken_at == timedelta(minutes=30)
    assert reading.charger_taken_at == datetime(1970, 1, 1, 0, 35, tzinfo=UTC)
    assert row.review_state is ReviewState.CLEAR


async def test_a_clock_on_local_time_is_shown_and_corrected(house: House) -> None:
    """M11: a clock that nobody synchronised."""
    async with house.charger() as charger:
        local = (datetime.now(UTC) + timedelta(hours=2)).replace(tzinfo=None)
        await charger.call(
            "StatusNotification",
            {"connectorId": 1, "status": "Preparing", "errorCode": "NoError", "timestamp": local.isoformat()},
        )
        offline = local - timedelta(hours=1)
        await start(charger, timestamp=offline.isoformat())
    offset_s = await house.services.database.read(lambda s: s.exec(select(Charger.clock_offset_s)).one())
    assert offset_s is not None
    assert abs(offset_s - 7_200) < NEAR.total_seconds()
    assert house.services.chargers.live.chargers()[0].clock_offset_s == offset_s
    [row] = await transactions(house)
    assert abs(row.started_at - (datetime.now(UTC) - timedelta(hours=1))) < NEAR


async def test_honest_old_sessions_are_left_as_they_are(house: House) -> None:
    async with house.charger() as charger:
        transaction_id = await start(charger)
        await charger.call("StopTransaction", stop(transaction_id))
    [row] = await transactions(house)
    assert (row.time_corrected, row.charger_started_at, row.charger_stopped_at) == (False, None, None)


async def test_a_start_without_a_time_is_repeated_only_while_it_runs(house: House) -> None:
    async with house.charger() as charger:
        first = await start(charger, timestamp=None)
        assert await start(charger, timestamp=None) == first
        await charger.call("StopTransaction", stop(first, meter_stop=15_001, timestamp=None))
        assert await start(charger, timestamp=None) != first
    assert all(row.time_corrected for row in await transactions(house))


async def test_a_clock_that_stands_still_does_not_swallow_the_next_session(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = {"timestamp": "1970-01-01T00:00:00Z", "meterStart": 0}
    async with house.charger() as charger:
        first = await start(charger, **stuck)
        await charger.call("StopTransaction", stop(first, meter_stop=1, timestamp=stuck["timestamp"]))
        assert await start(charger, **stuck) == first, "minutes later it is still a repeat"
        monkeypatch.setattr(transaction_store, "REPEATED_WITHIN", timedelta(0))
        second = await start(charger, **stuck)
        assert second != first
        assert await start(charger, **stuck) == second
    assert [row.state for row in await transactions(house)] == [TransactionState.ENDED, TransactionState.OPEN]


async def test_a_whole_session_replayed_long_after_is_not_doubled(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction_store, "REPEATED_WITHIN", timedelta(0))
    monkeypatch.setattr(transaction_store, "LONG_AGO", timedelta(0))
    async with house.charger() as charger:
        for _ in range(3):
            transaction_id = await start(charger)
            await charger.call("StopTransaction", stop(transaction_id))
    assert len(await transactions(house)) == 1


async def test_clock_aligned_readings_that_carry_the_intervals_start_are_moved_to_its_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.charger() as charger:
        await start(charger, timestamp="2026-11-20T11:00:00Z")
        noon = datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)
        charger_id = house.services.chargers.live.chargers()[0].id
        for quarter in range(4):
            now = noon + quarter * timedelta(minutes=15)
            monkeypatch.setattr(metering, "utc_now", lambda now=now: now)
            stamped = now - timedelta(minutes=15, seconds=1)
            measurement = Measurement(stamped, clocks.CLOCK_ALIGNED, register_wh=16_000 + quarter)
            await house.services.sessions.metering.measured(charger_id, 1, None, [measurement])
    found = await readings(house)
    assert [reading.taken_at - noon.replace(second=0) for reading in found] == [
        timedelta(minutes=15 * quarter) for quarter in range(4)
    ]
    assert all(reading.charger_taken_at is not None for reading in found)


async def test_while_the_systems_time_is_wrong_no_charger_is_told_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.charger() as charger:
        monkeypatch.setattr(answering, "utc_now", lambda: WRONG_SYSTEM_TIME)
        boot = {"chargePointVendor": "Keba", "chargePointModel": "P30"}
        assert (await charger.exchange("Heartbeat", {}))[0] == 4
        assert (await charger.exchange("BootNotification", boot))[0] == 4
        transaction_id = await start(charger)
        await charger.call("StopTransaction", stop(transaction_id))
        monkeypatch.undo()
        assert (await charger.call("BootNotification", boot))["status"] == "Accepted"
    [row] = await transactions(house)
    assert (row.meter_stop_wh, row.time_corrected) == (22_345, False)


async def test_while_the_systems_time_is_wrong_the_page_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert house.services.site.trouble() is None
    monkeypatch.setattr(entry, "utc_now", lambda: WRONG_SYSTEM_TIME)
    assert "time" in (house.services.site.trouble() or "")


async def test_a_session_nobody_knows_the_time_of_is_not_billed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction_service, "utc_now", lambda: WRONG_SYSTEM_TIME)
    async with house.charger() as charger:
        transaction_id = await start(charger, timestamp="1970-01-01T00:05:00Z")
        await charger.call("StopTransaction", stop(transaction_id, timestamp="1970-01-01T01:05:00Z"))
    [row] = await transactions(house)
    assert row.review_state is ReviewState.HELD
    assert [item.reason for item in await reviews(house)] == ["time_unknown"]


async def hand_in_a_session_of_1970(house: House, silent_since: datetime) -> None:
    async with house.charger() as charger:
        silent = update(Charger).values(silent_since=silent_since)
        await house.services.database.write(lambda s: s.exec(silent))
        transaction_id = await start(charger, timestamp="1970-01-01T00:05:00Z")
        await charger.call("StopTransaction", stop(transaction_id, timestamp="1970-01-01T01:05:00Z"))


async def test_a_session_that_may_be_of_either_month_is_held(house: House) -> None:
    """The charger was away over the end of a month and has no clock: nobody knows which one it charged in."""
    await hand_in_a_session_of_1970(house, datetime.now(UTC) - timedelta(days=32))
    [row] = await transactions(house)
    assert row.review_state is ReviewState.HELD
    assert [item.reason for item in await reviews(house)] == ["time_unknown"]


async def test_a_session_of_1970_after_a_short_outage_is_billed_and_marked(house: House) -> None:
    await hand_in_a_session_of_1970(house, datetime.now(UTC) - timedelta(seconds=10))
    [row] = await transactions(house)
    assert (row.review_state, row.time_corrected) == (ReviewState.CLEAR, True)
    assert await reviews(house) == []


async def test_since_when_a_charger_was_away_is_kept_when_it_comes_back(house: House) -> None:
    async with house.charger():
        pass
    known = house.services.chargers.live.chargers()[0]
    while known.online:  # noqa: ASYNC110 - nothing tells a test of it
        await asyncio.sleep(0.01)
    away = known.offline_since
    async with house.charger():
        kept = await house.services.database.read(lambda s: s.exec(select(Charger.silent_since)).one())
    assert kept == away
