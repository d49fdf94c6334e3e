"""Reading and writing a charger's settings."""

from typing import Any

import httpx
import pytest

from onetime.services.chargers.settings import STANDARD_KEYS
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.operator import begun, expect, refuse
from tests.integration.driving.raw_charger import RawCharger


def entry(key: str, value: str | None = None, *, readonly: bool = False) -> dict[str, Any]:
    return {"key": key, "readonly": readonly} | ({} if value is None else {"value": value})


def known(*entries: dict[str, Any], unknown: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"configurationKey": list(entries), "unknownKey": list(unknown)}


async def test_all_settings_are_read_at_once(house: House, api: httpx.AsyncClient) -> None:
    """Case 019_1."""
    async with house.charger() as charger:
        asking = begun(api, "read_settings")
        answer = known(entry("HeartbeatInterval", "300"), entry("AuthorizationKey"))
        assert await expect(charger, "GetConfiguration", answer) == {}
        result = (await asking).json()["result"]
    assert result["settings"] == [
        {"key": "AuthorizationKey", "value": None, "readonly": False},
        {"key": "HeartbeatInterval", "value": "300", "readonly": False},
    ]


async def test_one_setting_is_read_alone_whatever_its_case(house: House, api: httpx.AsyncClient) -> None:
    """Case 019_2; B8."""
    async with house.charger() as charger:
        asking = begun(api, "read_settings", keys=["SupportedFeatureProfiles"])
        answer = known(entry("supportedfeatureprofiles", "Core", readonly=True))
        assert await expect(charger, "GetConfiguration", answer) == {"key": ["SupportedFeatureProfiles"]}
        [setting] = (await asking).json()["result"]["settings"]
    assert setting == {"key": "supportedfeatureprofiles", "value": "Core", "readonly": True}


async def test_read_only_is_read_in_every_spelling(house: House, api: httpx.AsyncClient) -> None:
    """evcc #26253, mobilityhouse PR #582 (Scame): numbers and booleans where the specification has texts."""
    said: list[dict[str, Any]] = [
        {"key": "NumberOfConnectors", "readonly": 1, "value": 1},
        {"key": "SupportedFeatureProfiles", "readonly": "true", "value": "Core"},
        {"key": "HeartbeatInterval", "readonly": 0, "value": 300},
        {"key": "LocalAuthorizeOffline", "readonly": "false", "value": True},
        {"key": "BlinkRepeat", "readonly": None},
    ]
    async with house.charger() as charger:
        asking = begun(api, "read_settings")
        await expect(charger, "GetConfiguration", {"configurationKey": said})
        settings = (await asking).json()["result"]["settings"]
    assert {each["key"]: (each["value"], each["readonly"]) for each in settings} == {
        "NumberOfConnectors": ("1", True),
        "SupportedFeatureProfiles": ("Core", True),
        "HeartbeatInterval": ("300", False),
        "LocalAuthorizeOffline": ("true", False),
        "BlinkRepeat": (None, False),
    }


async def test_many_settings_are_read_in_portions_the_charger_can_answer(house: House, api: httpx.AsyncClient) -> None:
    """B3; checklist 39: GetConfigurationMaxKeys."""
    async with house.charger() as charger:
        asking = begun(api, "read_settings", keys=["A", "B", "C", "D", "E"])
        limit = known(entry("GetConfigurationMaxKeys", "3", readonly=True))
        assert await expect(charger, "GetConfiguration", limit) == {"key": ["GetConfigurationMaxKeys"]}
        first = await expect(charger, "GetConfiguration", known(entry("A", "1"), unknown=("B", "C")))
        second = await expect(charger, "GetConfiguration", {"configurationKey": [entry("D", "4"), entry("E", "5")]})
        result = (await asking).json()["result"]
    assert (first["key"], second["key"]) == (["A", "B", "C"], ["D", "E"])
    assert result["unknown"] == ["B", "C"]


