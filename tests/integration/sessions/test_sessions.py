"""Sessions over a real socket: started once, metered, ended once, on both databases."""

import asyncio

import pytest

from onetime.models import TransactionState
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.sessions import START, readings, reviews, sample, start, stop, transactions


async def test_a_session_keeps_its_registers_to_the_wh(house: House) -> None:
    async with house.charger() as charger:
        assert (await charger.call("Authorize", {"idTag": "04A1B2C3"}))["idTagInfo"]["status"] == "Accepted"
        transaction_id = await start(charger)
        await charger.call(
            "MeterValues",
            {
                "connectorId": 1,
                "transactionId": transaction_id,
                "meterValue": [sample("17.5", "2026-10-05T18:15:00Z", unit="kWh", context="Sample.Clock")],
            },
        )
        answer = await charger.call("StopTransaction", stop(transaction_id, reason="Local", idTag="04A1B2C3"))
        assert answer["idTagInfo"]["status"] == "Accepted"
    [row] = await transactions(house)
    assert (row.meter_start_wh, row.meter_stop_wh, row.state) == (15_000, 22_345, TransactionState.ENDED)
    [reading] = await readings(house)
    assert (reading.register_wh, reading.context, reading.transaction_id) == (17_500, "Sample.Clock", transaction_id)


async def test_a_resent_start_gets_the_same_transaction_id(house: House) -> None:
    """T1: the same start, with a new message id."""
    async with house.charger() as charger:
        first = await start(charger)
        assert await start(charger) == first
    assert len(await transactions(house)) == 1


async def test_a_resent_stop_is_counted_once(house: House) -> None:
    """T2: confirmed again, counted once."""
    async with house.charger() as charger:
        transaction_id = await start(charger)
        await charger.call("StopTransaction", stop(transaction_id))
        await charger.call("StopTransaction", stop(transaction_id, meter_stop=99_999))
    [row] = await transactions(house)
    assert row.meter_stop_wh == 22_345


async def test_a_message_sent_again_on_one_connection_gets_its_first_answer(house: House) -> None:
    async with house.charger() as charger:
        first = await charger.exchange("StartTransaction", START, "same-id")
        again = await charger.exchange("StartTransaction", {**START, "meterStart": 16_000}, "same-id")
    assert again == first
    assert len(await transactions(house)) == 1


async def test_a_start_ends_a_session_whose_stop_never_came_at_its_last_reading(house: House) -> None:
    """T4: at the next start."""
    async with house.charger() as charger:
        lost = await start(charger)
        await charger.call(
            "MeterValues",
            {
                "connectorId": 1,
                "transactionId": lost,
                "meterValue": [sample(18_000, "2026-10-05T18:30:00Z")],
            },
        )
        await start(charger, timestamp="2026-10-06T07:00:00Z", meterStart=18_000)
    old, new = await transactions(house)
    assert (old.state, old.meter_stop_wh, old.stop_estimated) == (TransactionState.ENDED, 18_000, True)
    assert new.state is TransactionState.OPEN
    assert [item.reason for item in await reviews(house)] == ["stop_never_came"]


async def test_the_real_stop_replaces_an_estimated_one(house: House) -> None:
    async with house.charger() as charger:
        lost = await start(charger)
        await start(charger, timestamp="2026-10-06T07:00:00Z", meterStart=22_345)
        await charger.call("StopTransaction", stop(lost))
    row = (await transactions(house))[0]
    assert (row.meter_stop_wh, row.stop_estimated) == (22_345, False)
    assert all(item.resolved_at for item in await reviews(house))


async def test_a_stop_without_a_usable_id_ends_the_only_open_session(house: House) -> None:
    """T3: -1 is the only session that fits."""
    async with house.charger() as charger:
        transaction_id = await start(charger)
        await charger.call("StopTransaction", stop(-1))
    [row] = await transactions(house)
    assert (row.id, row.meter_stop_wh) == (transaction_id, 22_345)


async def test_a_stop_that_fits_no_session_is_confirmed_and_kept_for_review(house: House) -> None:
    """T3: two fit, so none is guessed."""
    async with house.charger() as charger:
        await start(charger)
        await start(charger, connectorId=2)
        assert await charger.call("StopTransaction", stop(0)) == {}
    assert all(row.state is TransactionState.OPEN for row in await transactions(house))
    [item] = await reviews(house)
    assert item.reason == "stop_without_start"
    assert "22345" in item.evidence


