"""What cannot be right is held back, listed with its evidence, and billed only as a person decides."""

import pytest
from sqlmodel import select

from onetime.billing.intervals import Quality
from onetime.models import ReviewState, Tenant, TransactionCorrection
from onetime.services.cards.holders import CardFacts
from onetime.services.reviews.ends import CorrectedEnds
from onetime.services.reviews.undo import ReviewError
from onetime.services.sessions.doubts.reasons import Doubt
from onetime.services.sessions.doubts.words import DOUBT_TEXTS
from onetime.services.sessions.history import SessionFilter, list_sessions, total_sessions
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.reviews import BEGIN, END, LIFETIME, audit, billed, implausible_session
from tests.integration.driving.sessions import reviews, sample, start, stop, transactions


async def test_more_than_the_connector_can_deliver_is_held_and_not_billed(house: House) -> None:
    item = await implausible_session(house)
    assert (item.reason, item.review_state) == ("faster_than_connector", ReviewState.HELD)
    assert await billed(house) == {}


async def test_the_evidence_is_the_readings_and_the_raw_message(house: House) -> None:
    item = await implausible_session(house)
    evidence = await house.services.reviews.evidence(item.id)
    assert evidence is not None
    assert str(LIFETIME) in evidence.message
    assert [reading.register_wh for reading in evidence.readings] == [18_000]


async def test_what_is_accepted_is_billed_as_measured(house: House) -> None:
    item = await implausible_session(house)
    await house.services.reviews.accept(item.id, "maria", "A fast charger, true.")
    assert sum((await billed(house)).values()) == LIFETIME - 15_000
    assert await house.services.reviews.count_open() == 0
    assert await audit(house) == ["review.accepted"]


async def test_a_session_that_goes_backwards_cannot_be_accepted(house: House) -> None:
    item = await implausible_session(house, meter_stop=3)
    assert item.reason == "register_went_back"
    with pytest.raises(ReviewError, match="contradict"):
        await house.services.reviews.accept(item.id, "maria")
    assert await billed(house) == {}


async def test_a_correction_is_billed_as_corrected_and_keeps_the_measured_values(house: House) -> None:
    item = await implausible_session(house)
    ends = CorrectedEnds(BEGIN, 15_000, END, 21_000)
    await house.services.reviews.correct(item.id, ends, "Meter photo of 5 October.", "maria")
    assert await billed(house) == {Quality.CORRECTED: 6_000}
    [kept] = await house.services.database.read(lambda s: list(s.exec(select(TransactionCorrection))))
    assert (kept.meter_start_wh, kept.meter_stop_wh, kept.note) == (15_000, LIFETIME, "Meter photo of 5 October.")
    assert await audit(house) == ["review.corrected"]


@pytest.mark.parametrize(
    ("ends", "note", "reason"),
    [
        (CorrectedEnds(BEGIN, 15_000, END, 14_999), "note", "below"),
        (CorrectedEnds(END, 15_000, BEGIN, 15_001), "note", "before it starts"),
        (CorrectedEnds(BEGIN, 15_000, END, 15_001), " ", "note"),
    ],
)
async def test_a_correction_that_makes_no_sense_is_refused_in_words(
    house: House, ends: CorrectedEnds, note: str, reason: str
) -> None:
    item = await implausible_session(house)
    with pytest.raises(ReviewError, match=reason):
        await house.services.reviews.correct(item.id, ends, note, "maria")
    assert (await transactions(house))[0].review_state is ReviewState.HELD


async def test_what_is_discarded_is_never_billed(house: House) -> None:
    item = await implausible_session(house)
    await house.services.reviews.discard(item.id, "maria", "Test run of the electrician.")
    assert await billed(house) == {}
    assert (await transactions(house))[0].review_state is ReviewState.DISCARDED
    with pytest.raises(ReviewError, match="already"):
        await house.services.reviews.accept(item.id, "maria")


async def test_a_late_stop_does_not_undo_a_correction(house: House) -> None:
    async with house.charger() as charger:
        lost = await start(charger)
        await start(charger, timestamp="2026-10-06T07:00:00Z", meterStart=21_300)
        [item] = await house.services.reviews.open_items()
        ends = CorrectedEnds(BEGIN, 15_000, END, 21_000)
        await house.services.reviews.correct(item.id, ends, "Read off the meter.", "maria")
        await charger.call("StopTransaction", stop(lost))
    assert (await transactions(house))[0].meter_stop_wh == 21_000
    assert [each.reason for each in await house.services.reviews.open_items()] == ["stop_after_decision"]


