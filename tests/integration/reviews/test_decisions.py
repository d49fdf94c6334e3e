"""Lost ends are matched by hand, corrections are suggested from readings, and every decision can be taken back."""

from datetime import timedelta

import pytest

from onetime.billing.intervals import Quality
from onetime.models import Tenant
from onetime.services.reviews.ends import CorrectedEnds
from onetime.services.reviews.service import ReviewRow
from onetime.services.reviews.suggestions import Suggestion
from onetime.services.reviews.undo import ReviewError
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.reviews import BEGIN, END, LIFETIME, audit, billed, implausible_session
from tests.integration.driving.sessions import readings, sample, start, stop, transactions


async def quarantined(house: House) -> tuple[int, int, ReviewRow]:
    """Two sessions that run, and a stop of one of them that names none."""
    async with house.charger() as charger:
        first = await start(charger)
        second = await start(charger, connectorId=2, idTag="BEAT", meterStart=20_000)
        data = [sample(18_000, "2026-10-05T18:30:00Z")]
        await charger.call("StopTransaction", stop(-1, transactionData=data))
    [item] = await house.services.reviews.open_items()
    return first, second, item


async def test_a_quarantined_stop_is_matched_to_its_session_by_hand(house: House) -> None:
    first, second, item = await quarantined(house)
    evidence = await house.services.reviews.evidence(item.id)
    assert evidence is not None
    assert evidence.stop is not None
    assert evidence.stop.meter_stop_wh == 22_345
    assert {each.transaction_id for each in evidence.candidates} == {first, second}
    await house.services.reviews.match(item.id, first, "maria", "Anna charged that evening.")
    row = (await transactions(house))[0]
    assert (row.id, row.meter_stop_wh, row.stopped_at, row.stop_estimated) == (first, 22_345, END, False)
    assert sum((await billed(house)).values()) == 22_345 - 15_000
    assert await audit(house) == ["review.matched"]
    assert [c.session.transaction_id for c in house.services.chargers.live.connectors() if c.session] == [second]


async def test_a_match_is_taken_back_with_all_it_brought(house: House) -> None:
    first, _second, item = await quarantined(house)
    before = (await transactions(house))[0]
    await house.services.reviews.match(item.id, first, "maria")
    assert len(await readings(house)) == 1
    await house.services.reviews.undo(item.id, "maria")
    after = (await transactions(house))[0]
    assert (after.state, after.meter_stop_wh, after.stopped_at) == (before.state, None, None)
    assert await readings(house) == []
    [waiting] = await house.services.reviews.open_items()
    assert (waiting.id, waiting.transaction_id) == (item.id, None)
    assert {c.session.transaction_id for c in house.services.chargers.live.connectors() if c.session} == {
        first,
        _second,
    }


async def test_a_session_with_an_end_of_its_own_takes_no_other_stop(house: House) -> None:
    first, _second, item = await quarantined(house)
    async with house.charger() as charger:
        await charger.call("StopTransaction", stop(first, meter_stop=15_500, timestamp="2026-10-05T18:20:00Z"))
    with pytest.raises(ReviewError, match="own end"):
        await house.services.reviews.match(item.id, first, "maria")


async def test_a_stop_of_another_charger_matches_no_session(house: House) -> None:
    _first, _second, item = await quarantined(house)
    async with house.charger("OTHER") as charger:
        other = await start(charger, connectorId=1)
    with pytest.raises(ReviewError, match="no such session of this charger"):
        await house.services.reviews.match(item.id, other, "maria")


@pytest.mark.parametrize("decision", ["accept", "correct", "discard"])
async def test_every_decision_can_be_taken_back(house: House, decision: str) -> None:
    item = await implausible_session(house)
    before = (await transactions(house))[0]
    service = house.services.reviews
    if decision == "correct":
        await service.correct(item.id, CorrectedEnds(BEGIN, 15_000, END, 21_000), "Meter photo.", "maria")
    else:
        await getattr(service, decision)(item.id, "maria", "A note.")
    [decided] = await service.decided()
    assert (decided.id, decided.resolved_by, decided.can_be_undone) == (item.id, "maria", True)
    await service.undo(item.id, "maria")
    after = (await transactions(house))[0]
    assert after.model_dump() == before.model_dump()
    assert await billed(house) == {}
    assert [each.id for each in await service.open_items()] == [item.id]
    assert (await audit(house))[-1] == "review.undone"
    with pytest.raises(ReviewError, match="no decision"):
        await service.undo(item.id, "maria")


