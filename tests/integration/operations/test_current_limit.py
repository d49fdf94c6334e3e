"""Setting and clearing a current limit, until it really holds."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlmodel import select

from onetime.models import StoredProfile
from onetime.services.operations.charging import applied, current_limit
from tests.integration.conftest import House
from tests.integration.driving.operator import begin_charging, begun, expect, status
from tests.integration.driving.raw_charger import RawCharger

ABLE = {
    "configurationKey": [
        {"key": "chargingscheduleallowedchargingrateunit", "readonly": True, "value": "Current"},
        {"key": "ChargeProfileMaxStackLevel", "readonly": True, "value": "3"},
        {"key": "ConnectorSwitch3to1PhaseSupported", "readonly": True, "value": "false"},
    ]
}


def gives(limit: float, unit: str = "A", **more: Any) -> dict[str, Any]:
    """What GetCompositeSchedule is answered."""
    periods = [{"startPeriod": 0, "limit": limit, **more}]
    schedule = {"duration": 300, "chargingRateUnit": unit, "chargingSchedulePeriod": periods}
    return {"status": "Accepted", "connectorId": 1, "chargingSchedule": schedule}


async def describe_itself(charger: RawCharger, said: dict[str, Any] | None = None) -> None:
    """Answer what is asked before a limit is set: its key for portions, then its abilities."""
    await expect(charger, "GetConfiguration", {})
    for _ in range(2):
        await expect(charger, "GetConfiguration", said if said is not None else ABLE)


async def accept(charger: RawCharger, applied_a: float) -> dict[str, Any]:
    """Accept the next profile, give what the composite schedule then says, and return the profile."""
    sent = await expect(charger, "SetChargingProfile", {"status": "Accepted"})
    await expect(charger, "GetCompositeSchedule", gives(applied_a))
    profile: dict[str, Any] = sent["csChargingProfiles"]
    return profile


async def kept(house: House) -> list[StoredProfile]:
    return await house.services.database.read(lambda s: list(s.exec(select(StoredProfile)).all()))


async def test_a_limit_is_done_when_the_charger_keeps_to_it(house: House, api: httpx.AsyncClient) -> None:
    """Case 056; M8: what holds is shown, not what was asked."""
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        asking = begun(api, "set_current_limit", connector=1, limit_a=10, duration_s=3600)
        await describe_itself(charger)
        sent = await expect(charger, "SetChargingProfile", {"status": "Accepted"})
        await expect(charger, "GetCompositeSchedule", gives(9.5))
        result = (await asking).json()["result"]
    profile = sent["csChargingProfiles"]
    assert (sent["connectorId"], profile["chargingProfilePurpose"], profile["stackLevel"]) == (1, "TxDefaultProfile", 3)
    assert {"validFrom", "validTo"} < set(profile)
    assert {"startSchedule", "duration"} < set(profile["chargingSchedule"])
    assert not {"transactionId", "recurrencyKind"} & set(profile)
    assert (result["asked_a"], result["applied_a"], result["known_from"]) == (10, 9.5, "composite schedule")
    assert [row.profile_id for row in await kept(house)] == [profile["chargingProfileId"]]


async def test_a_refused_form_leads_to_the_next(house: House, api: httpx.AsyncClient) -> None:
    """M8: stack level 0 only, Relative only."""
    tried: list[tuple[int, str]] = []
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        asking = begun(api, "set_current_limit", connector=1, limit_a=10)
        await describe_itself(charger)
        while not tried or tried[-1] != (0, "Relative"):
            call = await charger.command()
            profile = call[3]["csChargingProfiles"]
            tried.append((profile["stackLevel"], profile["chargingProfileKind"]))
            await charger.answer(call, {"status": "Accepted" if tried[-1] == (0, "Relative") else "Rejected"})
        assert "startSchedule" not in profile["chargingSchedule"]
        await expect(charger, "GetCompositeSchedule", gives(10))
        assert (await asking).json()["result"]["kind"] == "Relative"
    assert tried[0] == (3, "Absolute")


async def test_a_charger_that_only_knows_watts_gets_watts(house: House, api: httpx.AsyncClient) -> None:
    """M8; B8: Huawei."""
    said = {"configurationKey": [{"key": "ChargingScheduleAllowedChargingRateUnit", "readonly": True, "value": "W"}]}
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        asking = begun(api, "set_current_limit", connector=1, limit_a=10)
        await describe_itself(charger, said)
        sent = await expect(charger, "SetChargingProfile", {"status": "Accepted"})
        await expect(charger, "GetCompositeSchedule", gives(6900, "W"))
        result = (await asking).json()["result"]
    assert sent["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] == 6900
    assert (result["applied_a"], result["unit"]) == (10, "W")


async def test_a_charger_that_only_limits_sessions_gets_a_session_s_profile(
    house: House, api: httpx.AsyncClient
) -> None:
    """Case 057; M8: TxProfile only."""
    async with house.charger() as charger:
        transaction_id = await begin_charging(charger)
        asking = begun(api, "set_current_limit", connector=1, limit_a=8)
        await describe_itself(charger, {})
        for _ in range(4):
            sent = await expect(charger, "SetChargingProfile", {"status": "Rejected"})
            assert sent["csChargingProfiles"]["chargingProfilePurpose"] == "TxDefaultProfile"
        profile = await accept(charger, 8)
        assert (await asking).json()["result"]["purpose"] == "TxProfile"
        assert (profile["chargingProfilePurpose"], profile["transactionId"]) == ("TxProfile", transaction_id)


async def test_a_limit_that_is_accepted_and_ignored_is_told(house: House, api: httpx.AsyncClient) -> None:
    """M8: Grizzl-E 3.09."""
    async with house.charger() as charger:
        await begin_charging(charger)
        asking = begun(api, "set_current_limit", connector=1, limit_a=8)
        await describe_itself(charger, {})
        for _ in range(8):
            await accept(charger, 32)
        answer = await asking
    assert (answer.status_code, answer.json()["code"]) == (409, "not-applied")


async def test_a_charger_without_a_schedule_to_tell_is_heard_in_its_readings(
    house: House, api: httpx.AsyncClient
) -> None:
    """M8: Current.Offered."""
    offered = [{"value": value, "measurand": "Current.Offered", "phase": phase, "unit": "A"}
               for value, phase in (("7.9", "L1"), ("8.0", "L2"))]  # fmt: skip
    async with house.charger() as charger:
        await begin_charging(charger)
        asking = begun(api, "set_current_limit", connector=1, limit_a=8)
        await describe_itself(charger)
        await expect(charger, "SetChargingProfile", {"status": "Accepted"})
        await expect(charger, "GetCompositeSchedule", {"status": "Rejected"})
        await expect(charger, "TriggerMessage", {"status": "Accepted"})
        reading = {"timestamp": "2026-10-05T18:10:00Z", "sampledValue": offered}
        await charger.call("MeterValues", {"connectorId": 1, "meterValue": [reading]})
        result = (await asking).json()["result"]
    assert (result["applied_a"], result["known_from"]) == (8, "Current.Offered")


async def test_a_charger_that_tells_nothing_is_believed(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applied, "READING_S", 0.1)
    async with house.charger() as charger:
        await begin_charging(charger)
        asking = begun(api, "set_current_limit", connector=1, limit_a=8)
        await describe_itself(charger)
        await expect(charger, "SetChargingProfile", {"status": "Accepted"})
        await expect(charger, "GetCompositeSchedule", {"status": "Rejected"})
        await expect(charger, "TriggerMessage", {"status": "Accepted"})
        answer = await asking
    assert (answer.status_code, answer.json()["result"]["applied_a"]) == (200, None)


async def test_a_refused_limit_is_told(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        asking = begun(api, "set_current_limit", connector=1, limit_a=8)
        await describe_itself(charger, {"unknownKey": ["SupportedFeatureProfiles"]})
        for _ in range(4):
            await expect(charger, "SetChargingProfile", {"status": "NotSupported"})
        assert (await asking).json()["code"] == "rejected"
    assert await kept(house) == []


async def test_the_whole_charger_is_limited_by_its_own_profile_and_not_too_often(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M9: each one is written to flash."""
    monkeypatch.setattr(current_limit, "CHARGER_LIMIT_EVERY_S", 0.5)
    async with house.charger() as charger:
        for limit in (20.0, 10.0):
            asking = begun(api, "set_current_limit", limit_a=limit)
            await describe_itself(charger)
            sent = await expect(charger, "SetChargingProfile", {"status": "Accepted"})
            await expect(charger, "GetCompositeSchedule", gives(limit))
            answer = (await asking).json()
            assert sent["connectorId"] == 0
            assert sent["csChargingProfiles"]["chargingProfilePurpose"] == "ChargePointMaxProfile"
            waited = any("only just written" in step["text"] for step in answer["steps"])
            assert waited == (limit == 10.0)
    assert len(await kept(house)) == 1


