"""Sockets: who may connect, who is let in, and what happens to those who are not."""

import asyncio
import json
import time

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from onetime.gateway.sockets import greeting
from onetime.models import Registration
from onetime.services.chargers.commands import ChargerOfflineError, CommandFailedError
from onetime.services.chargers.life import accept_charger
from onetime.services.chargers.messages.listing import list_messages
from onetime.services.ocpp_actions.core import Reset, ResetType
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.raw_charger import RawCharger

BOOT = {"chargePointVendor": "Keba", "chargePointModel": "P30"}
AVAILABLE = {"connectorId": 1, "status": "Available", "errorCode": "NoError"}


@pytest.fixture
def strict(settings: Settings) -> Settings:
    """A house that lets nobody in by itself."""
    return settings.model_copy(update={"accept_new_chargers": False})


async def eventually(true: object, within_s: float = 5.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


async def test_a_new_charger_waits_and_boots_again_once_it_is_accepted(strict: Settings) -> None:
    async with open_house(strict) as house, house.charger("NEW-1", booted=False) as charger:
        assert (await charger.call("BootNotification", BOOT))["status"] == "Pending"
        refused = await charger.exchange("StatusNotification", AVAILABLE)
        assert refused[:3] == [4, refused[1], "SecurityError"]
        await house.services.chargers.life.accept("new-1", "test")
        trigger = await charger.command()
        assert trigger[2:] == ["TriggerMessage", {"requestedMessage": "BootNotification"}]
        await charger.answer(trigger, {"status": "Accepted"})
        answer = await charger.call("BootNotification", BOOT)
        assert answer["status"] == "Accepted"
        assert answer["interval"] > 0
        assert await charger.call("StatusNotification", AVAILABLE) == {}


async def test_a_charger_accepted_by_another_process_is_brought_in(strict: Settings) -> None:
    async with open_house(strict) as house, house.charger("NEW-1", booted=False) as charger:
        await charger.call("BootNotification", BOOT)
        await house.services.database.write(lambda s: accept_charger(s, "NEW-1", "command line"))
        assert (await charger.command())[2] == "TriggerMessage"


async def test_an_accepted_charger_reconnects_without_booting(house: House) -> None:
    """B1; checklist 5 and 18."""
    async with house.charger():
        pass
    async with house.charger(booted=False) as charger:
        assert await charger.call("StatusNotification", AVAILABLE) == {}


async def test_the_identity_is_found_in_any_case(house: House) -> None:
    """C5 (SteVe aeb40a9)."""
    async with house.charger("Keba-07"):
        pass
    async with house.charger("KEBA-07"):
        assert [charger.identity for charger in house.services.chargers.live.chargers()] == ["Keba-07"]


async def test_a_charger_that_leaves_is_offline(house: House) -> None:
    async with house.charger("KEBA-07") as charger:
        await charger.call("StatusNotification", AVAILABLE)
        live = house.services.chargers.live.find("KEBA-07")
        assert live is not None
        assert live.online
    await eventually(lambda: not live.online)
    assert live.offline_since is not None


async def test_the_newest_socket_wins_and_the_old_one_takes_nothing_with_it(house: House) -> None:
    """C7 (OpenEMS #2906); checklist 4."""
    async with house.charger() as old, house.charger() as new:
        await asyncio.wait_for(old.socket.wait_closed(), 5)
        assert "currentTime" in await new.call("Heartbeat", {})
        live = house.services.chargers.live.find("KEBA-07")
        assert live is not None
        assert live.online


async def test_a_socket_without_a_name_is_refused_with_404(house: House) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{house.url}/", subprotocols=["ocpp1.6"])  # type: ignore[list-item]
    assert refused.value.response.status_code == 404


@pytest.mark.parametrize(("offered", "chosen"), [(["ocpp1.6"], "ocpp1.6"), (["ocpp2.0.1", "ocpp1.6"], "ocpp1.6")])
async def test_ocpp_16_is_chosen_among_the_offered(house: House, offered: list[str], chosen: str) -> None:
    async with connect(f"{house.url}/A", subprotocols=offered) as socket:  # type: ignore[arg-type]
        assert socket.subprotocol == chosen


async def test_a_charger_that_names_no_version_is_taken_as_16(house: House) -> None:
    """C1 (Grizzl-E; lbbrhzn #442)."""
    async with RawCharger.connected(f"{house.url}/A", subprotocols=()) as charger:
        assert (await charger.call("BootNotification", BOOT))["status"] == "Accepted"


async def test_other_versions_are_refused_with_400(house: House) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{house.url}/A", subprotocols=["ocpp2.0.1"])  # type: ignore[list-item]
    assert refused.value.response.status_code == 400


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ('[2,"x","Heartbeats",{}]', "NotImplemented"),
        ('[2,"x","Reset",{"type":"Soft"}]', "NotSupported"),
        ('[2,"x","StartTransaction",{}]', "OccurenceConstraintViolation"),
        ('[2,"x","StatusNotification",{"connectorId":"one","status":"Available"}]', "TypeConstraintViolation"),
        ('[2,"x","StartTransaction",{"connectorId":1,', "FormationViolation"),
    ],
)
async def test_no_call_with_an_id_stays_without_an_answer(house: House, frame: str, code: str) -> None:
    async with house.charger() as charger:
        answer = await charger.send_raw(frame)
        assert answer[:3] == [4, "x", code]
        assert "currentTime" in await charger.call("Heartbeat", {})