async def test_a_charger_that_cannot_tell_everything_is_asked_in_portions_of_four(settings: Settings) -> None:
    """B3: some never answer a question for everything (Entratek)."""
    hasty = settings.model_copy(update={"command_timeout_s": 0.2})
    async with open_house(hasty) as house, house.charger() as charger:
        charger_id = house.services.chargers.live.chargers()[0].id
        record = await house.services.operations.begin(charger_id, "read_settings", {}, "somebody")
        assert (await charger.command())[3] == {}
        read: list[str] = []
        while set(read) != set(STANDARD_KEYS):
            call = await charger.command()
            assert len(call[3]["key"]) <= 4
            read += call[3]["key"]
            await charger.answer(call, known(*(entry(key, "1") for key in call[3]["key"] if "Max" not in key)))
        await house.services.operations.wait(record.id or 0, 10)
    assert set(read) == set(STANDARD_KEYS)
    assert record.result is not None
    assert len(record.result["settings"]) == len([key for key in STANDARD_KEYS if "Max" not in key])


async def test_a_portion_the_charger_chokes_on_is_read_one_by_one(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "read_settings", keys=["A", "B"])
        await refuse(charger, "GetConfiguration", "InternalError")
        assert (await expect(charger, "GetConfiguration", known(entry("A", "1"))))["key"] == ["A"]
        await refuse(charger, "GetConfiguration", "InternalError")
        result = (await asking).json()["result"]
    assert (len(result["settings"]), result["unread"]) == (1, ["B"])


async def write(charger: RawCharger, before: dict[str, Any], status: str) -> dict[str, Any]:
    await expect(charger, "GetConfiguration", before)
    return await expect(charger, "ChangeConfiguration", {"status": status})


async def test_a_setting_is_written_and_read_back(house: House, api: httpx.AsyncClient) -> None:
    """Case 021; B8: under the name the charger has for it."""
    async with house.charger() as charger:
        asking = begun(api, "write_settings", settings={"MeterValueSampleInterval": 60})
        sent = await write(charger, known(entry("meterValueSampleInterval", "300")), "Accepted")
        assert sent == {"key": "meterValueSampleInterval", "value": "60"}
        await expect(charger, "GetConfiguration", known(entry("meterValueSampleInterval", "60")))
        answer = await asking
    assert answer.status_code == 200
    assert answer.json()["result"] == {
        "settings": [{"key": "MeterValueSampleInterval", "asked": "60", "value": "60", "outcome": "written"}],
        "reboot_needed": False,
    }


async def test_a_setting_that_needs_a_boot_is_remembered_until_then(house: House, api: httpx.AsyncClient) -> None:
    """Checklist 40; B5: RebootRequired is success."""
    shown = "/api/v1/chargers/keba-07"
    async with house.charger() as charger:
        asking = begun(api, "write_settings", settings={"WebSocketPingInterval": 30})
        await write(charger, known(entry("WebSocketPingInterval", "60")), "RebootRequired")
        answer = await asking
        assert (answer.status_code, answer.json()["result"]["reboot_needed"]) == (200, True)
        assert (await api.get(shown)).json()["reboot_needed_for"] == ["WebSocketPingInterval"]
    async with house.charger():
        assert (await api.get(shown)).json()["reboot_needed_for"] == []


async def test_the_need_for_a_boot_outlives_the_house(settings: Settings) -> None:
    async with open_house(settings) as house, house.charger() as charger:
        live = house.services.chargers.live.chargers()[0]
        wanted = {"settings": {"K": "1"}}
        record = await house.services.operations.begin(live.id, "write_settings", wanted, "somebody")
        await write(charger, known(entry("K", "0")), "RebootRequired")
        await house.services.operations.wait(record.id or 0, 10)
    async with open_house(settings) as house:
        assert house.services.chargers.live.chargers()[0].reboot_needed_for == "K"


