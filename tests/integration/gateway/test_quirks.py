"""What real chargers get wrong, over a socket: it is answered as if it were right. The ids are those of the list."""

import asyncio
import json
import time

import pytest

from onetime.gateway.sockets import greeting
from onetime.services.chargers.house_settings import WANTED_SETTINGS
from onetime.services.ocpp_actions.core import Reset, ResetType
from onetime.settings import Settings
from tests.integration.conftest import House

READING = '{"timestamp":"2026-10-05T18:00:00Z","sampledValue":[{"value":"5"}]}'
LONG = "x" * 33
BOOT = '"chargePointVendor":"V","chargePointModel":"M"'
START = '"connectorId":1,"idTag":"A","meterStart":5'
WRONG = [
    ("P1-serial", "BootNotification", f'{{{BOOT},"chargePointSerialNumber":"{LONG}"}}'),
    ("P1-model", "BootNotification", f'{{"chargePointVendor":"V","chargePointModel":"{LONG}"}}'),
    ("P1-info", "StatusNotification", f'{{"connectorId":1,"status":"Available","info":"{LONG * 3}"}}'),
    ("P2", "Authorize", '{"idTag":"04A1","connectorId":1}'),
    ("P3-object", "MeterValues", f'{{"connectorId":1,"meterValue":{READING}}}'),
    ("P3-number", "MeterValues", '{"connectorId":1,"meterValue":[{"timestamp":"","sampledValue":[{"value":5}]}]}'),
    ("P3-empty", "MeterValues", '{"connectorId":1,"meterValue":[{"sampledValue":[{"value":""}]}]}'),
    ("P3-values", "MeterValues", '{"connectorId":1,"meterValue":[{"values":{"value":"5","unit":"Hz"}}]}'),
    ("P3-blanks", "MeterValues", '{"connectorId\\n":" 1 ","meterValue":[]}'),
    ("P4", "StopTransaction", '{"transactionId":,"meterStop":5,}'),
    ("P5", "Heartbeat", "null"),
    ("P7-zone", "StartTransaction", f'{{{START},"timestamp":"2026-10-05T18:00:00"}}'),
    ("P7-offset", "StartTransaction", f'{{{START},"timestamp":"2026-10-05T18:00:00+02"}}'),
    ("P7-1970", "StartTransaction", f'{{{START},"timestamp":"1970-01-01T00:01:00Z"}}'),
    ("P7-future", "StartTransaction", f'{{{START},"timestamp":"2099-01-01T00:00:00Z"}}'),
    ("T6", "StartTransaction", f'{{{START},"reservationId":0}}'),
    ("B10", "StopTransaction", f'{{"transactionId":0,"meterStop":5,"idTag":"{LONG}-"}}'),
    ("T3", "StopTransaction", '{"transactionId":-1,"meterStop":5}'),
    ("T3-null", "StopTransaction", '{"transactionId":null,"meterStop":5,"reason":""}'),
    ("T3-text", "StopTransaction", '{"transactionId":"x","meterStop":"5.4"}'),
    ("T5", "MeterValues", f'{{"connectorId":1,"transactionId":{2**63 - 1},"meterValue":[{READING}]}}'),
    ("T5-text", "MeterValues", f'{{"connectorId":1,"transactionId":"x","meterValue":[{READING}]}}'),
    ("data-object", "DataTransfer", '{"vendorId":"V","data":{"an":"object"}}'),
]


@pytest.fixture
def database_url() -> str | None:
    """A payload is the same on every database."""
    return None


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"command_timeout_s": 0.2})


@pytest.mark.parametrize(("action", "payload"), [pytest.param(*what, id=name) for name, *what in WRONG])
async def test_what_chargers_are_known_to_get_wrong_is_answered(house: House, action: str, payload: str) -> None:
    async with house.charger() as charger:
        answer = await charger.send_raw(f'[2,"m","{action}",{payload}]')
    assert answer[:2] == [3, "m"], answer


