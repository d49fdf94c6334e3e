"""What chargers nobody has accepted may cost, and how they leave."""

import asyncio
import contextlib
import time
from datetime import timedelta

import pytest
from sqlmodel import func, select
from websockets.asyncio.client import connect

from onetime.budgets import GUESSES_AT_ONCE, WAITING_DAYS, WAITING_LOG_TOTAL_AT_ONCE
from onetime.clock import utc_now
from onetime.models import AuditEntry, Card, Charger, MessageBlock, Registration, Transaction
from onetime.services.cards import budget
from onetime.services.chargers.membership import waiting
from onetime.services.chargers.membership.leaving import ChargerStaysError
from tests.integration.attacks.conftest import PATIENCE_S, accepted, neighbour, until
from tests.integration.conftest import House
from tests.integration.driving.raw_charger import RawCharger

BOOT = {"chargePointVendor": "V" * 20, "chargePointModel": "M" * 20}


async def stored_messages(house: House) -> int:
    house.services.chargers.messages.store()
    await asyncio.sleep(0.3)
    blocks = await house.services.database.read(lambda s: s.exec(select(MessageBlock)).all())
    return sum(len(each.frame) for block in blocks for each in block.messages)


async def names(house: House) -> list[str]:
    return await house.services.database.read(
        lambda s: list(s.exec(select(Charger.identity).order_by(Charger.identity)))
    )


async def test_what_strangers_say_is_hardly_written_down(strict: House) -> None:
    async with contextlib.AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(connect(f"{strict.url}/S{number}", subprotocols=["ocpp1.6"]))  # type: ignore[list-item]
            for number in range(20)
        ]
        async with neighbour(strict) as honest:
            frame = '[2,"%d","DataTransfer",{"vendorId":"' + "x" * 12_000 + '"}]'
            for number in range(30):
                await asyncio.gather(*(socket.send(frame % number) for socket in sockets))
            await asyncio.sleep(1)
        assert honest.slowest < PATIENCE_S
    assert await stored_messages(strict) < WAITING_LOG_TOTAL_AT_ONCE + 200_000


async def test_a_stranger_is_answered_ever_more_slowly(strict: House) -> None:
    answered = 0
    async with strict.charger("STRANGER", booted=False) as charger:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                while True:
                    await charger.call("BootNotification", BOOT)
                    answered += 1
    assert 25 <= answered <= 40


async def test_each_reconnection_of_a_stranger_leaves_no_task(strict: House) -> None:
    before = len(asyncio.all_tasks())
    for number in range(60):
        async with strict.charger(f"S{number % 5}", booted=False):
            pass
    await until(lambda: not (len(asyncio.all_tasks()) > before), 5)


