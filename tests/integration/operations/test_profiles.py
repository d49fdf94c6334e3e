"""The profiles chargers have: remembered whoever set them, compared, and given back after a boot."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlmodel import select

from onetime.gateway.sockets import greeting
from onetime.models import StoredProfile
from tests.integration.conftest import House
from tests.integration.driving.api_client import asked
from tests.integration.driving.operator import begin_charging, begun, end_charging, expect, status
from tests.integration.driving.raw_charger import RawCharger


def profile(profile_id: int, purpose: str = "TxDefaultProfile", level: int = 0, limit: float = 10, **more: Any) -> Any:
    schedule = {
        "startSchedule": "2026-01-01T00:00:00.000Z",
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
    }
    return {
        "chargingProfileId": profile_id,
        "stackLevel": level,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "chargingSchedule": schedule,
        **more,
    }


async def put(
    api: httpx.AsyncClient, charger: RawCharger, connector: int, content: Any, said: str = "Accepted"
) -> None:
    asking = asked(api, "SetChargingProfile", {"connectorId": connector, "csChargingProfiles": content})
    await expect(charger, "SetChargingProfile", {"status": said})
    await asking


async def clear(api: httpx.AsyncClient, charger: RawCharger, said: str = "Accepted", **criteria: Any) -> None:
    asking = asked(api, "ClearChargingProfile", criteria)
    await expect(charger, "ClearChargingProfile", {"status": said})
    await asking


async def ids(house: House) -> list[int]:
    return await house.services.database.read(
        lambda s: sorted(row.profile_id for row in s.exec(select(StoredProfile)).all())
    )


async def test_a_profile_of_the_same_id_or_the_same_place_is_replaced(house: House, api: httpx.AsyncClient) -> None:
    """Checklist 42; case 056."""
    async with house.charger() as charger:
        await put(api, charger, 1, profile(1))
        await put(api, charger, 2, profile(2))
        await put(api, charger, 1, profile(3, level=1))
        assert await ids(house) == [1, 2, 3]
        await put(api, charger, 1, profile(4))  # the place of 1
        await put(api, charger, 2, profile(3, level=5))  # the id of 3
        assert await ids(house) == [2, 3, 4]
        await put(api, charger, 1, profile(5, level=7), said="Rejected")
        assert await ids(house) == [2, 3, 4]


@pytest.mark.parametrize(
    ("criteria", "left"),
    [
        ({"id": 2}, [1, 3]),
        ({"id": 2, "connectorId": 9}, [1, 3]),
        ({"connectorId": 1, "chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 0}, [2, 3]),
        ({"chargingProfilePurpose": "TxDefaultProfile"}, [3]),
        ({}, []),
    ],
)
async def test_what_is_cleared_is_forgotten(
    house: House, api: httpx.AsyncClient, criteria: dict[str, Any], left: list[int]
) -> None:
    """Case 067; checklist 42: fields are AND-ed, an id overrides, nothing given clears all."""
    async with house.charger() as charger:
        await put(api, charger, 1, profile(1))
        await put(api, charger, 2, profile(2))
        await put(api, charger, 0, profile(3, "ChargePointMaxProfile"))
        await clear(api, charger, **criteria)
    assert await ids(house) == left


async def test_a_schedule_is_asked_and_compared(house: House, api: httpx.AsyncClient) -> None:
    """Case 066."""
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        await put(api, charger, 1, profile(1, limit=10))
        for told, keeps in ((10, True), (16, False)):
            asking = begun(api, "composite_schedule", connector=1, duration_s=600)
            schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": told}]}
            start = "2026-10-05T18:00:00Z"
            sent = await expect(charger, "GetCompositeSchedule", {
                "status": "Accepted", "connectorId": 1, "scheduleStart": start, "chargingSchedule": schedule,
            })  # fmt: skip
            assert sent == {"connectorId": 1, "duration": 600, "chargingRateUnit": "A"}
            result = (await asking).json()["result"]
            assert result["periods"] == [{"start_s": 0, "at": "2026-10-05T18:00:00+00:00", "limit": told, "phases": 3}]
            assert [each["limit"] for each in result["expected"]] == [10]
            assert result["keeps_to_it"] is keeps


@pytest.mark.parametrize(
    ("answer", "code"),
    [({"status": "Rejected"}, "rejected"), ({"status": "Accepted", "scheduleStart": "soon"}, "unreadable")],
)
async def test_a_schedule_that_is_not_told_is_told(
    house: House, api: httpx.AsyncClient, answer: dict[str, Any], code: str
) -> None:
    async with house.charger() as charger:
        asking = begun(api, "composite_schedule", connector=1)
        await expect(charger, "GetConfiguration", {})
        await expect(charger, "GetCompositeSchedule", answer)
        assert (await asking).json()["code"] == code


async def booted(house: House, monkeypatch: pytest.MonkeyPatch, limits: dict[int, float | None]) -> list[Any]:
    """Boot the charger and return the profiles it is sent; ``limits`` is what its connectors give, None for no word."""
    monkeypatch.setattr(greeting, "SETTLING_S", 0.02)
    monkeypatch.setattr(greeting, "QUIET_S", 0.02)
    monkeypatch.setattr(greeting, "TELLING_S", 0.02)
    sent: list[Any] = []
    async with house.charger() as charger:
        while True:
            try:
                call = await asyncio.wait_for(charger.commands.get(), 1.0)
            except TimeoutError:
                return sent
            if call[2] == "SetChargingProfile":
                sent.append(call[3])
            limit = limits.get(call[3].get("connectorId", 0)) if call[2] == "GetCompositeSchedule" else None
            answer: dict[str, Any] = {"status": "Rejected" if call[2] == "GetCompositeSchedule" else "Accepted"}
            if limit is not None:
                periods = [{"startPeriod": 0, "limit": limit}]
                answer = {"status": "Accepted", "chargingSchedule": {"chargingSchedulePeriod": periods}}
            await charger.answer(call, answer)


async def test_lost_profiles_are_given_back_after_a_boot(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errata 3.37: they should survive, but a charger in another's place never had them."""
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        await put(api, charger, 1, profile(1, limit=10))
        await put(api, charger, 0, profile(2, "ChargePointMaxProfile", limit=20))
        await put(api, charger, 1, profile(3, level=4, validTo="2026-01-02T00:00:00Z"))
    sent = await booted(house, monkeypatch, {1: 32})
    assert [(each["connectorId"], each["csChargingProfiles"]["chargingProfileId"]) for each in sent] == [(0, 2), (1, 1)]