@pytest.mark.parametrize("kind", [0, 1, 5, 99])
async def test_a_message_of_an_unknown_type_is_passed_over(house: House, kind: int) -> None:
    """Checklist 11; OCPP-J 1.6, section 4.1.3."""
    async with house.charger() as charger:
        await charger.socket.send(json.dumps([kind, "m", "Heartbeat", {}]))
        assert "currentTime" in await charger.call("Heartbeat", {})


async def test_settings_are_asked_for_a_few_at_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """B3: Entratek answers four keys at most (evcc #15869)."""
    monkeypatch.setattr(greeting, "SETTLING_S", 0.05)
    monkeypatch.setattr(greeting, "QUIET_S", 0.05)
    asked: list[str] = []
    async with house.charger() as charger:
        while len(asked) < len(WANTED_SETTINGS):
            call = await charger.command()
            if call[2] == "GetConfiguration":
                assert len(call[3]["key"]) <= 4
                asked += call[3]["key"]
            await charger.answer(call, {"status": "Accepted"} if call[2] == "TriggerMessage" else {})
    assert sorted(asked) == sorted(WANTED_SETTINGS)


async def test_the_set_up_waits_until_nobody_wants_anything_of_the_charger(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stands at the charger is served first, whatever else it is to be asked."""
    monkeypatch.setattr(greeting, "SETTLING_S", 0.05)
    monkeypatch.setattr(greeting, "QUIET_S", 0.5)
    async with house.charger() as charger:
        trigger = await charger.command()
        await charger.answer(trigger, {"status": "Accepted"})
        commands = house.services.chargers.commands
        assert commands is not None
        resetting = asyncio.create_task(commands.send(charger_id_of(house), Reset(type=ResetType.SOFT), "maria"))
        reset = await charger.command()
        await charger.answer(reset, {"status": "Accepted"})
        await resetting
        answered_at = time.monotonic()
        assert (reset[2], (await charger.command())[2]) == ("Reset", "GetConfiguration")
        assert time.monotonic() - answered_at > 0.4


def charger_id_of(house: House) -> int:
    [charger] = house.services.chargers.live.chargers()
    return charger.id


async def test_a_charger_that_answers_none_of_our_calls_can_charge(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B3: EN+ hangs on every call (evcc #30177); what is asked at the start is best effort."""
    monkeypatch.setattr(greeting, "SETTLING_S", 0.05)
    async with house.charger() as charger:
        await charger.command()
        await asyncio.sleep(0.5)
        started = await charger.call("StartTransaction", {"connectorId": 1, "idTag": "CARD", "meterStart": 0})
        assert started["transactionId"] > 0
        assert charger.commands.empty(), "it is left alone after its first silence"


async def test_a_charger_that_boots_for_ever_with_many_measurands_is_offered_only_its_own_list(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B4: ABB Terra (lbbrhzn #1275)."""
    monkeypatch.setattr(greeting, "SETTLING_S", 0.05)
    monkeypatch.setattr(greeting, "QUIET_S", 0.05)
    offered: list[str] = []
    async with house.charger(booted=False) as charger:
        await charger.call("BootNotification", {"chargePointVendor": "ABB", "chargePointModel": "Terra AC W11"})
        while "StopTxnAlignedData" not in offered:
            call = await charger.command()
            if call[2] == "GetConfiguration":
                keys = [{"key": key, "readonly": False, "value": "0"} for key in call[3]["key"]]
                await charger.answer(call, {"configurationKey": keys})
                continue
            if call[2] == "ChangeConfiguration":
                offered.append(call[3]["key"])
                if call[3]["key"] == "MeterValuesSampledData":
                    assert call[3]["value"] == "Energy.Active.Import.Register"
            await charger.answer(call, {"status": "Rejected" if call[2] == "ChangeConfiguration" else "Accepted"})
    assert offered.count("MeterValuesSampledData") == 1