async def test_made_up_names_do_not_shut_an_honest_charger_out(strict: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """First the places of those that have gone are given away, then those of the address that has the most."""
    strict.services.chargers.room._places = 5
    monkeypatch.setattr(waiting, "WAITING_UNHEARD_S", 0.0)
    for number in range(5):
        async with strict.charger(f"MADE-UP-{number}"):
            pass
    await until(lambda: not (any(charger.online for charger in strict.services.chargers.live.chargers())), 5)
    async with strict.charger("HONEST", booted=False) as honest:
        assert (await honest.call("BootNotification", BOOT))["status"] == "Pending"
        assert await names(strict) == ["HONEST", "MADE-UP-1", "MADE-UP-2", "MADE-UP-3", "MADE-UP-4"]


async def test_the_address_with_the_most_names_gives_one_up(strict: House) -> None:
    room, life = strict.services.chargers.room, strict.services.chargers.life
    room._places = 4
    for number in range(4):
        made_up = await life.contact(f"MADE-UP-{number}", subprotocol_missing=False, address="10.0.0.66")
        await life.went_online(made_up.id)
    honest = await life.contact("HONEST", subprotocol_missing=False, address="10.0.0.7")
    assert honest.registration is Registration.PENDING
    assert await names(strict) == ["HONEST", "MADE-UP-0", "MADE-UP-1", "MADE-UP-2"]


async def test_a_name_that_does_not_call_for_days_waits_no_more(strict: House) -> None:
    for identity, days in (("OLD", WAITING_DAYS + 1), ("YOUNG", 1)):
        charger = await strict.services.chargers.life.contact(identity, subprotocol_missing=False)
        charger.offline_since = utc_now() - timedelta(days=days)
    await accepted(strict, "ACCEPTED")
    await strict.services.chargers.leaving.expire()
    assert await names(strict) == ["ACCEPTED", "YOUNG"]


async def test_all_that_wait_are_removed_at_once_with_all_they_left(strict: House) -> None:
    await accepted(strict, "MINE")
    async with strict.charger("A", booted=False) as there, strict.charger("MINE") as mine:
        await there.call("BootNotification", BOOT)
        async with strict.charger("B", booted=False) as gone:
            await gone.call("BootNotification", BOOT)
        strict.services.chargers.messages.store()
        removed = await strict.services.chargers.leaving.remove_waiting("somebody")
        assert sorted(removed) == ["A", "B"]
        await asyncio.wait_for(there.socket.wait_closed(), 5)
        await mine.call("Heartbeat", {})
    assert await names(strict) == ["MINE"]
    assert [each.identity for each in strict.services.chargers.live.chargers()] == ["MINE"]
    entries = await strict.services.database.read(
        lambda s: s.exec(select(AuditEntry.subject).where(AuditEntry.action == "charger.delete")).all()
    )
    assert sorted(entries) == ["A", "B"]


async def charged(house: House, charger: RawCharger) -> None:
    await charger.call("StatusNotification", {"connectorId": 1, "status": "Available", "errorCode": "NoError"})
    start = {"connectorId": 1, "idTag": "CARD", "meterStart": 0, "timestamp": "2026-11-01T10:00:00Z"}
    number = (await charger.call("StartTransaction", start))["transactionId"]
    await charger.call(
        "StopTransaction", {"transactionId": number, "meterStop": 5_000, "timestamp": "2026-11-01T11:00:00Z"}
    )


async def test_a_retired_charger_goes_and_its_sessions_stay(house: House) -> None:
    leaving = house.services.chargers.leaving
    async with house.charger("OLD") as charger:
        await charged(house, charger)
        with pytest.raises(ChargerStaysError, match="connected"):
            await leaving.retire("OLD", "somebody")
    await until(lambda: not (house.services.chargers.live.chargers()[0].online), 5)
    await leaving.retire("old", "somebody")
    assert house.services.chargers.live.find("OLD") is None
    sessions = await house.services.database.read(lambda s: s.exec(select(Transaction.meter_stop_wh)).all())
    assert list(sessions) == [5_000]
    assert await house.services.database.read(lambda s: s.exec(select(func.count(MessageBlock.id))).one()) == 0


async def test_a_retired_charger_that_calls_again_is_a_new_one(strict: House) -> None:
    await accepted(strict, "BACK")
    await strict.services.cards.holders.save(budget_card("CARD"), "test")
    async with strict.charger("BACK") as charger:
        await charged(strict, charger)
    await until(lambda: not (strict.services.chargers.live.chargers()[0].online), 5)
    await strict.services.chargers.leaving.retire("BACK", "somebody")
    async with strict.charger("BACK", booted=False) as charger:
        assert (await charger.call("BootNotification", BOOT))["status"] == "Pending"
        [live] = strict.services.chargers.live.chargers()
        assert (live.identity, sorted(live.connectors)) == ("BACK", [1])


def budget_card(tag: str):  # type: ignore[no-untyped-def]
    from onetime.services.cards.holders import CardFacts

    return CardFacts(tag)


async def test_guessing_cards_gets_slow_and_a_known_one_still_charges(
    strict: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "GUESS_COSTS_S", 0.5)
    await accepted(strict, "GUESSER")
    await strict.services.cards.holders.save(budget_card("GOOD"), "test")
    async with strict.charger("GUESSER") as charger:
        for number in range(GUESSES_AT_ONCE):
            await charger.call("Authorize", {"idTag": f"GUESS{number}"})
        began = time.monotonic()
        for number in range(3):
            await charger.call("Authorize", {"idTag": f"MORE{number}"})
        assert time.monotonic() - began > 1.4
        began = time.monotonic()
        answer = await charger.call("Authorize", {"idTag": "GOOD"})
        await charger.call("Authorize", {"idTag": "MORE2"})  # the same card again is no guess
        assert answer["idTagInfo"]["status"] == "Accepted"
        assert time.monotonic() - began < 0.4


async def test_cards_nobody_has_named_are_removed_at_once(strict: House) -> None:
    await accepted(strict, "READER")
    await strict.services.cards.holders.save(budget_card("NAMED"), "test")
    async with strict.charger("READER") as charger:
        for number in range(10):
            await charger.call("Authorize", {"idTag": f"JUNK{number}"})
        await charged(strict, charger)  # CARD is unknown, and has charged
    assert await strict.services.cards.holders.delete_unknown("somebody") == 10
    left = await strict.services.database.read(lambda s: s.exec(select(Card.id_tag).order_by(Card.id_tag)).all())
    assert list(left) == ["CARD", "NAMED"]
