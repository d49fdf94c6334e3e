"""What a charger is asked once it is in, so that its connectors are shown as they are."""

import asyncio

import pytest

from onetime.gateway.sockets import greeting
from onetime.services.commissioning.enrolment import decide
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.operator import expect, refuse, status


async def test_each_plug_is_asked_when_a_charger_only_tells_of_itself(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """lbbrhzn #2138, open-ocpp #46: asked without a number, it answers for connector 0 alone."""
    async with house.charger() as charger:
        for number, shown in ((0, "Available"), (1, "Charging"), (2, "Preparing")):
            await status(charger, number, shown)
    monkeypatch.setattr(greeting, "SETTLING_S", 0.05)
    monkeypatch.setattr(greeting, "TELLING_S", 0.3)
    async with house.charger(booted=False) as charger:
        asked = [await expect(charger, "TriggerMessage", {"status": "Accepted"})]
        await status(charger, 0, "Available")
        asked.append(await expect(charger, "TriggerMessage", {"status": "Accepted"}))
        await status(charger, 1, "Available")
        asked.append(await expect(charger, "TriggerMessage", {"status": "Accepted"}))
    assert [each.get("connectorId") for each in asked] == [None, 1, 2]


async def test_a_charger_that_cannot_be_told_to_boot_still_tells_its_connectors(settings: Settings) -> None:
    """Accepted by hand, it answers the trigger of a boot with NotImplemented: its status is asked for."""
    closed = settings.model_copy(update={"accept_new_chargers": False})
    async with open_house(closed) as house, house.charger(booted=False) as charger:
        await charger.call("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"})
        await house.services.chargers.life.accept("KEBA-07", "test")
        assert (await refuse(charger, "TriggerMessage", "NotImplemented"))["requestedMessage"] == "BootNotification"
        sent = await expect(charger, "TriggerMessage", {"status": "Accepted"})
        assert sent["requestedMessage"] == "StatusNotification"
        await status(charger, 1, "Available")
        assert 1 in house.services.chargers.live.charger(1).connectors


async def test_a_charger_that_knows_no_triggers_is_let_in_anew_once_it_is_accepted(settings: Settings) -> None:
    closed = settings.model_copy(update={"accept_new_chargers": False})
    async with open_house(closed) as house, house.charger(booted=False) as charger:
        await charger.call("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"})
        await house.services.chargers.life.accept("KEBA-07", "test")
        for _ in range(2):
            await refuse(charger, "TriggerMessage", "NotImplemented")
        await asyncio.wait_for(charger.socket.wait_closed(), 5)


async def test_a_charger_the_command_line_adds_is_seen_before_it_calls(house: House) -> None:
    """The command line is another process; what it added was seen with the first call only."""
    await house.services.database.write(lambda s: decide(s, "NEW-1", "command line", admit=True))
    await house.services.commissioning.enrolment.notice_added()
    assert house.services.chargers.live.find("new-1") is not None
