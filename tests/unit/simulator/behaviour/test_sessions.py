"""Plug, card and cable, in every order."""

import pytest

from onetime.simulator import Car
from tests.unit.simulator.central import Refusal, running_central
from tests.unit.simulator.factories import CARD, make_charger


async def test_plug_in_then_tap_charges_and_tells_each_status() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        assert await charger.tap(1, CARD)
        await charger.charge_for(1, 60)
        await charger.tap(1, CARD)
        await charger.unplug(1)
        assert central.statuses() == ["Available", "Preparing", "Charging", "Finishing", "Available"]
        assert [call.action for call in central.received if "Meter" not in call.action][3:] == [
            "StatusNotification",
            "Authorize",
            "StartTransaction",
            "StatusNotification",
            "StopTransaction",
            "StatusNotification",
            "StatusNotification",
        ]


async def test_tap_then_plug_in_charges_as_well() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.tap(1, CARD)
        assert central.of("StartTransaction") == []
        await charger.plug_in(1)
        assert central.payloads("StartTransaction")[0]["idTag"] == CARD
        assert central.statuses() == ["Available", "Preparing", "Charging"]


async def test_who_taps_and_does_not_plug_in_is_forgotten_in_time() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.tap(1, CARD)
        await charger.clock.sleep(121)
        await central.until(lambda: central.statuses() == ["Available", "Preparing", "Available"])
        await charger.plug_in(1)
        assert central.of("StartTransaction") == []


@pytest.mark.parametrize("status", ["Invalid", "Blocked", "Expired"])
async def test_a_refused_card_starts_nothing(status: str) -> None:
    async with running_central(refused_cards={CARD: status}) as central, make_charger(central) as charger:
        await charger.plug_in(1)
        assert not await charger.tap(1, CARD)
        assert central.of("StartTransaction") == []


async def test_a_card_refused_only_at_the_start_ends_the_session() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        central.answers["StartTransaction"].append({"transactionId": 5, "idTagInfo": {"status": "ConcurrentTx"}})
        assert not await charger.tap(1, CARD)
        stop = central.payloads("StopTransaction")[0]
        assert (stop["transactionId"], stop["reason"]) == (5, "DeAuthorized")


async def test_a_card_refused_only_at_the_start_gets_no_power_when_so_configured() -> None:
    async with running_central() as central:
        keys = {"StopTransactionOnInvalidId": "false"}
        async with make_charger(central, configuration=keys) as charger:
            await charger.plug_in(1)
            central.answers["StartTransaction"].append({"transactionId": 5, "idTagInfo": {"status": "Blocked"}})
            await charger.tap(1, CARD)
            await charger.charge_for(1, 3600)
            assert charger.core.station.connector(1).meter.register_wh == 0
            assert central.statuses()[-1] == "SuspendedEVSE"


async def test_pulling_the_plug_ends_the_session_with_ev_disconnected() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        await charger.charge_for(1, 60)
        await charger.unplug(1)
        assert central.payloads("StopTransaction")[0]["reason"] == "EVDisconnected"
        assert central.statuses()[-2:] == ["Finishing", "Available"]


async def test_a_full_car_is_suspended_by_itself() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1, Car(battery_wh=10_000, soc=95))
        await charger.tap(1, CARD)
        await charger.charge_for(1, 2 * 3600)
        await central.until(lambda: central.statuses()[-1] == "SuspendedEV")
        assert charger.core.station.connector(1).car.is_full  # type: ignore[union-attr]


async def test_only_a_card_of_the_same_group_stops_a_session() -> None:
    async with running_central() as central, make_charger(central) as charger:
        family = {"idTagInfo": {"status": "Accepted", "parentIdTag": "FAMILY"}}
        await charger.plug_in(1)
        central.answers["Authorize"].extend([family, {"idTagInfo": {"status": "Accepted"}}, family])
        central.answers["StartTransaction"].append({"transactionId": 1, **family})
        await charger.tap(1, CARD)
        assert not await charger.tap(1, "STRANGER")
        assert await charger.tap(1, "PARTNER")
        assert central.payloads("StopTransaction")[0]["idTag"] == "PARTNER"


async def test_an_unknown_card_charges_offline_only_when_that_is_allowed() -> None:
    async with running_central() as central:
        async with make_charger(central) as charger:
            await charger.go_offline()
            await charger.plug_in(1)
            assert await charger.tap(1, CARD)
        keys = {"AllowOfflineTxForUnknownId": "false"}
        async with make_charger(central, configuration=keys) as charger:
            await charger.go_offline()
            await charger.plug_in(1)
            assert not await charger.tap(1, CARD)


async def test_a_card_known_to_be_bad_does_not_charge_offline() -> None:
    async with running_central(refused_cards={CARD: "Blocked"}) as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        await charger.go_offline()
        assert not await charger.tap(1, CARD)
        assert await charger.tap(1, "ANOTHER")


async def test_an_authorize_that_fails_is_decided_as_if_offline() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.plug_in(1)
        central.answers["Authorize"].append(Refusal())
        assert await charger.tap(1, CARD)


async def test_a_broken_connector_tells_its_error_and_takes_no_card() -> None:
    async with running_central() as central, make_charger(central) as charger:
        await charger.fault(1, "ConnectorLockFailure")
        told = central.payloads("StatusNotification")[-1]
        assert (told["status"], told["errorCode"]) == ("Faulted", "ConnectorLockFailure")
        await charger.plug_in(1)
        assert not await charger.tap(1, CARD)
        await charger.fault(1)
        assert central.statuses()[-1] == "Preparing"


async def test_two_connectors_charge_independently() -> None:
    async with running_central() as central, make_charger(central, connectors=2) as charger:
        for number in (1, 2):
            await charger.plug_in(number)
            await charger.tap(number, f"CARD{number}")
        await charger.charge_for(1, 300)
        await charger.tap(1, "CARD1")
        await charger.charge_for(2, 300)
        await charger.tap(2, "CARD2")
        starts, stops = central.payloads("StartTransaction"), central.payloads("StopTransaction")
        assert [p["connectorId"] for p in starts] == [1, 2]
        assert [p["transactionId"] for p in stops] == [1, 2]
        assert stops[1]["meterStop"] > stops[0]["meterStop"]


async def test_a_connector_that_does_not_exist_is_named() -> None:
    async with running_central() as central, make_charger(central) as charger:
        with pytest.raises(ValueError, match=r"SIM-1 has no connector 3\."):
            await charger.plug_in(3)
