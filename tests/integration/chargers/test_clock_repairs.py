"""A clock that is found to be off: what it had stamped before is put right too, quarter-hours and all."""

from datetime import UTC, datetime, timedelta

import pytest

from onetime.gateway.frames import answering
from onetime.models import ReviewState
from onetime.services.billing.intervals import list_intervals
from onetime.services.chargers import clocks
from onetime.services.sessions import metering
from onetime.services.sessions import transactions as transaction_service
from tests.integration.conftest import House
from tests.integration.driving.raw_charger import RawCharger
from tests.integration.driving.sessions import readings, reviews, sample, start, stop, transactions

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


class Clock:
    """The time of day for everything that asks."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = NOON
        for module in (answering, clocks, metering, transaction_service):
            patch.setattr(module, "utc_now", lambda: self.now)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def z(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


async def measure(charger: RawCharger, register: int, stamp: datetime, **more: object) -> None:
    values = {"connectorId": 1, **more, "meterValue": [sample(register, z(stamp))]}
    await charger.call("MeterValues", values)


async def status(charger: RawCharger, stamp: datetime) -> None:
    said = {"connectorId": 1, "status": "Charging", "errorCode": "NoError", "timestamp": z(stamp)}
    await charger.call("StatusNotification", said)


async def quarters(house: House) -> dict[str, int]:
    found = await house.services.database.read(
        lambda s: list_intervals(s, NOON - 24 * HOUR, NOON + 24 * HOUR, 1_000, None)
    )
    return {each.interval.start.strftime("%H:%M"): each.interval.energy_wh for each in found}


async def test_a_clock_behind_is_told_by_the_two_ends_of_its_first_session(house: House, time: Clock) -> None:
    behind = -3 * HOUR
    async with house.charger() as charger:
        transaction_id = await start(charger, timestamp=z(NOON + behind))
        for quarter in (1, 2, 3):
            time.now = NOON + quarter * 15 * MINUTE
            await measure(charger, 15_000 + 1_000 * quarter, time.now + behind, transactionId=transaction_id)
        time.now = NOON + HOUR
        end = stop(transaction_id, meter_stop=20_000, timestamp=z(time.now + behind))
        await charger.call("StopTransaction", end)
    [row] = await transactions(house)
    assert (row.started_at, row.stopped_at, row.time_corrected) == (NOON, NOON + HOUR, True)
    assert row.charger_started_at == NOON + behind
    assert await quarters(house) == {"12:00": 1_000, "12:15": 1_000, "12:30": 1_000, "12:45": 2_000}
    assert house.services.chargers.live.chargers()[0].clock_offset_s == -3 * 3_600
    assert await reviews(house) == []


async def test_what_had_waited_for_a_connection_goes_with_a_clock_that_is_confirmed(house: House, time: Clock) -> None:
    """Two hours ahead: the session of before the connection is found by what follows it."""
    ahead = 2 * HOUR
    async with house.charger() as charger:
        transaction_id = await start(charger, timestamp=z(NOON - 5 * HOUR + ahead))
        await measure(charger, 16_000, NOON - 4.5 * HOUR + ahead, transactionId=transaction_id)
        await charger.call("StopTransaction", stop(transaction_id, timestamp=z(NOON - 4 * HOUR + ahead)))
        await status(charger, time.now + ahead)
        time.now = NOON + 6 * MINUTE
        await status(charger, time.now + ahead)
    [row] = await transactions(house)
    assert (row.started_at, row.stopped_at) == (NOON - 5 * HOUR, NOON - 4 * HOUR)
    assert row.time_corrected
    [reading] = await readings(house)
    assert reading.taken_at == NOON - 4.5 * HOUR


async def test_a_clock_that_jumps_back_while_a_car_charges_is_relearnt(house: House, time: Clock) -> None:
    """f26: local time with a Z, and summer time ends; only clock-aligned readings and the stop follow."""
    async with house.charger() as charger:
        await status(charger, NOON + 2 * HOUR)
        transaction_id = await start(charger, timestamp=z(NOON + 2 * HOUR), meterStart=1_000)
        aligned = {"context": "Sample.Clock"}
        values = {"connectorId": 1, "transactionId": transaction_id}
        stamps = [(0, 2), (1, 1), (66, 1), (131, 1)]
        for number, (seconds, hours) in enumerate(stamps):
            time.now = NOON + seconds * SECOND
            taken = sample(1_010 + 100 * number, z(time.now + hours * HOUR), **aligned)
            await charger.call("MeterValues", {**values, "meterValue": [taken]})
        end = stop(transaction_id, meter_stop=1_400, timestamp=z(time.now + HOUR))
        await charger.call("StopTransaction", end)
    [row] = await transactions(house)
    assert (row.started_at, row.stopped_at) == (NOON, time.now)
    assert [each.taken_at for each in await readings(house)] == [NOON + seconds * SECOND for seconds, _hours in stamps]
    assert sum((await quarters(house)).values()) == 400


async def test_a_reading_put_right_finds_its_session(house: House, time: Clock) -> None:
    behind = -2 * HOUR
    async with house.charger() as charger:
        transaction_id = await start(charger, timestamp=z(NOON), meterStart=1_000)
        for minute in (1, 2, 4):
            time.now = NOON + minute * MINUTE
            await measure(charger, 1_000 + 100 * minute, time.now + behind)
    found = await readings(house)
    assert [each.taken_at for each in found] == [NOON + minute * MINUTE for minute in (1, 2, 4)]
    assert {each.transaction_id for each in found} == {transaction_id}


async def test_an_honest_queue_stays_where_it_was_taken(house: House, time: Clock) -> None:
    async with house.charger() as charger:
        await status(charger, time.now)
        for day in range(5, 0, -1):
            begun = NOON - day * 24 * HOUR
            first = 10_000 * (10 - day)
            transaction_id = await start(charger, timestamp=z(begun), meterStart=first)
            for quarter in range(1, 4):
                await measure(
                    charger, first + 500 * quarter, begun + 15 * quarter * MINUTE, transactionId=transaction_id
                )
            end = stop(transaction_id, meter_stop=first + 2_000, timestamp=z(begun + HOUR))
            await charger.call("StopTransaction", end)
            time.now += MINUTE
    for row in await transactions(house):
        assert not row.time_corrected
        assert row.review_state is ReviewState.CLEAR
    assert all(each.charger_taken_at is None for each in await readings(house))


@pytest.mark.parametrize("stamp", ["2026-11-19T24:00:00Z", "2026-11-19T23:59:60Z"])
async def test_a_time_no_clock_shows_is_read_and_said(house: House, time: Clock, stamp: str) -> None:
    time.now = NOON
    async with house.charger() as charger:
        first = await start(charger, timestamp=stamp)
        assert await start(charger, timestamp=stamp) == first
        await charger.call("StopTransaction", stop(first, timestamp="2026-11-20T01:00:00Z"))
    [row] = await transactions(house)
    assert (row.started_at, row.time_corrected) == (datetime(2026, 11, 20, tzinfo=UTC), True)


async def test_an_end_at_twenty_four_hours_is_read_and_said(house: House, time: Clock) -> None:
    time.now = NOON
    async with house.charger() as charger:
        transaction_id = await start(charger, timestamp="2026-11-19T22:00:00Z")
        await charger.call("StopTransaction", stop(transaction_id, timestamp="2026-11-19T24:00:00Z"))
    [row] = await transactions(house)
    assert (row.stopped_at, row.time_corrected) == (datetime(2026, 11, 20, tzinfo=UTC), True)
