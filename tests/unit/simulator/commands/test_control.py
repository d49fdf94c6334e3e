"""Start, stop, reset, unlocking and availability from afar."""

import pytest

from tests.unit.simulator.central import running_central
from tests.unit.simulator.factories import CARD, answer, make_charger, profile


async def test_a_remote_start_charges_the_waiting_car() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        payload = {"idTag": CARD, "connectorId": 1, "chargingProfile": profile("TxProfile", limit=8.0)}
        assert await answer(central, "RemoteStartTransaction", payload) == {"status": "Accepted"}
        await central.until(lambda: central.statuses()[-1] == "Charging")
        assert [call.action for call in central.of("Authorize", "StartTransaction")] == [
            "Authorize",
            "StartTransaction",
        ]
        await central.until(lambda: charger.core.station.connector(1).power_w <= 8 * 690)


async def test_a_remote_start_need_not_be_authorized_when_so_configured() -> None:
    async with running_central() as central:
        keys = {"AuthorizeRemoteTxRequests": "false"}
        async with make_charger(central, configuration=keys) as charger:
            await charger.plug_in(1)
            await answer(central, "RemoteStartTransaction", {"idTag": CARD})
            await central.until(lambda: central.of("StartTransaction"))
            assert central.of("Authorize") == []


async def test_a_remote_start_prefers_the_connector_with_a_car() -> None:
    async with running_central() as central, make_charger(central, connectors=3) as charger:
        await charger.plug_in(3)
        await answer(central, "RemoteStartTransaction", {"idTag": CARD})
        await central.until(lambda: central.of("StartTransaction"))
        assert central.payloads("StartTransaction")[0]["connectorId"] == 3


async def test_a_remote_start_of_a_busy_connector_is_rejected() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        payload = {"idTag": "OTHER", "connectorId": 1}
        assert await answer(central, "RemoteStartTransaction", payload) == {"status": "Rejected"}


async def test_a_remote_stop_ends_the_named_transaction_only() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        assert await answer(central, "RemoteStopTransaction", {"transactionId": 99}) == {"status": "Rejected"}
        assert await answer(central, "RemoteStopTransaction", {"transactionId": 1}) == {"status": "Accepted"}
        await central.until(lambda: central.of("StopTransaction"))
        assert central.payloads("StopTransaction")[0]["reason"] == "Remote"


@pytest.mark.parametrize(("kind", "reason"), [("Soft", "SoftReset"), ("Hard", "HardReset")])
async def test_a_reset_ends_the_session_and_boots_again(kind: str, reason: str) -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        assert await answer(central, "Reset", {"type": kind}) == {"status": "Accepted"}
        await central.until(lambda: len(central.of("BootNotification")) == 2)
        assert central.payloads("StopTransaction")[0]["reason"] == reason


async def test_unlocking_ends_the_session() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        assert await answer(central, "UnlockConnector", {"connectorId": 7}) == {"status": "NotSupported"}
        assert await answer(central, "UnlockConnector", {"connectorId": 1}) == {"status": "Unlocked"}
        await central.until(lambda: central.of("StopTransaction"))
        assert central.payloads("StopTransaction")[0]["reason"] == "UnlockCommand"


async def test_taking_out_of_service_waits_for_the_session_to_end() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        off, on = {"connectorId": 0, "type": "Inoperative"}, {"connectorId": 0, "type": "Operative"}
        assert await answer(central, "ChangeAvailability", off) == {"status": "Scheduled"}
        await charger.tap(1, CARD)
        assert central.statuses()[-1] == "Unavailable"
        assert not await charger.tap(1, CARD)
        await charger.unplug(1)
        assert await answer(central, "ChangeAvailability", on) == {"status": "Accepted"}
        await central.until(lambda: central.statuses()[-1] == "Available")
        assert central.statuses(0)[-1] == "Available"
