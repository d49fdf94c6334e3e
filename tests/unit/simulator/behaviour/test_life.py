"""Registration until it is accepted, losing the power, and restarting."""

import asyncio

from tests.unit.simulator.central import NOW, Refusal, running_central
from tests.unit.simulator.factories import CARD, Pauses, make_charger


def boot_answer(status: str, interval: int) -> dict[str, object]:
    return {"status": status, "currentTime": NOW, "interval": interval}


async def test_a_pending_charger_asks_again_after_the_interval() -> None:
    async with running_central() as central:
        central.answers["BootNotification"].extend([boot_answer("Pending", 7), boot_answer("Rejected", 9)])
        pauses = Pauses()
        async with make_charger(central, pause=pauses):
            assert len(central.of("BootNotification")) == 3
        assert pauses.seconds[:2] == [7, 9]


async def test_nothing_but_boot_notifications_is_sent_before_acceptance() -> None:
    async with running_central() as central:
        central.answers["BootNotification"].append(boot_answer("Pending", 5))
        charger = make_charger(central)
        await charger.connect()
        booting = asyncio.create_task(charger.boot())
        await central.until(lambda: central.received)
        await charger.plug_in(1)
        await charger.tap(1, "CARD")
        assert {call.action for call in central.received} == {"BootNotification"}
        await booting
        assert len(central.of("StartTransaction")) == 1
        await charger.close()


async def test_a_trigger_ends_the_wait_of_a_pending_charger() -> None:
    async with running_central() as central:
        central.answers["BootNotification"].append(boot_answer("Pending", 86_400))
        charger = make_charger(central)
        await charger.connect()
        booting = asyncio.create_task(charger.boot())
        await central.until(lambda: central.received)
        answer = await central.call("SIM-1", "TriggerMessage", {"requestedMessage": "BootNotification"})
        assert answer[2] == {"status": "Accepted"}
        async with asyncio.timeout(2):
            await booting
        assert len(central.of("BootNotification")) == 2
        await charger.close()


async def test_a_refused_boot_notification_is_repeated() -> None:
    async with running_central() as central:
        central.answers["BootNotification"].append(Refusal())
        async with make_charger(central):
            assert len(central.of("BootNotification")) == 2


async def test_an_accepted_charger_tells_the_status_of_itself_and_every_connector() -> None:
    async with running_central() as central, make_charger(central, connectors=2):
        reported = [(p["connectorId"], p["status"]) for p in central.payloads("StatusNotification")]
        assert reported == [(0, "Available"), (1, "Available"), (2, "Available")]


async def test_heartbeats_come_at_the_interval_the_server_named() -> None:
    async with running_central() as central:
        central.answers["BootNotification"].append(boot_answer("Accepted", 20))
        pauses = Pauses()
        async with make_charger(central, pause=pauses):
            await central.until(lambda: len(central.of("Heartbeat")) >= 2)
        assert set(pauses.seconds) == {20}


async def test_a_server_that_has_forgotten_the_charger_hears_it_boot_again() -> None:
    async with running_central() as central, make_charger(central) as charger:
        central.answers["Heartbeat"].append(Refusal("SecurityError"))
        await charger.heartbeat()
        await central.until(lambda: len(central.of("BootNotification")) == 2)


async def test_after_a_power_cut_the_session_is_closed_as_of_the_cut() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        await charger.charge_for(1, 600)
        register = charger.core.station.connector(1).meter.register_wh
        await charger.power_cut(outage_seconds=3600)
        actions = [call.action for call in central.received]
        assert actions.index("StopTransaction") > len(actions) - 1 - actions[::-1].index("BootNotification")
        stop = central.payloads("StopTransaction")[0]
        assert (stop["reason"], stop["meterStop"]) == ("PowerLoss", register)
        assert stop["timestamp"] == "2026-01-05T08:10:30.000Z"


async def test_no_reading_is_taken_without_power() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.power_cut(outage_seconds=7200)
        await charger.heartbeat()
        assert central.of("MeterValues") == []


async def test_a_restart_ends_the_session_first() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        await charger.reboot()
        order = [call.action for call in central.of("StopTransaction", "BootNotification")]
        assert order == ["BootNotification", "StopTransaction", "BootNotification"]
        assert central.payloads("StopTransaction")[0]["reason"] == "Reboot"
