"""Clearing the profiles a charger holds: by criteria, by their numbers, or all of them."""

from typing import Any

import httpx
import pytest

from tests.integration.conftest import House
from tests.integration.driving.operator import begun, expect, refuse, status
from tests.integration.operations.test_current_limit import accept, describe_itself, gives, kept
from tests.integration.operations.test_profiles import ids, profile, put


@pytest.mark.parametrize(
    ("criteria", "sent", "left"),
    [
        ({"profile_id": 2}, {"id": 2}, [1, 3]),
        (
            {"connector": 1, "purpose": "TxDefaultProfile", "stack_level": 0},
            {"connectorId": 1, "chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 0},
            [2, 3],
        ),
        ({}, {}, []),
    ],
)
async def test_profiles_are_cleared_by_criteria_or_all_at_once(
    house: House, api: httpx.AsyncClient, criteria: dict[str, Any], sent: dict[str, Any], left: list[int]
) -> None:
    """Case 067."""
    async with house.charger() as charger:
        await put(api, charger, 1, profile(1))
        await put(api, charger, 2, profile(2))
        await put(api, charger, 0, profile(3, "ChargePointMaxProfile"))
        asking = begun(api, "clear_charging_profiles", **criteria)
        assert await expect(charger, "ClearChargingProfile", {"status": "Accepted"}) == sent
        result = (await asking).json()["result"]
    assert (result["left"], await ids(house)) == (left, left)


async def test_profiles_an_earlier_system_left_are_cleared_too(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "clear_charging_profiles", connector=0, purpose="TxDefaultProfile")
        sent = await expect(charger, "ClearChargingProfile", {"status": "Accepted"})
        answer = (await asking).json()
    assert sent == {"connectorId": 0, "chargingProfilePurpose": "TxDefaultProfile"}
    assert (answer["state"], answer["result"]["status"]) == ("done", "Accepted")


async def test_a_charger_that_clears_by_number_only_is_told_each(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await put(api, charger, 1, profile(1))
        await put(api, charger, 2, profile(2))
        asking = begun(api, "clear_charging_profiles")
        await refuse(charger, "ClearChargingProfile", "FormationViolation")
        for number in (1, 2):
            assert await expect(charger, "ClearChargingProfile", {"status": "Accepted"}) == {"id": number}
        assert (await asking).json()["result"]["cleared"] == [1, 2]


async def test_a_refused_clearing_is_told(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "clear_charging_profiles")
        await refuse(charger, "ClearChargingProfile", "NotSupported")
        assert (await asking).json()["code"] == "rejected"


async def test_a_limit_that_cannot_be_cleared_by_its_number_is_cleared_by_its_place(
    house: House, api: httpx.AsyncClient
) -> None:
    async with house.charger() as charger:
        await put(api, charger, 1, profile(1_000_005))
        asking = begun(api, "clear_current_limit", connector=1)
        await refuse(charger, "ClearChargingProfile", "PropertyConstraintViolation")
        for purpose in ("TxDefaultProfile", "TxProfile"):
            sent = await expect(charger, "ClearChargingProfile", {"status": "Accepted"})
            assert sent == {"connectorId": 1, "chargingProfilePurpose": purpose}
        await expect(charger, "GetCompositeSchedule", {"status": "Rejected"})
        assert (await asking).json()["state"] == "done"


async def test_a_limit_is_cleared_by_its_id(house: House, api: httpx.AsyncClient) -> None:
    """Case 067."""
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        asking = begun(api, "set_current_limit", connector=1, limit_a=10)
        await describe_itself(charger)
        profile = await accept(charger, 10)
        await asking
        asking = begun(api, "clear_current_limit", connector=1)
        sent = await expect(charger, "ClearChargingProfile", {"status": "Accepted"})
        assert sent == {"id": profile["chargingProfileId"]}
        await expect(charger, "GetCompositeSchedule", gives(32))
        cleared = {"connector": 1, "cleared": 1, "applied_a": 32, "known_from": "composite schedule"}
        assert (await asking).json()["result"] == cleared
    assert await kept(house) == []


async def test_a_limit_nobody_here_knows_is_cleared_by_its_place(house: House, api: httpx.AsyncClient) -> None:
    """Case 067."""
    async with house.charger() as charger:
        asking = begun(api, "clear_current_limit")
        for purpose in ("ChargePointMaxProfile", "TxDefaultProfile"):
            sent = await expect(charger, "ClearChargingProfile", {"status": "Unknown"})
            assert sent == {"connectorId": 0, "chargingProfilePurpose": purpose}
        await expect(charger, "GetConfiguration", {})
        await expect(charger, "GetCompositeSchedule", gives(32))
        assert (await asking).json()["result"]["cleared"] == 0
