"""Starts and stops that leave something out are answered, stored and listed: registers, connectors, cards."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from onetime.clock import utc_now
from onetime.models import ReviewItem, ReviewState, TransactionState
from onetime.services.billing.intervals import list_intervals
from onetime.services.reviews.ends import CorrectedEnds
from onetime.services.reviews.listing import Evidence
from onetime.services.reviews.making import NewSession, Proposal
from tests.integration.conftest import House
from tests.integration.driving.metered import MORNING, inbox, metered_charger, quarters, shown_wh
from tests.integration.sessions.test_sessions import readings, transactions

GRACE = timedelta(minutes=2)


async def proposed(house: House, item_id: int) -> tuple[Evidence, Proposal]:
    """Return what is known of an entry of the inbox, and the session that can be made of it."""
    evidence = await house.services.reviews.evidence(item_id)
    assert evidence is not None
    assert evidence.proposal is not None
    return evidence, evidence.proposal


async def test_a_start_without_a_register_is_a_session_for_review(house: House) -> None:
    """apostoldevel/ocpp-cs #6."""
    async with metered_charger(house) as charger:
        number = await charger.start(0, None)
        assert number > 0
        assert await charger.start(0, None) == number
        await charger.read(10, 500, number)
        await charger.stop(number, 30, 2_000)
    [row] = await transactions(house)
    assert (row.state, row.review_state) == (TransactionState.ENDED, ReviewState.HELD)
    assert await inbox(house) == ["register_missing"]
    assert await quarters(house) == []


async def test_a_stop_without_a_register_ends_at_what_it_brought_along(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, 40_000)
        await charger.stop(number, 30, None, data=[(15, 42_000, "Sample.Periodic"), (30, 44_000, "Transaction.End")])
        await charger.stop(number, 30, None)
    [row] = await transactions(house)
    assert (row.meter_stop_wh, row.stop_estimated, row.review_state) == (44_000, False, ReviewState.HELD)
    assert await inbox(house) == ["register_missing"]


async def test_a_start_on_connector_0_is_that_of_the_only_plug(house: House) -> None:
    async with metered_charger(house) as charger:
        await charger.status("Available", 0)
        await charger.status("Preparing", 1)
        number = await charger.start(0, 1_000, connector=0)
        await charger.stop(number, 30, 3_000)
    assert sum(await quarters(house)) == 2_000
    assert await inbox(house) == []


async def test_a_start_on_connector_0_is_that_of_the_only_plug_with_a_car(house: House) -> None:
    async with metered_charger(house) as charger:
        await charger.status("Available", 1)
        await charger.status("Preparing", 2)
        number = await charger.start(0, 1_000, connector=0)
        assert await charger.start(0, 1_000, connector=0) == number
    [connector] = [each for each in house.services.chargers.live.connectors() if each.session]
    assert connector.number == 2


async def test_a_start_on_connector_0_of_several_plugs_is_listed_and_given_a_plug_by_hand(house: House) -> None:
    async with metered_charger(house) as charger:
        await charger.status("Charging", 1)
        await charger.status("Charging", 2)
        number = await charger.start(0, 1_000, connector=0)
        await charger.stop(number, 30, 3_000)
    [item] = await house.services.reviews.open_items()
    assert (item.reason, item.transaction_id) == ("connector_unknown", number)
    _evidence, proposal = await proposed(house, item.id)
    place = proposal.places[1][0]
    wanted = NewSession(place, "ANNA", proposal.suggestion.ends)
    made = await house.services.reviews.make(item.id, wanted, "Anna parks there.", "maria")
    assert sum(await quarters(house)) == 2_000
    rows = {row.id: row for row in await transactions(house)}
    assert (rows[made].connector_id, rows[number].review_state) == (place, ReviewState.DISCARDED)
    await house.services.reviews.undo(item.id, "maria")
    assert await quarters(house) == []
    assert await inbox(house) == ["connector_unknown"]


async def test_clock_aligned_readings_of_connector_0_are_those_of_the_only_plug(house: House) -> None:
    """lbbrhzn/ocpp #1742."""
    async with metered_charger(house) as charger:
        await charger.status("Available", 0)
        await charger.status("Charging", 1)
        number = await charger.start(3, 160_000)
        for step, register in enumerate((160_500, 163_000, 163_100, 164_560), 1):
            await charger.read(15 * step, register, connector=0, context="Sample.Clock")
        assert shown_wh(house) == [4_560]
        await charger.stop(number, 70, 165_500)
    assert await quarters(house) == [500, 2_500, 100, 1_460, 940]


async def test_a_main_meter_is_not_taken_for_the_plug(house: House) -> None:
    async with metered_charger(house) as charger:
        await charger.status("Charging", 1)
        number = await charger.start(0, 1_000)
        await charger.read(15, 2_000, number)
        await charger.read(15, 900_000, connector=0, context="Sample.Clock")
        await charger.read(29, 901_000, connector=0, context="Sample.Clock")
        await charger.stop(number, 30, 3_000)
    assert await quarters(house) == [1_000, 1_000]
    assert await inbox(house) == []


async def test_a_reason_in_the_place_of_a_card_names_none(house: House) -> None:
    """MicroOcpp #202; ocpp-go #277: free charging has an empty card."""
    async with metered_charger(house) as charger:
        number = await charger.start(0, 0, card="")
        assert number > 0
        await charger.stop(number, 5, 10, card="HardReset", reason="HardReset")
    assert await house.services.cards.holders.cards() == []


