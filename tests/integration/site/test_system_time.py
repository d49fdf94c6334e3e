"""A system that starts without knowing the time: what it received meanwhile is put right when it does."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from onetime.gateway.frames import answering
from onetime.models import Charger, ReviewState, TransactionState
from onetime.services.sessions import metering
from onetime.services.sessions import transactions as transaction_service
from onetime.services.site import system_time
from tests.integration.conftest import House
from tests.integration.driving.raw_charger import RawCharger
from tests.integration.driving.sessions import readings, reviews, sample, start, stop, transactions

WRONG = datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
RIGHT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NEAR = timedelta(seconds=20)
SetClock = Callable[[datetime], None]
BOOT = {"chargePointVendor": "Keba", "chargePointModel": "P30"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Set the system's clock, for everything that asks it for a time of receipt."""

    def set_clock(now: datetime) -> None:
        for module in (answering, metering, transaction_service, system_time):
            monkeypatch.setattr(module, "utc_now", lambda: now)

    return set_clock


async def told(charger: RawCharger) -> list[str]:
    """Answer what the central system asks for until it has asked for the time, and return what it triggered."""
    asked: list[str] = []
    while "Heartbeat" not in asked and "BootNotification" not in asked:
        command = await charger.command()
        if command[2] == "TriggerMessage":
            asked.append(command[3]["requestedMessage"])
        await charger.answer(command, {"status": "Accepted"})
    return asked


async def test_a_session_without_any_time_gets_its_times_when_the_system_knows_its_own(
    house: House, clock: SetClock
) -> None:
    async with house.charger() as charger:
        clock(WRONG)
        await house.services.site.system_time.look()
        transaction_id = await start(charger, timestamp="1970-01-01T00:05:00Z")
        clock(WRONG + timedelta(minutes=30))
        values = [sample(18_000, "1970-01-01T00:35:00Z")]
        await charger.call("MeterValues", {"connectorId": 1, "transactionId": transaction_id, "meterValue": values})
        clock(WRONG + timedelta(hours=1))
        await charger.call("StopTransaction", stop(transaction_id, timestamp="1970-01-01T01:05:00Z"))
        assert [item.reason for item in await reviews(house)] == ["time_unknown"]
        await house.services.site.system_time.look()
        clock(RIGHT)
        await house.services.site.system_time.look()
    [row] = await transactions(house)
    assert row.stopped_at is not None
    assert abs(row.stopped_at - RIGHT) < NEAR
    assert row.stopped_at - row.started_at == timedelta(hours=1)
    assert (row.time_corrected, row.review_state) == (True, ReviewState.CLEAR)
    assert row.charger_started_at == datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
    [reading] = await readings(house)
    assert row.stopped_at - reading.taken_at == timedelta(minutes=30)
    assert await house.services.reviews.count_open() == 0


async def test_a_session_that_runs_when_the_time_comes_goes_on_with_the_right_start(
    house: House, clock: SetClock
) -> None:
    async with house.charger() as charger:
        clock(WRONG)
        transaction_id = await start(charger, timestamp="1970-01-01T00:05:00Z")
        await house.services.site.system_time.look()
        clock(RIGHT)
        await house.services.site.system_time.look()
        [connector] = [each for each in house.services.chargers.live.connectors() if each.session]
        assert connector.session is not None
        assert abs(connector.session.started_at - RIGHT) < NEAR
        assert await start(charger, timestamp="1970-01-01T00:05:00Z") == transaction_id, "its start sent again is known"
        clock(RIGHT + timedelta(hours=1))
        await charger.call("StopTransaction", stop(transaction_id, timestamp="1970-01-01T01:05:00Z"))
    [row] = await transactions(house)
    assert row.stopped_at is not None
    assert abs(row.stopped_at - row.started_at - timedelta(hours=1)) < NEAR
    assert row.review_state is ReviewState.CLEAR


async def test_a_charger_that_knew_the_time_is_believed(house: House, clock: SetClock) -> None:
    async with house.charger() as charger:
        clock(WRONG)
        await house.services.site.system_time.look()
        transaction_id = await start(charger)
        await charger.call("StopTransaction", stop(transaction_id))
        clock(RIGHT)
        await house.services.site.system_time.look()
    [row] = await transactions(house)
    assert (row.started_at, row.stopped_at) == (
        datetime(2026, 10, 5, 18, tzinfo=UTC),
        datetime(2026, 10, 5, 19, tzinfo=UTC),
    )
    assert not row.time_corrected
    assert abs(row.start_received_at - RIGHT) < NEAR


async def test_sessions_from_before_this_run_are_left_alone(house: House, clock: SetClock) -> None:
    async with house.charger() as charger:
        clock(WRONG)
        transaction_id = await start(charger, timestamp="1970-01-01T00:05:00Z")
        await charger.call("StopTransaction", stop(transaction_id, timestamp="1970-01-01T01:05:00Z"))
        before = (await transactions(house))[0].model_dump()
        await house.services.database.read(house.services.site.system_time.restore)
        await house.services.site.system_time.look()
        clock(RIGHT)
        await house.services.site.system_time.look()
    assert (await transactions(house))[0].model_dump() == before
    assert [item.reason for item in await reviews(house) if item.resolved_at is None] == ["time_unknown"]


async def test_a_charger_whose_boot_was_refused_is_asked_to_boot_again(house: House, clock: SetClock) -> None:
    async with house.charger() as charger:
        clock(WRONG)
        assert (await charger.exchange("BootNotification", BOOT))[0] == 4
        await house.services.site.system_time.look()
        clock(RIGHT)
        await house.services.site.system_time.look()
        assert (await told(charger))[-1] == "BootNotification"
        answer = await charger.call("BootNotification", BOOT)
    assert (answer["status"], answer["currentTime"]) == ("Accepted", "2026-11-20T12:00:00.000Z")


async def test_a_charger_that_had_booted_is_told_the_time_by_a_heartbeat(house: House, clock: SetClock) -> None:
    async with house.charger() as charger:
        clock(WRONG)
        assert (await charger.exchange("Heartbeat", {}))[0] == 4
        await house.services.site.system_time.look()
        clock(RIGHT)
        await house.services.site.system_time.look()
        assert (await told(charger))[-1] == "Heartbeat"
        assert (await charger.call("Heartbeat", {}))["currentTime"] == "2026-11-20T12:00:00.000Z"


async def test_a_right_clock_changes_nothing(house: House) -> None:
    async with house.charger() as charger:
        await start(charger)
        await house.services.site.system_time.look()
        await house.services.site.system_time.look()
    [row] = await transactions(house)
    assert (row.state, row.time_corrected) == (TransactionState.OPEN, False)


async def test_since_when_a_chargers_clock_is_off_is_kept(house: House) -> None:
    """M11: a clock that was never set is shown, and since when."""
    async with house.charger() as charger:
        ahead = {"connectorId": 1, "status": "Preparing", "errorCode": "NoError"}
        for offset in (timedelta(hours=2), timedelta(hours=2, minutes=1)):
            stamp = (datetime.now(UTC) + offset).isoformat()
            await charger.call("StatusNotification", {**ahead, "timestamp": stamp})
        shown = house.services.chargers.live.chargers()[0]
        first = shown.clock_off_since
        assert first is not None
        assert abs(first - datetime.now(UTC)) < NEAR
        await charger.call("StatusNotification", {**ahead, "timestamp": datetime.now(UTC).isoformat()})
        assert shown.clock_off_since is None
    row = await house.services.database.read(lambda s: s.get_one(Charger, shown.id))
    assert (row.clock_off_since, abs(row.clock_offset_s or 0) < 20) == (None, True)