async def test_profiles_that_survived_are_left_alone(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M9: nothing is written to flash without need."""
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        await put(api, charger, 1, profile(1, limit=10))
    assert await booted(house, monkeypatch, {1: 10}) == []


async def test_a_negative_limit_tells_that_they_are_lost(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A widespread library answers -1 where nothing limits."""
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        await put(api, charger, 1, profile(1, limit=10))
        asking = begun(api, "composite_schedule", connector=1)
        schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": -1.0}]}
        await expect(charger, "GetCompositeSchedule", {"status": "Accepted", "chargingSchedule": schedule})
        result = (await asking).json()["result"]
        assert ([each["limit"] for each in result["periods"]], result["keeps_to_it"]) == ([None], False)
    assert len(await booted(house, monkeypatch, {1: -1})) == 1


async def test_a_charger_that_does_not_tell_gets_them_again(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        await put(api, charger, 1, profile(1))
    assert len(await booted(house, monkeypatch, {1: None})) == 1


async def test_a_session_s_profile_comes_back_only_while_the_session_runs(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.charger() as charger:
        first = await begin_charging(charger, 1)
        second = await begin_charging(charger, 2)
        await put(api, charger, 1, profile(1, "TxProfile", transactionId=first))
        await put(api, charger, 2, profile(2, "TxProfile", transactionId=second))
        await end_charging(charger, first)
    sent = await booted(house, monkeypatch, {})
    assert [each["csChargingProfiles"]["transactionId"] for each in sent] == [second]


async def test_the_profile_of_a_remote_start_comes_back_with_its_session(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 059."""
    async with house.charger() as charger:
        payload = {"connectorId": 1, "idTag": "CARD", "chargingProfile": profile(1, "TxProfile")}
        asking = asked(api, "RemoteStartTransaction", payload)
        await expect(charger, "RemoteStartTransaction", {"status": "Accepted"})
        await asking
        transaction_id = await begin_charging(charger)
    [sent] = await booted(house, monkeypatch, {})
    assert sent["csChargingProfiles"]["transactionId"] == transaction_id