async def test_a_charger_whose_maximum_has_no_effect_gets_its_share_at_each_connector(
    house: House, api: httpx.AsyncClient
) -> None:
    """M8."""
    async with house.charger(booted=False) as charger:
        await charger.call("BootNotification", {"chargePointVendor": "Grizzl-E", "chargePointModel": "Duo"})
        for connector in (1, 2):
            await status(charger, connector, "Available")
        asking = begun(api, "set_current_limit", limit_a=32)
        await describe_itself(charger)
        profile = await accept(charger, 16)
        assert (await asking).status_code == 200
    assert profile["chargingProfilePurpose"] == "TxDefaultProfile"
    assert profile["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] == 16


async def test_one_phase_is_named_only_where_the_charger_can_switch(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        for said, named in ((ABLE, False), ({}, True)):
            asking = begun(api, "set_current_limit", connector=1, limit_a=10, phases=1)
            await describe_itself(charger, said)
            profile = await accept(charger, 10)
            assert ("numberPhases" in profile["chargingSchedule"]["chargingSchedulePeriod"][0]) == named
            await asking


async def test_a_form_that_is_refused_by_callerror_leads_to_the_next(house: House, api: httpx.AsyncClient) -> None:
    """lbbrhzn #677, #1019, #1565 (Autel, Plaza): PropertyConstraintViolation for one purpose."""
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        asking = begun(api, "set_current_limit", limit_a=10)
        await describe_itself(charger, {})
        while (call := await charger.command())[2] == "SetChargingProfile":
            if call[3]["csChargingProfiles"]["chargingProfilePurpose"] == "TxDefaultProfile":
                await charger.answer(call, {"status": "Accepted"})
            else:
                await charger.refuse(call, "PropertyConstraintViolation", "SHALL NOT be Relative")
        await charger.answer(call, {"status": "Rejected"})
        answer = (await asking).json()
    assert answer["result"]["purpose"] == "TxDefaultProfile"
    assert any("PropertyConstraintViolation" in step["text"] for step in answer["steps"])


async def test_a_negative_limit_means_that_nothing_limits(house: House, api: httpx.AsyncClient) -> None:
    """MicroOcpp answers -1 where no profile counts: the limit that was accepted does not hold."""
    async with house.charger() as charger:
        await begin_charging(charger)
        asking = begun(api, "set_current_limit", connector=1, limit_a=8)
        await describe_itself(charger)
        await accept(charger, -1)
        await accept(charger, 8)
        answer = (await asking).json()
    assert (answer["result"]["applied_a"], answer["steps"][1]["text"]) == (
        8,
        "It accepted the limit, but tells of none.",
    )


async def test_readings_without_an_offer_end_the_wait_for_one(house: House, api: httpx.AsyncClient) -> None:
    """Most chargers never send Current.Offered."""
    async with house.charger() as charger:
        await begin_charging(charger)
        asking = begun(api, "set_current_limit", connector=1, limit_a=8)
        await describe_itself(charger)
        await expect(charger, "SetChargingProfile", {"status": "Accepted"})
        await expect(charger, "GetCompositeSchedule", {"status": "Rejected"})
        await expect(charger, "TriggerMessage", {"status": "Accepted"})
        reading = {"timestamp": "2026-10-05T18:10:00Z", "sampledValue": [{"value": "15100"}]}
        await charger.call("MeterValues", {"connectorId": 1, "meterValue": [reading]})
        result = (await asyncio.wait_for(asking, 5)).json()["result"]
    assert (result["applied_a"], result["known_from"]) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit_a": -1},
        {"limit_a": 6.25},
        {"limit_a": 6, "until": "2020-01-01T00:00:00Z"},
        {"limit_a": 6, "phases": 2},
        {"limit_a": 6, "only_session": True},
    ],
)
async def test_a_limit_that_makes_no_sense_is_not_sent(
    house: House, api: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    async with house.charger() as charger:
        assert (await begun(api, "set_current_limit", **wrong)).status_code == 422
        assert charger.commands.empty()
