"""Reset, availability and messages on request, each followed to its end."""

import json
from typing import Any

import httpx
import pytest

from tests.integration.conftest import House
from tests.integration.driving.operator import begin_charging, begun, end_charging, expect, refuse, status

BOOT = {"chargePointVendor": "Keba", "chargePointModel": "P30", "firmwareVersion": "1.2"}


@pytest.mark.parametrize(("asked", "sent"), [("hard", "Hard"), ("soft", "Soft")])
async def test_a_reset_is_done_when_the_charger_has_booted(
    house: House, api: httpx.AsyncClient, asked: str, sent: str
) -> None:
    """Cases 013 and 014."""
    async with house.charger() as charger:
        asking = begun(api, "reset", type=asked)
        assert await expect(charger, "Reset", {"status": "Accepted"}) == {"type": sent}
    async with house.charger(booted=False) as again:
        await again.call("BootNotification", BOOT)
        answer = await asking
    assert (answer.status_code, answer.json()["result"]) == (200, {"firmware_version": "1.2"})


async def test_a_charger_that_comes_back_without_a_boot_is_back_too(house: House, api: httpx.AsyncClient) -> None:
    """OCPP-J 1.6, section 5.4; B1."""
    async with house.charger() as charger:
        asking = begun(api, "reset")
        await expect(charger, "Reset", {"status": "Accepted"})
        await charger.call("Heartbeat", {})
        assert not asking.done()
    async with house.charger(booted=False) as again:
        await again.call("Heartbeat", {})
        assert (await asking).status_code == 200


async def test_a_reset_answered_by_hanging_up_is_a_reset(house: House, api: httpx.AsyncClient) -> None:
    """The request has left: the charger restarts instead of answering."""
    async with house.charger() as charger:
        asking = begun(api, "reset")
        assert (await charger.command())[2] == "Reset"
    async with house.charger(booted=False) as again:
        await again.call("BootNotification", BOOT)
        answer = await asking
    assert (answer.status_code, answer.json()["result"]) == (200, {"firmware_version": "1.2"})


async def test_another_request_answered_by_hanging_up_may_have_been_heeded(
    house: House, api: httpx.AsyncClient
) -> None:
    async with house.charger() as charger:
        asking = begun(api, "unlock", connector=1)
        await charger.command()
    answer = await asking
    assert (answer.status_code, answer.json()["code"]) == (504, "connection-lost")


async def test_a_refused_reset_is_told(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "reset")
        await expect(charger, "Reset", {"status": "Rejected"})
        assert (await asking).json()["code"] == "rejected"


async def test_a_charger_that_does_not_restart_is_told(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "reset", timeout_s=0.1)
        await expect(charger, "Reset", {"status": "Accepted"})
        assert (await asking).status_code == 504


@pytest.mark.parametrize("back", [0, 1])
async def test_out_of_service_is_taken_back_while_it_waits(house: House, api: httpx.AsyncClient, back: int) -> None:
    """It waits for the end of a session, up to a day; whoever asks otherwise meanwhile counts."""
    async with house.charger() as charger:
        transaction_id = await begin_charging(charger)
        waiting = begun(api, "change_availability", connector=1, available=False)
        await expect(charger, "ChangeAvailability", {"status": "Scheduled"})
        taken_back = begun(api, "change_availability", connector=back, available=True)
        assert (await expect(charger, "ChangeAvailability", {"status": "Accepted"}))["type"] == "Operative"
        assert (await taken_back).status_code == 200
        assert (await waiting).json()["code"] == "replaced"
        await end_charging(charger, transaction_id)


