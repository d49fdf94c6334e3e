"""A stop ends its own session and nobody else's."""

import pytest

from onetime.models import ReviewState, TransactionState
from onetime.services.reviews.undo import ReviewError
from tests.integration.conftest import House
from tests.integration.driving.metered import inbox, metered_charger, quarters
from tests.integration.sessions.test_sessions import transactions


async def ends(house: House) -> list[int | None]:
    return [row.meter_stop_wh for row in await transactions(house)]


async def test_a_stop_of_an_earlier_id_ends_the_session_that_runs(house: House) -> None:
    """lbbrhzn/ocpp #1000, evcc #14673."""
    async with metered_charger(house) as charger:
        first = await charger.start(0, 1_000)
        await charger.stop(first, 30, 3_000, card="ANNA")
        second = await charger.start(60, 3_000)
        await charger.read(70, 4_000, second)
        await charger.stop(first, 120, 9_000, card="ANNA")
        await charger.stop(first, 120, 9_000, card="ANNA")
    assert await ends(house) == [3_000, 9_000]
    assert await inbox(house) == []


async def test_another_content_of_a_known_id_is_kept_as_evidence(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 1_000)
        await charger.stop(number, 30, 3_000)
        await charger.stop(number, 120, 9_000)
    assert await ends(house) == [3_000]
    assert await inbox(house) == ["stop_without_start"]


async def test_a_stop_sent_again_with_another_time_is_the_same(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 1_000)
        await charger.stop(number, 30, 3_000)
        await charger.stop(number, 90, 3_000)
    assert await ends(house) == [3_000]
    assert await inbox(house) == []


async def test_the_stop_of_a_lost_start_ends_no_neighbour(house: House) -> None:
    """MicroOcpp #454."""
    async with metered_charger(house) as charger:
        number = await charger.start(0, 5_000)
        for step in range(1, 4):
            await charger.read(10 * step, 5_000 + 1_000 * step, number)
        await charger.stop(-1, 45, 90_000, card="BEAT", reason="PowerLoss")
        assert [row.state for row in await transactions(house)] == [TransactionState.OPEN]
        await charger.stop(number, 110, 21_000, card="ANNA")
    assert await ends(house) == [21_000]
    assert await inbox(house) == ["stop_without_start"]


async def test_a_register_the_connector_cannot_have_reached_ends_no_session(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 5_000)
        await charger.read(30, 8_000, number)
        await charger.stop(-1, 31, 90_000)
        await charger.stop(0, 31, 7_000)
    assert await ends(house) == [None]
    assert await inbox(house) == ["stop_without_start"] * 2


async def test_the_card_of_a_stop_tells_its_session(house: House) -> None:
    """SteVe #292: KEBA stops everything with -1, and appends the plug's serial number to the card."""
    async with metered_charger(house) as charger:
        await charger.start(0, 5_000, card="04AAAA1111AAAA_21000002", connector=1)
        await charger.start(0, 700_000, card="04BBBB2222BBBB_21000003", connector=2)
        await charger.stop(-1, 30, 704_000, card="04BBBB2222BBBB")
    assert await ends(house) == [None, 704_000]


async def test_the_register_tells_one_of_two_sessions_of_a_card(house: House) -> None:
    async with metered_charger(house) as charger:
        await charger.start(0, 5_000, connector=1)
        await charger.start(0, 700_000, connector=2)
        await charger.stop(-1, 30, 704_000, card="ANNA")
        await charger.stop(2**40, 40, 9_000, card="ANNA")
    assert await ends(house) == [9_000, 704_000]
    assert await inbox(house) == []


async def test_a_tie_is_for_a_person(house: House) -> None:
    async with metered_charger(house) as charger:
        await charger.start(0, 5_000, connector=1)
        await charger.start(0, 5_200, connector=2)
        await charger.stop(-1, 30, 9_000, card="ANNA")
    assert await ends(house) == [None, None]
    assert await inbox(house) == ["stop_without_start"]


async def test_a_stop_a_minute_into_a_session_is_not_that_of_the_one_before(house: House) -> None:
    """Neither took any energy, so that only the time tells them apart; before that minute it is a tie."""
    async with metered_charger(house) as charger:
        await charger.start(0, 5_000)
        await charger.start(2, 5_000)
        await charger.stop(-1, 2, 5_000)
        assert await ends(house) == [5_000, None]
        await charger.stop(-1, 3, 5_000)
    assert await ends(house) == [5_000, 5_000]
    assert [row.stop_estimated for row in await transactions(house)] == [True, False]


