"""Quirks of transactions and meters that real chargers have; each test names its row of the list of quirks."""

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select
from websockets.exceptions import ConnectionClosed

from onetime.models import OUTSIDE_SESSIONS, Card, CardStatus, Connector, MeterReading, TransactionState
from onetime.services.billing.intervals import list_intervals
from onetime.services.chargers.live_state import LiveState
from onetime.services.sessions.starts import StartRequest
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.raw_charger import RawCharger
from tests.integration.driving.sessions import START, readings, reviews, sample, start, stop, transactions

BEGIN = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)


async def billed_wh(house: House) -> int:
    found = await house.services.database.read(
        lambda s: list_intervals(s, BEGIN - timedelta(days=9), BEGIN + timedelta(days=9), 10_000, None)
    )
    return sum(each.interval.energy_wh for each in found)


async def test_a_start_sent_over_two_sockets_at_once_is_one_session(house: House) -> None:
    """T1: the same start over a new socket, with a new message id, while the old one is still half-open."""
    async with house.charger() as old, house.charger(booted=False) as new:
        with suppress(ConnectionClosed):
            await old.socket.send(json.dumps([2, "old", "StartTransaction", START]))
        first = await new.call("StartTransaction", START, "new")
        again = await new.call("StartTransaction", START, "later")
    assert first["transactionId"] == again["transactionId"]
    assert len(await transactions(house)) == 1


async def test_the_same_start_twice_at_the_same_instant_is_one_session(house: House) -> None:
    """T1: through the functions too, where nothing waits for anything."""
    charger = await house.services.chargers.life.contact("KEBA-07", subprotocol_missing=False)
    request = StartRequest(1, "04A1B2C3", BEGIN, 15_000)
    answers = await asyncio.gather(
        *(house.services.sessions.transactions.start(charger.id, request) for _ in range(20))
    )
    assert len({number for number, _authorization in answers}) == 1
    assert len(await transactions(house)) == 1


async def test_many_equal_starts_at_the_same_instant_are_one_session(house: House) -> None:
    """T1: the database decides, not the order in which messages happen to be handled."""
    async with house.charger() as charger:
        frames = [json.dumps([2, f"m{number}", "StartTransaction", START]) for number in range(20)]
        for frame in frames:
            await charger.socket.send(frame)
        answers = [await asyncio.wait_for(charger.answers.get(), 10) for _ in frames]
    assert len({answer[2]["transactionId"] for answer in answers if answer}) == 1
    assert len(await transactions(house)) == 1


async def test_a_message_sent_twice_before_its_answer_is_answered_twice_alike(house: House) -> None:
    """T1, T2: one connection, one id, no waiting in between."""
    async with house.charger() as charger:
        frame = json.dumps([2, "same", "StartTransaction", START])
        await charger.socket.send(frame)
        await charger.socket.send(frame)
        first, second = [await asyncio.wait_for(charger.answers.get(), 10) for _ in range(2)]
    assert first == second
    assert len(await transactions(house)) == 1


async def test_two_sockets_of_one_charger_stop_its_session_once(house: House) -> None:
    """T2: the stop is confirmed over the new socket after the old one died with it unconfirmed."""
    async with house.charger() as old:
        transaction_id = await start(old)
        await old.socket.send(json.dumps([2, "lost", "StopTransaction", stop(transaction_id)]))
        async with house.charger(booted=False) as new:
            assert await new.call("StopTransaction", stop(transaction_id), "again") == {}
    [row] = await transactions(house)
    assert (row.meter_stop_wh, row.stop_estimated, row.state) == (22_345, False, TransactionState.ENDED)
    assert await reviews(house) == []


async def test_available_before_the_stop_keeps_the_session_for_it(house: House) -> None:
    """T7: some chargers say Available first and stop the session afterwards."""
    async with house.charger() as charger:
        transaction_id = await start(charger)
        await charger.call("StatusNotification", {"connectorId": 1, "status": "Available", "errorCode": "NoError"})
        await charger.call("StopTransaction", stop(transaction_id))
    [row] = await transactions(house)
    assert (row.meter_stop_wh, row.stop_estimated) == (22_345, False)


async def test_an_offline_session_of_an_unknown_card_is_kept_and_its_card_asked_about(settings: Settings) -> None:
    """T8: the energy has flowed; the card waits for an owner and may not charge until then."""
    async with open_house(settings.model_copy(update={"accept_unknown_cards": False})) as house:
        async with house.charger() as charger:
            answer = await charger.call("StartTransaction", {**START, "idTag": "OFFLINE-CARD"})
            await charger.call("StopTransaction", stop(answer["transactionId"]))
        [row] = await transactions(house)
        assert (row.id_tag, row.meter_stop_wh) == ("OFFLINE-CARD", 22_345)
        [card] = await house.services.cards.holders.cards()
        assert (card.id_tag, card.status) == ("OFFLINE-CARD", CardStatus.UNKNOWN)
        assert [item.reason for item in await reviews(house)] == ["refused_card"]


