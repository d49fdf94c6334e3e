"""Readings that count from another zero than their session's ends are shown, billed and cut by their own shape."""

from onetime.services.sessions.history import SessionFilter, list_sessions
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.metered import inbox, metered_charger, quarters, shown_wh, value
from tests.integration.sessions.test_sessions import transactions

SHAPE = [5_000, 9_000, 9_500, 9_700, 9_800, 9_900, 9_950, 10_000]


async def listed_wh(house: House) -> list[int | None]:
    found = await house.services.database.read(lambda s: list_sessions(s, SessionFilter(), 10))
    return [each.energy_wh for each in found]


async def test_readings_of_the_session_alone_under_a_lifetime(house: House) -> None:
    """lbbrhzn/ocpp #2093: Grizzl-E."""
    async with metered_charger(house) as charger:
        number = await charger.start(0, 4_076_400)
        for step, register in enumerate(SHAPE, 1):
            await charger.read(15 * step, register, number)
            assert shown_wh(house) == [register]
        assert await listed_wh(house) == [10_000]
        await charger.stop(number, 130, 4_086_500)
    assert await quarters(house) == [5_000, 4_000, 500, 200, 100, 100, 50, 50, 100]
    assert await inbox(house) == []


async def test_they_are_shown_after_a_restart_too(settings: Settings) -> None:
    async with open_house(settings) as house, metered_charger(house) as charger:
        number = await charger.start(0, 4_076_400)
        for step, register in enumerate(SHAPE[:4], 1):
            await charger.read(15 * step, register, number)
    async with open_house(settings) as house:
        assert shown_wh(house) == [9_700]
        async with metered_charger(house) as charger:
            await charger.read(75, 9_800, number)
        assert shown_wh(house) == [9_800]


async def test_what_they_counted_is_kept_when_the_stop_never_comes(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 4_076_400)
        for step, register in enumerate(SHAPE, 1):
            await charger.read(15 * step, register, number)
        await charger.start(150, 4_086_420)
    [lost, _running] = await transactions(house)
    assert (lost.meter_stop_wh, lost.stop_estimated) == (4_086_400, True)
    assert (await quarters(house))[:8] == [5_000, 4_000, 500, 200, 100, 100, 50, 50]


async def test_readings_of_a_lifetime_under_ends_of_the_session(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 0)
        for step in range(1, 5):
            await charger.read(15 * step, 1_234_567 + 1_500 * step, number)
        assert shown_wh(house) == [4_500]  # of the time before the first reading nobody knows yet
        await charger.stop(number, 75, 7_500)
    assert await quarters(house) == [1_500] * 5
    assert await inbox(house) == []


async def test_they_end_with_what_they_counted_when_the_stop_never_comes(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 0)
        for step in range(1, 5):
            await charger.read(15 * step, 1_234_567 + 1_500 * step, number)
        await charger.start(120, 0)
    assert (await transactions(house))[0].meter_stop_wh == 4_500


async def test_a_register_without_an_id_does_not_replace_that_of_the_session(house: House) -> None:
    """lbbrhzn/ocpp PR #919: ABB sends two registers."""
    async with metered_charger(house) as charger:
        for morning in (0, 600):
            number = await charger.start(morning, 0)
            for step in range(1, 5):
                await charger.read(morning + 15 * step - 0.3, 1_500 * step, number)
                life = 1_234_567 + 10 * morning + 1_500 * step
                await charger.read(morning + 15 * step, life, context="Sample.Clock")
                assert shown_wh(house) == [1_500 * step]
            assert (await listed_wh(house))[0] == 6_000
            await charger.stop(number, morning + 65, 6_400)
            await charger.read(morning + 300, 1_234_567 + 10 * morning + 6_400, context="Sample.Clock")
    assert sum(await quarters(house)) == 2 * 6_400
    assert await inbox(house) == []


async def test_the_register_at_the_start_is_not_the_one_of_now(house: House) -> None:
    """lbbrhzn/ocpp #1838, #1709: Growatt sends both, in any order."""
    async with metered_charger(house) as charger:
        number = await charger.start(0, 157_440)
        for step in range(1, 9):
            values = [value(157_440, "Transaction.Begin"), value(157_440 + 900 * step)]
            await charger.read(7.5 * step, values if step % 2 else values[::-1], number)
            assert shown_wh(house) == [900 * step]
        await charger.read(61, 157_440, number, context="Transaction.Begin")
        assert shown_wh(house) == [7_200]
        assert await listed_wh(house) == [7_200]
        await charger.stop(number, 70, 157_440 + 7_500)
    assert await quarters(house) == [1_800, 1_800, 1_800, 1_800, 300]
    assert await inbox(house) == []


async def test_kwh_told_without_a_unit_are_read_as_such(house: House) -> None:
    """Without a unit it is Wh (section 7.43); a thousandth of both ends is no register of its own."""
    async with metered_charger(house) as charger:
        number = await charger.start(0, 100_000)
        for minute, kwh in ((10, "101.5"), (20, "103.1"), (30, "104.6"), (38, "105.8")):
            await charger.read(minute, [{"value": kwh}], number)
        await charger.stop(number, 40, 106_000)
    assert await quarters(house) == [2_500, 2_500, 1_000]
    assert await inbox(house) == []


async def test_a_register_of_the_session_that_stays_small_is_not_taken_for_kwh(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 100_000)
        for minute, register in ((10, 0), (20, 101), (30, 106)):
            await charger.read(minute, register, number)
        await charger.stop(number, 40, 106_000)
    assert await quarters(house) == [50, 56, 5_894]


async def test_readings_of_nought_all_the_time_belie_no_end(house: House) -> None:
    """A meter that does not answer: the ends say what was charged."""
    async with metered_charger(house) as charger:
        number = await charger.start(0, 1_000_000)
        for minute in (10, 20, 30):
            await charger.read(minute, 0, number)
        await charger.stop(number, 31, 1_006_000)
    assert sum(await quarters(house)) == 6_000
    assert await inbox(house) == []