async def test_a_connector_in_the_stop_settles_a_tie(house: House) -> None:
    async with metered_charger(house) as charger:
        await charger.start(0, 5_000, connector=1)
        await charger.start(0, 5_200, connector=2)
        await charger.stop(-1, 30, 9_000, card="ANNA", connectorId=2)
    assert await ends(house) == [None, 9_000]


async def test_a_session_ended_by_guess_takes_its_own_stop_without_an_id(house: House) -> None:
    async with metered_charger(house) as charger:
        lost = await charger.start(0, 5_000)
        await charger.read(10, 7_000, lost)
        await charger.start(60, 9_000)
        assert await inbox(house) == ["stop_never_came"]
        await charger.stop(-1, 40, 9_000, card="ANNA")
    assert await ends(house) == [9_000, None]
    assert await inbox(house) == []


async def test_an_estimate_that_somebody_accepted_is_not_overwritten(house: House) -> None:
    async with metered_charger(house) as charger:
        lost = await charger.start(0, 5_000)
        await charger.read(10, 7_000, lost)
        await charger.start(60, 9_000)
        [item] = await house.services.reviews.open_items()
        await house.services.reviews.accept(item.id, "maria")
        await charger.stop(lost, 40, 9_000)
    assert await ends(house) == [7_000, None]
    assert await inbox(house) == ["charged_without_session", "stop_after_decision"]  # what the estimate left


async def test_a_stop_whose_id_and_card_name_two_sessions_is_for_a_person(house: House) -> None:
    async with metered_charger(house) as charger:
        first = await charger.start(0, 5_000, connector=1)
        second = await charger.start(0, 6_000, card="BEAT", connector=2)
        await charger.stop(first, 30, 7_500, card="BEAT")
        await charger.stop(second, 40, 9_000, card="ANNA")
    assert await ends(house) == [None, None]
    assert await inbox(house) == ["stop_without_start"] * 2


async def test_a_stop_by_a_card_that_charges_elsewhere_ends_the_session_it_names(house: House) -> None:
    """The other session cannot have ended so: its register is far away."""
    async with metered_charger(house) as charger:
        first = await charger.start(0, 5_000, connector=1)
        await charger.start(0, 700_000, card="BEAT", connector=2)
        await charger.stop(first, 30, 7_500, card="BEAT")
    assert await ends(house) == [7_500, None]
    assert await inbox(house) == []


async def test_a_stop_of_no_id_that_tells_nothing_new_is_nobodys_business(house: House) -> None:
    """Told again with another time, or after a boot although nothing has run since."""
    async with metered_charger(house) as charger:
        number = await charger.start(0, 1_000)
        await charger.stop(-1, 30, 3_000, card="ANNA")
        await charger.stop(-1, 33, 3_000, card="ANNA")
        await charger.stop(0, 300, 3_000, card="BEAT", reason="PowerLoss")
        assert await inbox(house) == []
        await charger.stop(-1, 400, 3_600, card="BEAT")
    assert [row.id for row in await transactions(house)] == [number]
    assert await inbox(house) == ["stop_without_start"]


async def test_an_equal_stop_of_a_register_that_begins_anew_is_another_session(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 0)
        await charger.stop(number, 30, 3_000, card="ANNA")
        await charger.stop(-1, 33, 3_000, card="ANNA")
        assert await inbox(house) == []
        await charger.stop(-1, 34, 3_000, card="BEAT")
        await charger.stop(-1, 300, 3_000, card="ANNA")
    assert await inbox(house) == ["stop_without_start"] * 2


async def test_one_id_for_every_message_makes_two_sessions_of_two_connectors(house: House) -> None:
    async with metered_charger(house) as charger:
        begin = {"idTag": "ANNA", "meterStart": 0, "timestamp": "2026-10-05T06:00:00Z"}
        first = await charger.raw.call("StartTransaction", {**begin, "connectorId": 1}, "1")
        second = await charger.raw.call("StartTransaction", {**begin, "connectorId": 2}, "1")
        again = await charger.raw.call("StartTransaction", {**begin, "connectorId": 2}, "1")
    assert first["transactionId"] != second["transactionId"] == again["transactionId"]
    assert len(await transactions(house)) == 2