async def test_a_refused_start_has_an_id_its_stop_is_found_by(settings: Settings) -> None:
    """T9: answered with 0, some chargers stop with -1 and the energy is nobody's (Hager)."""
    async with open_house(settings.model_copy(update={"accept_unknown_cards": False})) as house:
        async with house.charger() as charger:
            answer = await charger.call("StartTransaction", {**START, "idTag": "STRANGER"})
            assert answer["idTagInfo"]["status"] == "Invalid"
            assert answer["transactionId"] > 0
            await charger.call("StopTransaction", stop(answer["transactionId"], reason="DeAuthorized"))
        [row] = await transactions(house)
    assert (row.id, row.meter_stop_wh) == (answer["transactionId"], 22_345)


async def test_transaction_ids_are_small_and_never_used_twice_over_restarts(settings: Settings) -> None:
    """T10: they come from the database, and fit the 32 bits chargers have for them."""
    ids: list[int] = []
    for day in range(3):
        async with open_house(settings) as house, house.charger() as charger:
            for hour in range(2):
                begin = (BEGIN + timedelta(days=day, hours=hour)).isoformat()
                ids.append(await start(charger, timestamp=begin, meterStart=day * 10 + hour))
    assert len(set(ids)) == len(ids)
    assert all(0 < each < 2**31 for each in ids)


@pytest.mark.parametrize("reservation", [0, -1, 2**31, 2**63 - 1])
async def test_a_reservation_that_cannot_be_does_not_cost_the_session(house: House, reservation: int) -> None:
    """T6: what some chargers send for none."""
    async with house.charger() as charger:
        await start(charger, reservationId=reservation)
    assert [row.reservation_id for row in await transactions(house)] == [None]


async def test_a_card_that_expires_during_a_session_does_not_hinder_its_stop(house: House) -> None:
    """T11: the stop is accepted and stored, whatever is said about the card."""
    async with house.charger() as charger:
        transaction_id = await start(charger)

        def expire(session: Session) -> None:
            card = session.exec(select(Card)).one()
            card.expires_at = datetime(2026, 10, 5, 18, 30, tzinfo=UTC)
            session.add(card)

        await house.services.database.write(expire)
        answer = await charger.call("StopTransaction", stop(transaction_id, idTag="04A1B2C3"))
    assert answer["idTagInfo"]["status"] == "Expired"
    [row] = await transactions(house)
    assert (row.meter_stop_wh, row.state) == (22_345, TransactionState.ENDED)


async def test_a_session_that_never_ended_does_not_block_its_card(house: House) -> None:
    """T12: the stuck one is ended first; on another plug the card may charge at the same time."""
    async with house.charger() as charger:
        stuck = await start(charger)
        await start(charger, timestamp="2026-10-06T07:00:00Z", meterStart=15_000)
        await start(charger, connectorId=2, timestamp="2026-10-06T08:00:00Z")
    rows = await transactions(house)
    assert [row.authorization_status for row in rows] == ["Accepted"] * 3
    assert [row.id for row in rows if row.state is TransactionState.ENDED] == [stuck]


@pytest.mark.parametrize("shown", ["04a1b2c3", " 04A1B2C3 ", "04:A1:B2:C3", "04-A1-B2-C3"])
async def test_a_card_is_the_same_however_its_reader_writes_it(house: House, shown: str) -> None:
    """M1: upper or lower case, blanks and separators."""
    async with house.charger() as charger:
        first = await start(charger)
        assert await start(charger, idTag=shown) == first
    assert len(await house.services.cards.holders.cards()) == 1


async def test_the_sum_of_a_garage_is_not_added_to_its_plugs(house: House) -> None:
    """M2: one KEBA speaks for all; its connector 0 is their sum, and cards carry its serial number."""
    async with house.charger("KEBA-MASTER") as charger:
        boot = {"chargePointVendor": "Keba AG", "chargePointModel": "P30 x", "chargePointSerialNumber": "17619300"}
        await charger.call("BootNotification", boot)
        for connector in (1, 2):
            begin = {"connectorId": connector, "meterStart": 15_000, "idTag": "04A1B2C3_17619300"}
            answer = await charger.call("StartTransaction", {**START, **begin, "timestamp": BEGIN.isoformat()})
            total = [sample(30_000 + connector, "2026-10-05T18:30:00Z")]
            await charger.call("MeterValues", {"connectorId": 0, "meterValue": total})
            await charger.call("StopTransaction", stop(answer["transactionId"]))
    assert [row.id_tag for row in await transactions(house)] == ["04A1B2C3"] * 2
    assert await billed_wh(house) == 2 * (22_345 - 15_000)
    assert all(reading.transaction_id == OUTSIDE_SESSIONS for reading in await readings(house))


