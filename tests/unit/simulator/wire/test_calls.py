"""Two parties talk at the same time: own CALLs one by one, the other side's answered at once."""

import asyncio

import pytest

from onetime.simulator.wire.frames import CallError, NoAnswerError, NotConnectedError
from tests.unit.simulator.central import Received, Refusal, Silence, running_central
from tests.unit.simulator.factories import make_charger


async def test_a_call_is_answered_while_the_own_call_still_waits() -> None:
    async with running_central() as central, make_charger(central) as charger:
        release = asyncio.Event()

        async def hold_heartbeats(call: Received) -> None:
            if call.action == "Heartbeat":
                asyncio.get_running_loop().create_task(ask_meanwhile())

        answers: list[list[object]] = []

        async def ask_meanwhile() -> None:
            answers.append(await central.call("SIM-1", "GetLocalListVersion"))
            release.set()

        central.before_answer = hold_heartbeats
        central.answers["Heartbeat"].append(Silence())
        beating = asyncio.create_task(charger.heartbeat())
        async with asyncio.timeout(2):
            await release.wait()
        assert answers[0][2] == {"listVersion": 0}
        assert not beating.done()


async def test_only_one_own_call_is_under_way() -> None:
    async with running_central() as central, make_charger(central) as charger:
        central.answers["Heartbeat"].append(Silence())
        waiting = [asyncio.create_task(charger.heartbeat()), asyncio.create_task(charger.data_transfer("Acme"))]
        await central.until(lambda: central.of("Heartbeat"))
        await asyncio.sleep(0.02)
        assert central.of("DataTransfer") == []
        await central.sockets["SIM-1"].send(f'[3,"{central.of("Heartbeat")[0].message_id}",{{"currentTime":""}}]')
        await asyncio.gather(*waiting)
        assert len(central.of("DataTransfer")) == 1


async def test_every_message_id_is_used_once() -> None:
    async with running_central() as central, make_charger(central) as charger:
        for _ in range(20):
            await charger.heartbeat()
        await charger.reboot()
        ids = [call.message_id for call in central.received]
        assert len(set(ids)) == len(ids)


async def test_an_unanswered_call_gives_up_and_a_late_answer_is_dropped() -> None:
    async with running_central() as central, make_charger(central, answer_seconds=0.05) as charger:
        central.answers["DataTransfer"].append(Silence())
        with pytest.raises(NoAnswerError, match=r"not answered within 0\.05 s"):
            await charger.data_transfer("Acme")
        late = central.of("DataTransfer")[0].message_id
        await central.sockets["SIM-1"].send(f'[3,"{late}",{{"status":"Accepted"}}]')
        assert await charger.data_transfer("Acme") == {"status": "UnknownVendorId"}


async def test_a_callerror_reaches_who_called() -> None:
    async with running_central() as central, make_charger(central) as charger:
        central.answers["DataTransfer"].append(Refusal("NotSupported"))
        with pytest.raises(CallError, match="NotSupported"):
            await charger.data_transfer("Acme")


async def test_a_call_without_a_connection_fails_at_once() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.go_offline()
        with pytest.raises(NotConnectedError):
            await charger.data_transfer("Acme")


async def test_a_broken_frame_with_an_id_is_answered_and_one_without_ignored() -> None:
    async with running_central() as central, make_charger(central):
        await central.sockets["SIM-1"].send("this is no JSON")
        await central.sockets["SIM-1"].send('[2,"broken","Reset"]')
        await central.until(lambda: central.unasked)
        assert [frame[:3] for frame in central.unasked] == [[4, "broken", "FormationViolation"]]