async def test_a_refused_card_gets_a_real_transaction_id(settings: Settings) -> None:
    async with open_house(settings.model_copy(update={"accept_unknown_cards": False})) as house, house.charger() as c:
        assert (await c.call("Authorize", {"idTag": "STRANGER"}))["idTagInfo"]["status"] == "Invalid"
        answer = await c.call("StartTransaction", {**START, "idTag": "STRANGER"})
        assert answer["idTagInfo"]["status"] == "Invalid"
        assert answer["transactionId"] > 0
        [card] = await house.services.cards.holders.cards()
        assert card.id_tag == "STRANGER"


async def test_readings_without_a_usable_id_join_the_running_session(house: House) -> None:
    """T5: none, 0, 2^63-1 (Alfen) and text."""
    async with house.charger() as charger:
        transaction_id = await start(charger)
        for wrong in ({}, {"transactionId": 0}, {"transactionId": 2**63 - 1}, {"transactionId": "x"}):
            frame = await charger.exchange(
                "MeterValues",
                {
                    "connectorId": 1,
                    "meterValue": [sample(16_000, "2026-10-05T18:10:00Z")],
                    **wrong,
                },
            )
            assert frame[0] == 3
    assert {reading.transaction_id for reading in await readings(house)} == {transaction_id}


async def test_late_readings_of_an_ended_session_stay_with_it_and_do_not_revive_it(house: House) -> None:
    """T7: closing values after the stop."""
    async with house.charger() as charger:
        transaction_id = await start(charger)
        await charger.call("StopTransaction", stop(transaction_id))
        await charger.call(
            "MeterValues",
            {
                "connectorId": 1,
                "transactionId": transaction_id,
                "meterValue": [sample(22_345, "2026-10-05T19:00:01Z")],
            },
        )
    [row] = await transactions(house)
    assert row.state is TransactionState.ENDED
    assert (await readings(house))[-1].transaction_id == transaction_id


async def test_a_running_session_goes_on_after_a_restart_and_ends_once(settings: Settings) -> None:
    async with open_house(settings) as house, house.charger() as charger:
        transaction_id = await start(charger)
        await charger.call(
            "MeterValues",
            {
                "connectorId": 1,
                "transactionId": transaction_id,
                "meterValue": [sample(16_200, "2026-10-05T18:10:00Z")],
            },
        )
    async with open_house(settings) as house:
        [connector] = [c for c in house.services.chargers.live.connectors() if c.number == 1]
        assert connector.session is not None
        assert (connector.session.transaction_id, connector.session.energy_wh) == (transaction_id, 1_200)
        async with house.charger(booted=False) as charger:
            await charger.call("StopTransaction", stop(transaction_id))
        [row] = await transactions(house)
        assert row.meter_stop_wh == 22_345


async def test_two_hundred_sessions_share_commits(house: House) -> None:
    async with house.charger("GARAGE") as charger:
        before = house.services.database.commits
        numbers = range(1, 41)
        frames = [
            f'[2,"s{n}","StartTransaction",{{"connectorId":{n},"idTag":"T{n}","meterStart":0,"timestamp":"2026-10-05T18:00:00Z"}}]'
            for n in numbers
        ]
        answers = [await charger.send_raw(frame) for frame in frames]
        ids = {answer[2]["transactionId"] for answer in answers}
        assert len(ids) == len(numbers)
        alone = house.services.database.commits - before
        before = house.services.database.commits
        await asyncio.gather(*(house.services.cards.authorization.authorize(f"T{n}") for n in numbers))
        assert house.services.database.commits - before < alone


async def test_one_charger_brings_in_no_more_new_cards_than_a_house_has(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetime.services.cards.budget.AT_ONCE", 3.0)
    async with house.charger() as noisy, house.charger("QUIET") as quiet:
        for number in range(6):
            await noisy.call("Authorize", {"idTag": f"MADE-UP-{number}"})
        await start(noisy, idTag="MADE-UP-9")
        await quiet.call("Authorize", {"idTag": "REAL"})
    cards = await house.services.cards.holders.cards()
    assert [card.id_tag for card in cards] == ["MADE-UP-0", "MADE-UP-1", "MADE-UP-2", "REAL"]
    assert [row.card_id for row in await transactions(house)] == [None]
