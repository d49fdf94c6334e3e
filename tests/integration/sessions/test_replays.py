"""What a charger without a clock hands in after an outage: each session has its length, and none lies over another."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from onetime.models import Transaction
from tests.integration.conftest import House
from tests.integration.driving.metered import inbox, metered_charger, value
from tests.integration.driving.raw_charger import RawCharger
from tests.integration.sessions.test_sessions import readings, transactions

HOUR = timedelta(hours=1)
NEW_YEAR = datetime(1970, 1, 1, tzinfo=UTC)
NEARLY = timedelta(seconds=5)


async def hand_in(charger: RawCharger, begin: float, end: float, register: int, connector: int = 1) -> None:
    """Tell a session of 4 kWh by hours since the clock began."""
    stamps = [(NEW_YEAR + hours * HOUR).isoformat() for hours in (begin, (begin + end) / 2, end)]
    start = {"connectorId": connector, "idTag": "ANNA", "meterStart": register, "timestamp": stamps[0]}
    number = (await charger.call("StartTransaction", start))["transactionId"]
    reading = [{"timestamp": stamps[1], "sampledValue": [value(register + 1_000)]}]
    stop = {"transactionId": number, "meterStop": register + 4_000, "timestamp": stamps[2], "transactionData": reading}
    await charger.call("StopTransaction", stop)


def lengths(rows: list[Transaction]) -> list[timedelta]:
    return [(row.stopped_at or row.started_at) - row.started_at for row in rows]


def are_apart(rows: list[Transaction]) -> bool:
    return all(one.stopped_at is not None and one.stopped_at <= other.started_at for one, other in pairwise(rows))


async def test_sessions_of_one_run_of_the_clock_keep_their_distance(house: House) -> None:
    async with metered_charger(house) as charger:
        for begin, end, register in ((1, 2, 1_000), (3, 5, 5_000), (8, 9, 9_000)):
            await hand_in(charger.raw, begin, end, register)
    rows = await transactions(house)
    assert lengths(rows) == [HOUR, 2 * HOUR, HOUR]
    assert all(row.time_corrected for row in rows)
    first, second, third = rows
    assert abs(second.started_at - first.started_at - 2 * HOUR) < NEARLY
    assert abs(third.started_at - second.started_at - 5 * HOUR) < NEARLY
    assert [each.taken_at for each in await readings(house)] == [
        row.started_at + length / 2 for row, length in zip(rows, lengths(rows), strict=True)
    ]
    assert await inbox(house) == []


async def test_sessions_after_each_boot_of_a_clock_that_begins_anew_lie_one_after_the_other(house: House) -> None:
    async with metered_charger(house) as charger:
        for register in (1_000, 5_000, 9_000):
            await hand_in(charger.raw, 0.25, 1.25, register)
    rows = await transactions(house)
    assert lengths(rows) == [HOUR] * 3
    assert are_apart(rows)


async def test_sessions_of_two_connectors_may_be_at_once(house: House) -> None:
    async with metered_charger(house) as charger:
        await hand_in(charger.raw, 1, 2, 1_000, connector=1)
        await hand_in(charger.raw, 1, 2, 700_000, connector=2)
    rows = await transactions(house)
    assert abs(rows[0].started_at - rows[1].started_at) < NEARLY