async def test_a_register_that_counts_from_zero_in_each_session_is_billed_by_session(house: House) -> None:
    """M3: nothing is made of the step back between two sessions."""
    async with house.charger() as charger:
        for hour in range(3):
            at = BEGIN + timedelta(hours=2 * hour)
            number = await start(charger, timestamp=at.isoformat(), meterStart=0)
            end = (at + timedelta(hours=1)).isoformat()
            await charger.call("StopTransaction", stop(number, meter_stop=5_000, timestamp=end))
    assert await billed_wh(house) == 15_000
    assert await reviews(house) == []


async def test_a_lifetime_register_is_not_billed_as_one_session(house: House) -> None:
    """M4: from zero to what the meter has counted since it was built (evcc #29374)."""
    async with house.charger() as charger:
        number = await start(charger, meterStart=0)
        await charger.call("StopTransaction", stop(number, meter_stop=9_015_000))
    assert await billed_wh(house) == 0
    assert [item.reason for item in await reviews(house)] == ["faster_than_connector"]


async def test_a_register_in_fractions_is_rounded_half_up(house: House) -> None:
    """M4: some chargers send fractional Wh."""
    async with house.charger() as charger:
        number = await start(charger, meterStart=15_000.5)
        await charger.call("StopTransaction", stop(number) | {"meterStop": "22345.49"})
    [row] = await transactions(house)
    assert (row.meter_start_wh, row.meter_stop_wh) == (15_001, 22_345)


async def test_a_baseline_of_nought_does_not_count(house: House) -> None:
    """M5: Iocharger sends 0 as Transaction.Begin while it was offline; the next reading jumps to the real one."""
    async with house.charger() as charger:
        number = await start(charger)
        begin = [sample(0, "2026-10-05T18:00:01Z", context="Transaction.Begin")]
        await charger.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": begin})
        later = [sample(18_000, "2026-10-05T18:30:00Z")]
        await charger.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": later})
        await charger.call("StopTransaction", stop(number))
    assert await billed_wh(house) == 22_345 - 15_000
    assert (await readings(house))[0].register_wh == 0, "it is kept as it came"


async def test_three_phases_in_kwh_are_summed_once(house: House) -> None:
    """M6: only per-phase values, in kWh, and one of them twice."""
    phases = [
        {"value": str(kwh), "unit": "kWh", "phase": phase, "measurand": "Energy.Active.Import.Register"}
        for phase, kwh in (("L1", "5.1"), ("L2-N", "5.2"), ("L3", "5.3"), ("L1", "5.1"))
    ]
    async with house.charger() as charger:
        number = await start(charger)
        value = [{"timestamp": "2026-10-05T18:10:00Z", "sampledValue": phases}]
        await charger.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": value})
    assert [reading.register_wh for reading in await readings(house)] == [15_600]


async def test_finishing_with_an_error_code_is_no_fault(house: House) -> None:
    """M12: ABB says Finishing with an error code after every session; only Faulted is a fault."""
    async with house.charger() as charger:
        status = {"connectorId": 1, "status": "Finishing", "errorCode": "OtherError"}
        await charger.call("StatusNotification", status)
        [connector] = house.services.chargers.live.connectors()
        assert connector.state is LiveState.FINISHING
        await charger.call("StatusNotification", {**status, "status": "Faulted"})
        assert connector.state is LiveState.FAULTED


async def set_power(house: House, charger: RawCharger, watts: int) -> None:
    await charger.call("StatusNotification", {"connectorId": 1, "status": "Available", "errorCode": "NoError"})
    [connector] = house.services.chargers.live.connectors()
    await house.services.chargers.power.set_power(connector.id, watts, "maria")


async def test_more_than_a_connector_of_known_power_delivers_is_held(house: House) -> None:
    """M4: plausible is what the connector can deliver, where somebody has said what that is."""
    async with house.charger() as charger:
        await set_power(house, charger, 3_680)
        number = await start(charger)
        await charger.call("StopTransaction", stop(number))
    assert await billed_wh(house) == 0
    assert [item.reason for item in await reviews(house)] == ["faster_than_connector"]


async def test_less_than_that_is_billed(house: House) -> None:
    async with house.charger() as charger:
        await set_power(house, charger, 11_000)
        number = await start(charger)
        await charger.call("StopTransaction", stop(number))
    assert await billed_wh(house) == 22_345 - 15_000
    assert await reviews(house) == []


async def test_a_guess_of_the_power_holds_no_session_that_a_car_can_take(house: House) -> None:
    async with house.charger() as charger:
        number = await start(charger)
        await charger.call("StopTransaction", stop(number, meter_stop=15_000 + 80_000))
    assert await billed_wh(house) == 80_000
    row = await house.services.database.read(lambda s: s.exec(select(Connector)).one())
    assert not row.power_is_known
    assert await house.services.database.read(lambda s: s.exec(select(MeterReading)).first()) is None