async def test_every_other_message_of_a_charger_is_answered(house: House) -> None:
    async with house.charger() as charger:
        assert await charger.call("FirmwareStatusNotification", {"status": "Downloaded"}) == {}
        assert await charger.call("DiagnosticsStatusNotification", {"status": "Uploaded"}) == {}
        assert await charger.call("DataTransfer", {"vendorId": "x"}) == {"status": "UnknownVendorId"}
        assert (await charger.call("Heartbeat", None))["currentTime"].endswith("Z")


async def test_frames_are_written_down_as_they_came(house: House) -> None:
    async with house.charger() as charger:
        await charger.call("Heartbeat", {})
    charger_id = house.services.chargers.live.chargers()[0].id
    await house.services.chargers.messages.flush(charger_id)
    frames = (await house.services.database.read(lambda s: list_messages(s, charger_id, 100)))[::-1]
    assert [(m.direction, m.action) for m in frames][:4] == [
        ("received", "BootNotification"), ("sent", "BootNotification"),
        ("received", "Heartbeat"), ("sent", "Heartbeat"),
    ]  # fmt: skip
    assert json.loads(frames[2].frame)[2] == "Heartbeat"


async def test_a_charger_that_cannot_is_named_with_its_reason(house: House) -> None:
    assert house.services.chargers.commands is not None
    async with house.charger() as charger:
        live = house.services.chargers.live.find("KEBA-07")
        assert live is not None
        resetting = asyncio.create_task(
            house.services.chargers.commands.send(live.id, Reset(type=ResetType.SOFT), "anna")
        )
        call = await charger.command()
        assert call[2:] == ["Reset", {"type": "Soft"}]
        await charger.socket.send(json.dumps([4, call[1], "NotSupported", "no reset here", {}]))
        with pytest.raises(CommandFailedError, match="no reset here"):
            await resetting


async def test_a_command_to_a_charger_that_left_fails_at_once(house: House) -> None:
    assert house.services.chargers.commands is not None
    async with house.charger() as charger:
        live = house.services.chargers.live.find("KEBA-07")
        assert live is not None
        resetting = asyncio.create_task(
            house.services.chargers.commands.send(live.id, Reset(type=ResetType.HARD), "anna")
        )
        await charger.command()
    with pytest.raises(ChargerOfflineError):
        await asyncio.wait_for(resetting, 5)
    with pytest.raises(ChargerOfflineError):
        await house.services.chargers.commands.send(live.id, Reset(type=ResetType.HARD), "anna")


async def test_an_accepted_charger_is_asked_for_its_state_and_set_up_for_billing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M7: sampling is off by default on some; what is wanted is set, and read back first."""
    monkeypatch.setattr(greeting, "SETTLING_S", 0.05)
    monkeypatch.setattr(greeting, "QUIET_S", 0.05)
    monkeypatch.setattr(greeting, "TELLING_S", 0.05)
    configured = {}
    async with house.charger() as charger:
        trigger = await charger.command()
        assert trigger[2:] == ["TriggerMessage", {"requestedMessage": "StatusNotification"}]
        await charger.answer(trigger, {"status": "Accepted"})
        while "metervaluesaligneddata" not in configured:
            call = await charger.command()
            if call[2] == "GetConfiguration":
                keys = [{"key": key.lower(), "readonly": False, "value": "0"} for key in call[3]["key"]]
                await charger.answer(call, {"configurationKey": keys})
                continue
            wished = call[3]["value"]
            accepted = "SoC" not in wished
            await charger.answer(call, {"status": "Accepted" if accepted else "Rejected"})
            if accepted:
                configured[call[3]["key"]] = wished
    # In the charger's own spelling: most compare keys letter by letter.
    assert configured["authorizeremotetxrequests"] == "false"
    assert configured["clockaligneddatainterval"] == "900"
    assert configured["metervaluessampleddata"] == "Energy.Active.Import.Register,Power.Active.Import"


async def test_strangers_beyond_the_limit_are_sent_away(strict: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onetime.services.chargers.membership.waiting.WAITING_CHARGERS", 2)
    async with open_house(strict) as house, house.charger("A", booted=False), house.charger("B", booted=False):
        async with connect(f"{house.url}/C", subprotocols=["ocpp1.6"]) as third:  # type: ignore[list-item]
            await asyncio.wait_for(third.wait_closed(), 5)
            assert third.close_code == 1013
        assert [c.registration for c in house.services.chargers.live.chargers()] == [Registration.PENDING] * 2


async def test_a_web_page_may_not_be_a_charger(house: House) -> None:
    """A page in a browser of the house opens a WebSocket in a charger's name; the charger notices nothing."""
    async with house.charger() as charger:
        with pytest.raises(InvalidStatus) as refused:
            async with RawCharger.connected(f"{house.url}/KEBA-07", origin="http://evil.example"):
                pass
        assert refused.value.response.status_code == 403
        await charger.call("Heartbeat", {})
        [knock] = list(house.services.commissioning.knocking)
        assert "no web page" in knock.reason