@pytest.mark.parametrize(("status", "code"), [("NotSupported", "not-supported"), ("Rejected", "rejected")])
async def test_a_refused_setting_is_told(house: House, api: httpx.AsyncClient, status: str, code: str) -> None:
    """Cases 040_1 and 040_2."""
    async with house.charger() as charger:
        asking = begun(api, "write_settings", settings={"MeterValueSampleInterval": -1})
        await write(charger, {}, status)
        answer = await asking
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert answer.json()["result"]["settings"][0]["outcome"] == code


async def test_a_setting_that_can_only_be_read_is_not_sent(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "write_settings", settings={"NumberOfConnectors": "3"})
        await expect(charger, "GetConfiguration", known(entry("NumberOfConnectors", "1", readonly=True)))
        answer = await asking
        assert charger.commands.empty()
    assert answer.json()["detail"] == "NumberOfConnectors can only be read."


async def test_a_setting_that_is_not_kept_is_told(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "write_settings", settings={"HeartbeatInterval": 60})
        await write(charger, known(entry("HeartbeatInterval", "300")), "Accepted")
        await expect(charger, "GetConfiguration", known(entry("HeartbeatInterval", "300")))
        assert (await asking).json()["code"] == "not-kept"


async def test_measurands_that_make_a_charger_boot_for_ever_are_not_sent(house: House, api: httpx.AsyncClient) -> None:
    """B4: ABB Terra."""
    async with house.charger(booted=False) as charger:
        await charger.call("BootNotification", {"chargePointVendor": "ABB", "chargePointModel": "Terra AC"})
        asking = begun(api, "write_settings", settings={"MeterValuesSampledData": "Voltage,SoC"})
        await expect(charger, "GetConfiguration", {})
        assert (await asking).json()["code"] == "dangerous"
        assert charger.commands.empty()


@pytest.mark.parametrize("key", ["AuthorizationKey", "securityprofile"])
async def test_what_could_lock_a_charger_out_has_its_own_operation(
    house: House, api: httpx.AsyncClient, key: str
) -> None:
    async with house.charger():
        answer = await begun(api, "write_settings", settings={key: "secret"})
    assert answer.status_code == 422
    assert "secret" not in answer.text


async def test_the_wish_for_service_is_kept_and_shown(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await charger.call("StatusNotification", {"connectorId": 1, "status": "Unavailable", "errorCode": "NoError"})
        asking = begun(api, "change_availability", connector=1, available=False)
        await expect(charger, "ChangeAvailability", {"status": "Accepted"})
        await asking
        [connector] = (await api.get("/api/v1/chargers/keba-07")).json()["connectors"]
    assert connector["wanted_available"] is False


async def test_a_key_goes_out_as_widespread_chargers_spell_it(house: House, api: httpx.AsyncClient) -> None:
    """MicroOcpp and others compare keys letter by letter, and do not know what was typed in another case."""
    typed = {"heartbeatinterval": 60, "cst_backendurl": "ws://x/", "myKey": "1"}
    asked: list[str] = []
    sent: dict[str, str] = {}
    async with house.charger() as charger:
        asking = begun(api, "write_settings", settings=typed)
        while len(sent) < 3:
            call = await charger.command()
            if call[2] == "ChangeConfiguration":
                sent[call[3]["key"]] = call[3]["value"]
                await charger.answer(call, {"status": "RebootRequired"})
            elif call[3].get("key"):
                asked += call[3]["key"]
                found = [entry(key, "300") for key in call[3]["key"] if key == "HeartbeatInterval"]
                unknown = tuple(key for key in call[3]["key"] if key != "HeartbeatInterval")
                await charger.answer(call, known(*found, unknown=unknown))
            else:
                await charger.answer(call, known(entry("MyKey", "0"), entry("Cst_BackendUrl", "ws://old/")))
        assert (await asking).status_code == 200
    assert set(sent) == {"HeartbeatInterval", "Cst_BackendUrl", "MyKey"}
    assert "Cst_BackendUrl" in asked