async def test_a_decision_is_not_taken_back_over_a_later_one(house: House) -> None:
    item = await implausible_session(house)
    service = house.services.reviews
    await service.correct(item.id, CorrectedEnds(BEGIN, 15_000, END, 21_000), "First.", "maria")
    await service.ask_about(item.transaction_id or 0, "maria")
    [again] = await service.open_items()
    await service.correct(again.id, CorrectedEnds(BEGIN, 15_000, END, 20_000), "Second.", "maria")
    with pytest.raises(ReviewError, match="changed since"):
        await service.undo(item.id, "maria")
    await service.undo(again.id, "maria")
    assert await billed(house) == {Quality.CORRECTED: 6_000}


async def test_an_assignment_is_taken_back(settings: Settings) -> None:
    async with open_house(settings.model_copy(update={"accept_unknown_cards": False})) as house:
        async with house.charger() as charger:
            begin = {"connectorId": 1, "idTag": "STRANGER", "meterStart": 15_000, "timestamp": "2026-10-05T18:00:00Z"}
            answer = await charger.call("StartTransaction", begin)
            await charger.call("StopTransaction", stop(answer["transactionId"], reason="DeAuthorized"))
        await house.services.database.write(lambda s: s.add(Tenant(name="Anna Müller")))
        [item] = await house.services.reviews.open_items()
        await house.services.reviews.assign(item.id, "Anna Müller", "maria")
        await house.services.reviews.undo(item.id, "maria")
        [waiting] = await house.services.reviews.open_items()
    assert (waiting.id, waiting.tenant) == (item.id, None)


async def test_any_session_can_be_looked_into(house: House) -> None:
    async with house.charger() as charger:
        number = await start(charger)
        await charger.call("StopTransaction", stop(number))
    item_id = await house.services.reviews.ask_about(number, "maria")
    assert await house.services.reviews.ask_about(number, "maria") == item_id, "it waits once"
    [item] = await house.services.reviews.open_items()
    assert (item.id, item.reason, item.transaction_id) == (item_id, "asked_for", number)
    assert sum((await billed(house)).values()) == 22_345 - 15_000, "asking holds nothing"
    with pytest.raises(ReviewError, match="no such session"):
        await house.services.reviews.ask_about(999_999, "maria")


async def suggested(house: House, registers: list[int], meter_stop: int, **more: object) -> Suggestion:
    async with house.charger() as charger:
        transaction_id = await start(charger)
        for number, register in enumerate(registers, 1):
            values = [sample(register, f"2026-10-05T18:{number * 10:02d}:00Z")]
            await charger.call("MeterValues", {"connectorId": 1, "transactionId": transaction_id, "meterValue": values})
        await charger.call("StopTransaction", stop(transaction_id, meter_stop=meter_stop, **more))
    items = await house.services.reviews.open_items()
    evidence = await house.services.reviews.evidence(items[-1].id)
    assert evidence is not None
    assert evidence.suggestion is not None
    return evidence.suggestion


async def test_a_lifetime_register_is_suggested_to_be_the_last_reading_that_can_be_right(house: House) -> None:
    suggestion = await suggested(house, [16_000, 18_000, 19_500], LIFETIME)
    assert (suggestion.ends.meter_start_wh, suggestion.ends.meter_stop_wh) == (15_000, 19_500)
    assert "delivered" in suggestion.because


async def test_a_register_that_began_again_is_suggested_to_count_both_parts(house: House) -> None:
    """M3: per session or per boot, a register may begin again at zero."""
    suggestion = await suggested(house, [16_000, 17_000, 200, 900], 1_400)
    assert suggestion.ends.meter_stop_wh - suggestion.ends.meter_start_wh == 2_000 + 1_400
    assert "again at zero" in suggestion.because


async def test_a_start_above_all_readings_is_suggested_to_be_the_first_of_them(house: House) -> None:
    suggestion = await suggested(house, [9_100, 9_800, 10_500], 11_000)
    assert (suggestion.ends.meter_start_wh, suggestion.ends.meter_stop_wh) == (9_100, 11_000)


async def test_an_end_before_the_start_is_suggested_at_the_last_reading(house: House) -> None:
    suggestion = await suggested(house, [16_000, 18_000], 18_500, timestamp="2026-10-05T10:00:00Z")
    assert suggestion.ends.started_at == BEGIN
    assert suggestion.ends.stopped_at == BEGIN + timedelta(minutes=20)
    assert suggestion.ends.meter_stop_wh == 18_500