async def test_two_starts_for_one_car_are_billed_once(house: House) -> None:
    """lbbrhzn/ocpp #1749."""
    async with metered_charger(house) as charger:
        first = await charger.start(0, 1_000)
        await charger.start(2, 1_000)
        for step in range(1, 5):
            await charger.read(15 * step - 1, 900 + 1_500 * step, first)
            await charger.read(15 * step, 1_000 + 1_500 * step, context="Sample.Clock")
        await charger.stop(first, 70, 8_000, card="ANNA")
        await charger.start(120, 8_000)
    assert sum(await quarters(house)) == 7_000
    assert await inbox(house) == []


async def test_a_session_inside_another_is_held_and_the_sum_is_what_the_meter_moved(house: House) -> None:
    async with metered_charger(house) as charger:
        outer = await charger.start(0, 0)
        inner = await charger.start(30, 3_000, card="BEAT")
        await charger.stop(inner, 60, 6_000)
        await charger.stop(outer, 120, 12_000)
    assert sum(await quarters(house)) == 12_000
    assert [row.review_state for row in await transactions(house)] == [ReviewState.CLEAR, ReviewState.HELD]
    [item] = await house.services.reviews.open_items()
    assert item.reason == "overlapping"


async def test_what_is_billed_already_cannot_be_accepted_again(house: House) -> None:
    async with metered_charger(house) as charger:
        outer = await charger.start(0, 1_000)
        inner = await charger.start(30, 3_000, card="BEAT")
        await charger.stop(inner, 60, 6_000)
        await charger.stop(outer, 120, 12_000)
    [item] = await house.services.reviews.open_items()
    with pytest.raises(ReviewError, match="same energy"):
        await house.services.reviews.accept(item.id, "maria")
    assert sum(await quarters(house)) == 11_000
    await house.services.reviews.discard(item.id, "maria")
    assert await inbox(house) == []


async def test_sessions_one_after_the_other_share_no_register(house: House) -> None:
    async with metered_charger(house) as charger:
        first = await charger.start(0, 1_000)
        await charger.stop(first, 60, 12_000)
        second = await charger.start(90, 9_000)
        await charger.stop(second, 120, 15_000)
    assert sum(await quarters(house)) == 11_000
    assert len(await inbox(house)) == 1


async def test_a_meter_that_begins_anew_each_day_is_no_overlap(house: House) -> None:
    """The readings of both days show it; the ends alone would not."""
    async with metered_charger(house) as charger:
        for day in range(3):
            morning = day * 1_440
            number = await charger.start(morning, 20 + day)
            await charger.read(morning + 10, 1_000, number)
            await charger.read(morning + 20, 2_000, number)
            await charger.stop(number, morning + 60, 6_000)
    assert await inbox(house) == []
    assert sum(await quarters(house)) == 3 * 6_000 - 20 - 21 - 22


@pytest.mark.parametrize("order", [(1, 0), (0, 1)])
async def test_a_stop_handed_in_before_its_start_ends_it(house: House, order: tuple[int, int]) -> None:
    """After an outage a queue may come in any order: first all stops, with -1 for the ids nobody has told yet."""
    async with metered_charger(house) as charger:
        for place in order:
            await charger.stop(-1, 60 + 100 * place, 107_000 + 5_000 * place, card=("ANNA", "BEAT")[place])
        assert await inbox(house) == ["stop_without_start"] * 2
        for place in order:
            await charger.start(100 * place, 100_000 + 7_000 * place, card=("ANNA", "BEAT")[place])
    assert await inbox(house) == []
    assert [row.state for row in await transactions(house)] == [TransactionState.ENDED] * 2
    assert sum(await quarters(house)) == 12_000


async def test_a_stop_that_waits_ends_no_session_that_began_after_it_or_is_of_another_card(house: House) -> None:
    async with metered_charger(house) as charger:
        await charger.stop(-1, 60, 107_000, card="ANNA")
        await charger.start(70, 107_000, card="ANNA")
        await charger.start(0, 100_000, card="BEAT")
    assert "stop_without_start" in await inbox(house)
    assert sum(await quarters(house)) == 0