async def test_a_session_is_made_of_a_stop_whose_start_was_lost(house: House) -> None:
    async with metered_charger(house) as charger:
        first = await charger.start(0, 1_000)
        await charger.stop(first, 60, 5_000)
        await charger.read(100, 7_000)
        await charger.stop(-1, 130, 9_000, card="BEAT", data=[(115, 8_000, "Sample.Periodic")])
    [item] = await house.services.reviews.open_items()
    _evidence, proposal = await proposed(house, item.id)
    assert (proposal.id_tag, proposal.suggestion.ends.meter_start_wh) == ("BEAT", 8_000)
    begin = MORNING + timedelta(minutes=90)
    ends = CorrectedEnds(begin, 5_000, MORNING + timedelta(minutes=130), 9_000)
    wanted = NewSession(proposal.connector_id, "BEAT", ends)
    number = await house.services.reviews.make(item.id, wanted, "Beat says so.", "maria")
    assert sum(await quarters(house)) == 8_000
    assert {each.transaction_id for each in await readings(house)} == {number}
    await house.services.reviews.undo(item.id, "maria")
    assert sum(await quarters(house)) == 4_000
    assert [each.transaction_id for each in await readings(house)] == [0]
    assert await inbox(house) == ["stop_without_start"]


async def test_energy_between_two_sessions_is_listed_and_the_houses_until_somebody_says_whose(house: House) -> None:
    async with metered_charger(house) as charger:
        first = await charger.start(0, 1_000)
        await charger.stop(first, 60, 5_000)
        await charger.start(300, 12_000)
    [item] = await house.services.reviews.open_items()
    assert item.reason == "charged_without_session"
    _evidence, proposal = await proposed(house, item.id)
    ends = proposal.suggestion.ends
    assert (ends.meter_start_wh, ends.meter_stop_wh) == (5_000, 12_000)


async def test_each_gap_of_a_connector_is_listed_although_an_earlier_one_waits(house: House) -> None:
    async with metered_charger(house) as charger:
        for step in range(3):
            number = await charger.start(step * 600, 1_000 + step * 9_000)
            await charger.stop(number, step * 600 + 60, 5_000 + step * 9_000)
        await charger.stop(-1, 1_500, 27_000, card="BEAT")
        await charger.start(1_800, 27_000)
    assert await inbox(house) == ["charged_without_session"] * 2 + ["stop_without_start"]


async def test_a_gap_beside_a_doubtful_session_is_listed_once_that_is_decided(house: House) -> None:
    async with metered_charger(house) as charger:
        first = await charger.start(0, 1_000)
        await charger.stop(first, 60, 5_000)
        doubtful = await charger.start(300, 0)
        await charger.stop(doubtful, 330, 14_000)
        number = await charger.start(600, 14_000)
        await charger.stop(number, 630, 15_000)
    [item] = await house.services.reviews.open_items()
    ends = CorrectedEnds(MORNING + timedelta(minutes=300), 12_000, MORNING + timedelta(minutes=330), 14_000)
    await house.services.reviews.correct(item.id, ends, "Read off the meter.", "maria")
    [lost] = await house.services.reviews.open_items()
    assert lost.reason == "charged_without_session"
    _evidence, proposal = await proposed(house, lost.id)
    ends = proposal.suggestion.ends
    assert (ends.meter_start_wh, ends.meter_stop_wh) == (5_000, 12_000)


async def test_a_connector_that_charges_without_a_start_is_listed_until_its_start_comes(house: House) -> None:
    async with metered_charger(house) as charger:
        await charger.status("Charging")
        transactions_of = house.services.sessions.transactions
        await transactions_of.end_abandoned(GRACE)
        assert await inbox(house) == []
        await transactions_of.end_abandoned(-GRACE)
        await transactions_of.end_abandoned(-GRACE)
        assert await inbox(house) == ["charged_without_session"]
        await charger.start(0, 1_000)
        assert await inbox(house) == []


@pytest.mark.parametrize("evidence", ["{", "[]", "{}", '{"since": "x", "until": null}'])
async def test_a_start_is_stored_although_an_entry_beside_it_cannot_be_read(house: House, evidence: str) -> None:
    async with metered_charger(house) as charger:
        for step in range(2):
            number = await charger.start(step * 600, 1_000 + step * 9_000)
            await charger.stop(number, step * 600 + 60, 5_000 + step * 9_000)
        await house.services.database.write(lambda s: damage(s, evidence))
        assert await charger.start(1_800, 20_000) > number
    assert await inbox(house) == ["charged_without_session"] * 2


def damage(session: Session, evidence: str) -> None:
    [item] = session.exec(select(ReviewItem)).all()
    item.evidence = evidence
    session.add(item)


async def test_open_sessions_that_are_held_are_not_billed(house: House) -> None:
    async with metered_charger(house) as charger:
        number = await charger.start(0, None)
        await charger.read(10, 500, number)
    now = utc_now()
    found = await house.services.database.read(lambda s: list_intervals(s, MORNING, now, 100, None))
    assert found == []


async def test_a_lost_start_is_proposed_from_the_readings_the_stop_brought_along(house: House) -> None:
    async with metered_charger(house) as charger:
        first = await charger.start(0, 1_000)
        await charger.stop(first, 10, 2_000)
        data = [(70, 4_310, "Transaction.Begin"), (100, 14_310, "Sample.Periodic"), (130, 24_310, "Transaction.End")]
        await charger.stop(-1, 130, 24_310, card="BEAT", data=data)
    [item] = await house.services.reviews.open_items()
    evidence, proposal = await proposed(house, item.id)
    ends = proposal.suggestion.ends
    assert (ends.meter_start_wh, ends.meter_stop_wh) == (4_310, 24_310)
    assert (ends.started_at, ends.stopped_at) == (MORNING + timedelta(minutes=70), MORNING + timedelta(minutes=130))
    assert [each.register_wh for each in evidence.readings] == [4_310, 14_310, 24_310]
    assert {name for _id, name in proposal.places} == {"KEBA-07 · 1"}