async def test_a_connector_goes_out_of_service_and_back(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        for available, kind, shown in ((False, "Inoperative", "Unavailable"), (True, "Operative", "Available")):
            asking = begun(api, "change_availability", connector=1, available=available)
            sent = await expect(charger, "ChangeAvailability", {"status": "Accepted"})
            assert sent == {"connectorId": 1, "type": kind}
            await status(charger, 1, shown)
            assert (await asking).json()["result"]["connectors"] == [1]


async def test_the_whole_charger_is_out_of_service_when_each_connector_is(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        for connector in (0, 1, 2):
            await status(charger, connector, "Available")
        asking = begun(api, "change_availability", available=False)
        await expect(charger, "ChangeAvailability", {"status": "Accepted"})
        await status(charger, 1, "Unavailable")
        assert not asking.done()
        await status(charger, 2, "Unavailable")
        assert (await asking).json()["result"]["connectors"] == [1, 2]


async def test_a_charger_that_refuses_as_a_whole_is_asked_connector_by_connector(
    house: House, api: httpx.AsyncClient
) -> None:
    """B12."""
    async with house.charger() as charger:
        for connector in (1, 2):
            await status(charger, connector, "Available")
        asking = begun(api, "change_availability", available=False)
        assert (await expect(charger, "ChangeAvailability", {"status": "Rejected"}))["connectorId"] == 0
        for connector in (1, 2):
            sent = await expect(charger, "ChangeAvailability", {"status": "Accepted"})
            assert sent["connectorId"] == connector
            await status(charger, connector, "Unavailable")
        assert (await asking).status_code == 200


async def test_a_scheduled_change_waits_for_the_end_of_the_session(house: House, api: httpx.AsyncClient) -> None:
    """B12; checklist 43: Scheduled is success later."""
    async with house.charger() as charger:
        transaction_id = await begin_charging(charger)
        asking = begun(api, "change_availability", connector=1, available=False, timeout_s=0.1)
        await expect(charger, "ChangeAvailability", {"status": "Scheduled"})
        await end_charging(charger, transaction_id)
        await status(charger, 1, "Unavailable")
        answer = await asking
    assert answer.json()["result"]["was_scheduled"] is True


async def test_a_refused_change_of_service_is_told(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        asking = begun(api, "change_availability", connector=1, available=False)
        await expect(charger, "ChangeAvailability", {"status": "Rejected"})
        assert (await asking).json()["detail"] == "KEBA-07 refuses at connector 1."


async def test_a_connector_that_does_not_say_so_is_told(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        asking = begun(api, "change_availability", connector=1, available=False, timeout_s=0.1)
        await expect(charger, "ChangeAvailability", {"status": "Accepted"})
        answer = await asking
    assert answer.json()["detail"] == "KEBA-07 has not said that it is out of service."


METER_VALUES = {"connectorId": 1, "meterValue": [{"timestamp": "2026-10-05T18:00:00Z", "sampledValue": []}]}
MESSAGES: list[tuple[str, dict[str, Any]]] = [
    ("MeterValues", METER_VALUES),
    ("Heartbeat", {}),
    ("StatusNotification", {"connectorId": 1, "status": "Available", "errorCode": "NoError"}),
    ("DiagnosticsStatusNotification", {"status": "Idle"}),
    ("FirmwareStatusNotification", {"status": "Idle"}),
]


@pytest.mark.parametrize(("name", "payload"), MESSAGES)
async def test_a_message_is_asked_for_and_arrives(
    house: House, api: httpx.AsyncClient, name: str, payload: dict[str, Any]
) -> None:
    """Case 054."""
    async with house.charger() as charger:
        asking = begun(api, "trigger", message=name, connector=1)
        assert await expect(charger, "TriggerMessage", {"status": "Accepted"}) == {
            "requestedMessage": name,
            "connectorId": 1,
        }
        await charger.call(name, payload)
        answer = await asking
    assert (answer.status_code, answer.json()["result"]["kind"]) == (200, name)


async def test_another_connectors_message_is_not_the_one_asked_for(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "trigger", message="StatusNotification", connector=2, timeout_s=0.2)
        await expect(charger, "TriggerMessage", {"status": "Accepted"})
        await status(charger, 1, "Available")
        assert (await asking).status_code == 504


async def test_a_charger_without_the_one_trigger_is_asked_with_the_other(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "trigger", message="Heartbeat")
        await refuse(charger, "TriggerMessage", "NotImplemented")
        await expect(charger, "ExtendedTriggerMessage", {"status": "Accepted"})
        await charger.call("Heartbeat", {})
        assert (await asking).status_code == 200


async def test_a_message_of_the_whitepaper_is_asked_for_in_its_way(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "trigger", message="LogStatusNotification")
        await expect(charger, "ExtendedTriggerMessage", {"status": "Accepted"})
        await charger.call("LogStatusNotification", {"status": "Idle", "requestId": 1})
        answer = await asking
    assert answer.json()["result"]["message"]["status"] == "Idle", json.dumps(answer.json())


@pytest.mark.parametrize(("said", "code"), [("Accepted", None), ("Rejected", "rejected")])
async def test_the_cache_of_cards_is_cleared(house: House, api: httpx.AsyncClient, said: str, code: str | None) -> None:
    """Case 061."""
    async with house.charger() as charger:
        asking = begun(api, "clear_cache")
        assert await expect(charger, "ClearCache", {"status": said}) == {}
        assert (await asking).json()["code"] == code


async def test_a_refused_trigger_is_told(house: House, api: httpx.AsyncClient) -> None:
    """Case 055: it is not asked once more in the whitepaper's words."""
    async with house.charger() as charger:
        asking = begun(api, "trigger", message="MeterValues", connector=1)
        await expect(charger, "TriggerMessage", {"status": "Rejected"})
        assert (await asking).json()["code"] == "rejected"
        assert charger.commands.empty()


async def test_a_message_that_cannot_be_asked_for_is_told(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "trigger", message="DiagnosticsStatusNotification")
        await expect(charger, "TriggerMessage", {"status": "NotImplemented"})
        assert (await asking).json()["code"] == "not-supported"