async def test_a_refused_card_that_drew_energy_is_assigned_to_a_tenant(settings: Settings) -> None:
    async with open_house(settings.model_copy(update={"accept_unknown_cards": False})) as house:
        async with house.charger() as charger:
            begin = {"connectorId": 1, "idTag": "STRANGER", "meterStart": 15_000, "timestamp": "2026-10-05T18:00:00Z"}
            answer = await charger.call("StartTransaction", begin)
            await charger.call("StopTransaction", stop(answer["transactionId"], reason="DeAuthorized"))
        await house.services.database.write(lambda s: s.add(Tenant(name="Anna Müller")))
        [item] = await house.services.reviews.open_items()
        assert item.reason == "refused_card"
        with pytest.raises(ReviewError, match="Nobody"):
            await house.services.reviews.assign(item.id, "Nobody", "maria")
        await house.services.reviews.assign(item.id, "Anna Müller", "maria")
        assert await house.services.reviews.count_open() == 0
        evidence = await house.services.reviews.evidence(item.id)
        assert evidence is not None
        assert evidence.item.tenant == "Anna Müller"


async def test_a_quarantined_stop_can_only_be_discarded(house: House) -> None:
    async with house.charger() as charger:
        await charger.call("StopTransaction", stop(77))
    [item] = await house.services.reviews.open_items()
    assert item.identity == "KEBA-07"
    with pytest.raises(ReviewError, match="no session"):
        await house.services.reviews.accept(item.id, "maria")
    await house.services.reviews.discard(item.id, "maria")
    assert all(each.resolution == "discarded" for each in await reviews(house))


async def test_a_jump_outside_any_session_is_listed_once_with_its_message_and_bills_nothing(house: House) -> None:
    async with house.charger() as charger:
        for register, minute in ((15_000, 0), (9_015_000, 1), (15_010, 2), (9_015_100, 3)):
            values = {"connectorId": 1, "meterValue": [sample(register, f"2026-10-05T18:{minute:02d}:00Z")]}
            await charger.call("MeterValues", values)
    [item] = await house.services.reviews.open_items()
    assert (item.reason, item.identity, item.connector_number) == ("register_jumped", "KEBA-07", 1)
    evidence = await house.services.reviews.evidence(item.id)
    assert evidence is not None
    assert "9015000" in evidence.message
    assert await billed(house) == {}


async def test_a_register_that_begins_at_zero_between_sessions_is_no_jump(house: House) -> None:
    async with house.charger() as charger:
        for register, minute in ((15_000, 0), (0, 1), (5, 2)):
            values = {"connectorId": 1, "meterValue": [sample(register, f"2026-10-05T18:{minute:02d}:00Z")]}
            await charger.call("MeterValues", values)
    assert await house.services.reviews.count_open() == 0


def test_every_reason_is_said_in_words() -> None:
    assert set(DOUBT_TEXTS) == set(Doubt)


async def test_a_session_is_listed_with_and_found_by_the_tenant_it_was_assigned_to(house: House) -> None:
    item = await implausible_session(house)
    await house.services.cards.holders.save(CardFacts("04A1B2C3", tenant="Beat Keller"), "maria")
    await house.services.database.write(lambda s: s.add(Tenant(name="Anna Müller")))
    numbers = {name: number for number, name in await house.services.cards.holders.numbered_tenants()}

    async def found(wanted: SessionFilter) -> list[str | None]:
        return [row.tenant for row in await house.services.database.read(lambda s: list_sessions(s, wanted, 10))]

    assert await found(SessionFilter(tenant_id=numbers["Beat Keller"])) == ["Beat Keller"]
    await house.services.reviews.assign(item.id, "Anna Müller", "maria")
    assert await found(SessionFilter()) == ["Anna Müller"]
    anna = SessionFilter(tenant_id=numbers["Anna Müller"])
    assert await found(anna) == ["Anna Müller"]
    assert (await house.services.database.read(lambda s: total_sessions(s, anna))).count == 1
    assert await found(SessionFilter(tenant_id=numbers["Beat Keller"])) == []
    assert await found(SessionFilter(search="Anna")) == ["Anna Müller"]
    assert await found(SessionFilter(is_unassigned=True)) == []
