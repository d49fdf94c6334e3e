"""The queue of transaction messages: its order, its old time stamps, its patience."""

import asyncio
from datetime import timedelta

from onetime.simulator import Car
from onetime.simulator.vocabulary import format_time
from tests.unit.simulator.central import Received, Refusal, Silence, running_central
from tests.unit.simulator.factories import CARD, MORNING, Pauses, make_charger

TRANSACTION_MESSAGES = ("StartTransaction", "MeterValues", "StopTransaction")


def stamp(call: Received) -> str:
    if call.action == "MeterValues":
        return str(call.payload["meterValue"][0]["timestamp"])
    return str(call.payload["timestamp"])


def at(minutes: float) -> str:
    return format_time(MORNING + timedelta(minutes=minutes))


async def test_a_session_offline_arrives_later_in_order_and_with_its_old_time_stamps() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.go_offline()
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        await charger.charge_for(1, 150)
        await charger.tap(1, CARD)
        await charger.clock.sleep(7200)
        await charger.come_back()
        queued = central.of(*TRANSACTION_MESSAGES)
        assert [call.action for call in queued[:4]] == [
            "StartTransaction",
            "MeterValues",
            "MeterValues",
            "StopTransaction",
        ]
        assert [stamp(call) for call in queued[:4]] == [at(0), at(1), at(2), at(2.5)]
        assert queued[3].payload["transactionId"] == 1


async def test_a_session_goes_on_under_its_id_when_the_line_fails_in_between() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        await charger.charge_for(1, 120)
        await charger.go_offline()
        await charger.charge_for(1, 180)
        await charger.come_back()
        await charger.charge_for(1, 60)
        samples = central.of("MeterValues")
        assert [stamp(call) for call in samples] == [at(minute) for minute in range(1, 7)]
        assert {call.payload["transactionId"] for call in samples} == {1}
        assert len(central.of("BootNotification")) == 1


async def test_new_messages_wait_until_the_queue_is_empty() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.go_offline()
        for _ in range(2):
            await charger.plug_in(1)
            await charger.tap(1, CARD)
            await charger.charge_for(1, 60)
            await charger.unplug(1)
        await charger.come_back()
        stamps = [stamp(call) for call in central.of(*TRANSACTION_MESSAGES)]
        assert stamps == sorted(stamps)
        assert [p["transactionId"] for p in central.payloads("StopTransaction")] == [1, 2]


async def test_a_refused_message_is_tried_again_after_growing_pauses() -> None:
    async with running_central() as central:
        pauses = Pauses()
        keys = {"TransactionMessageRetryInterval": "11", "TransactionMessageAttempts": "4"}
        async with make_charger(central, pause=pauses, configuration=keys) as charger:
            central.answers["StartTransaction"].extend([Refusal(), Refusal(), Refusal()])
            await charger.plug_in(1)
            await charger.tap(1, CARD)
            await charger.core.outbox.emptied()
            starts = central.of("StartTransaction")
            assert len(starts) == 4
            assert len({call.message_id for call in starts}) == 4
            assert all(call.payload == starts[0].payload for call in starts)
            assert [seconds for seconds in pauses.seconds if seconds in (11, 22, 33)] == [11, 22, 33]


async def test_a_start_that_is_always_refused_is_dropped_and_its_stop_has_no_id() -> None:
    async with running_central() as central, make_charger(central) as charger:
        central.answers["StartTransaction"].extend([Refusal()] * 3)
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        await charger.core.outbox.emptied()
        await charger.tap(1, CARD)
        assert len(central.of("StartTransaction")) == 3
        assert charger.core.outbox.dropped == 1
        assert [p["transactionId"] for p in central.payloads("StopTransaction")] == [-1]


async def test_a_start_whose_answer_got_lost_is_sent_again_unchanged() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)

        async def cut(call: Received) -> None:
            if call.action == "StartTransaction":
                central.before_answer = None
                central.sockets["SIM-1"].transport.abort()

        central.before_answer = cut
        await charger.tap(1, CARD)
        await charger.core.outbox.emptied()
        first, second = central.of("StartTransaction")
        assert first.payload == second.payload
        assert first.message_id != second.message_id


async def test_a_start_that_is_never_answered_is_sent_again_without_counting_as_refused() -> None:
    async with running_central() as central, make_charger(central, answer_seconds=0.03) as charger:
        central.answers["StartTransaction"].extend([Silence()] * 4)
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        async with asyncio.timeout(5):
            await charger.core.outbox.emptied()
        assert len(central.of("StartTransaction")) == 5
        assert charger.core.outbox.dropped == 0


async def test_the_last_readings_of_an_offline_night_are_not_lost() -> None:
    async with running_central() as central, make_charger(central, sample_interval=0) as charger:
        await charger.plug_in(1, Car(soc=20))
        await charger.tap(1, CARD)
        await charger.go_offline()
        await charger.charge_for(1, 10 * 3600)
        await charger.come_back()
        assert len(central.of("MeterValues")) == 40
        assert central.of("MeterValues")[-1].payload["transactionId"] == 1
