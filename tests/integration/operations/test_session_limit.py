"""A limit for one session: with its start, for the one that runs, and for no other one after it."""

import httpx
import pytest
from sqlmodel import select

from onetime.models import StoredProfile
from tests.integration.conftest import House
from tests.integration.driving.api_client import asked
from tests.integration.driving.operator import begin_charging, begun, end_charging, expect, refuse, status
from tests.integration.operations.test_current_limit import accept, describe_itself, gives
from tests.integration.operations.test_profiles import booted


async def kept(house: House) -> list[StoredProfile]:
    return await house.services.database.read(lambda s: list(s.exec(select(StoredProfile)).all()))


async def test_a_session_starts_with_its_own_limit(house: House, api: httpx.AsyncClient) -> None:
    """Case 059: a TxProfile without a transaction, whose first period starts at 0."""
    async with house.charger() as charger:
        await status(charger, 1, "Preparing")
        asking = begun(api, "start", connector=1, id_tag="CARD", limit_a=6)
        await describe_itself(charger)
        sent = await expect(charger, "RemoteStartTransaction", {"status": "Accepted"})
        transaction_id = await begin_charging(charger)
        await expect(charger, "GetCompositeSchedule", gives(6))
        result = (await asking).json()["result"]
        profile = sent["chargingProfile"]
        assert (profile["chargingProfilePurpose"], "transactionId" in profile) == ("TxProfile", False)
        assert profile["chargingSchedule"]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 6}]
        assert (result["transaction_id"], result["applied_a"]) == (transaction_id, 6)
        assert {"validFrom", "validTo"} < set(profile)  # what case 059 asks of an Absolute one
        assert {"startSchedule", "duration"} < set(profile["chargingSchedule"])


async def test_a_limit_that_may_not_come_with_the_start_comes_after_it(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await status(charger, 1, "Preparing")
        asking = begun(api, "start", connector=1, id_tag="CARD", limit_a=6)
        await describe_itself(charger)
        await expect(charger, "RemoteStartTransaction", {"status": "Rejected"})
        await expect(charger, "GetConfiguration", {})
        assert "chargingProfile" not in await expect(charger, "RemoteStartTransaction", {"status": "Accepted"})
        transaction_id = await begin_charging(charger)
        profile = await accept(charger, 6)
        assert (await asking).status_code == 200
        assert profile["transactionId"] == transaction_id
        await end_charging(charger, transaction_id)


async def test_the_limit_of_one_session_is_not_imposed_on_the_next(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A TxProfile ends with its transaction (section 3.13): another tenant starts without a limit."""
    async with house.charger() as charger:
        await status(charger, 1, "Preparing")
        asking = begun(api, "start", connector=1, id_tag="CARD-A", limit_a=7)
        await describe_itself(charger)
        await expect(charger, "RemoteStartTransaction", {"status": "Accepted"})
        first = await begin_charging(charger, id_tag="CARD-A")
        await expect(charger, "GetCompositeSchedule", gives(7))
        assert (await asking).status_code == 200
        assert [row.transaction_id for row in await kept(house)] == [first]
        await end_charging(charger, first)
        await begin_charging(charger, id_tag="CARD-B", timestamp="2026-10-05T20:00:00Z")
    assert await booted(house, monkeypatch, {1: 32}) == []


@pytest.mark.parametrize("ends", ["times out", "gives up"])
async def test_the_limit_of_a_start_that_led_to_nothing_is_dropped(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    async with house.charger() as charger:
        await status(charger, 1, "Preparing")
        asking = begun(
            api, "start", connector=1, id_tag="CARD-A", limit_a=7, timeout_s=1.0 if ends == "times out" else 60
        )
        await describe_itself(charger)
        await expect(charger, "RemoteStartTransaction", {"status": "Accepted"})
        if ends == "gives up":
            await status(charger, 1, "Available")
        assert (await asking).json()["code"] == "timed-out"
        assert await kept(house) == []
        await begin_charging(charger, id_tag="CARD-A")
    assert await booted(house, monkeypatch, {1: 32}) == []


async def test_the_limit_of_a_raw_start_belongs_to_its_card(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody follows a raw command: whoever starts first instead of its card gets no limit, nor who comes after."""
    content = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 7}]},
    }
    async with house.charger() as charger:
        payload = {"connectorId": 1, "idTag": "CARD-A", "chargingProfile": content}
        asking = asked(api, "RemoteStartTransaction", payload)
        await expect(charger, "RemoteStartTransaction", {"status": "Accepted"})
        await asking
        first = await begin_charging(charger, id_tag="CARD-B")
        await end_charging(charger, first)
        await begin_charging(charger, id_tag="CARD-A", timestamp="2026-10-05T20:00:00Z")
    assert await booted(house, monkeypatch, {1: 32}) == []


async def test_only_the_session_that_runs_is_limited(house: House, api: httpx.AsyncClient) -> None:
    """Case 057: a TxProfile with the transaction, and with all its dates."""
    async with house.charger() as charger:
        transaction_id = await begin_charging(charger)
        asking = begun(api, "set_current_limit", connector=1, limit_a=8, only_session=True)
        await describe_itself(charger)
        profile = await accept(charger, 8)
        result = (await asking).json()["result"]
    assert (profile["chargingProfilePurpose"], profile["transactionId"]) == ("TxProfile", transaction_id)
    assert {"validFrom", "validTo"} < set(profile)
    assert {"startSchedule", "duration"} < set(profile["chargingSchedule"])
    assert (result["purpose"], result["transaction_id"]) == ("TxProfile", transaction_id)


async def test_without_a_session_there_is_none_to_limit(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        asking = begun(api, "set_current_limit", connector=1, limit_a=8, only_session=True)
        await describe_itself(charger)
        assert (await asking).json()["code"] == "nothing-charging"


async def test_a_start_whose_limit_is_refused_by_callerror_begins_without_it(
    house: House, api: httpx.AsyncClient
) -> None:
    """The limit follows, in the next form where one is refused."""
    async with house.charger() as charger:
        await status(charger, 1, "Preparing")
        asking = begun(api, "start", connector=1, id_tag="CARD", limit_a=6)
        await describe_itself(charger)
        await refuse(charger, "RemoteStartTransaction", "PropertyConstraintViolation")
        await expect(charger, "GetConfiguration", {})
        await expect(charger, "RemoteStartTransaction", {"status": "Accepted"})
        await begin_charging(charger)
        await refuse(charger, "SetChargingProfile", "PropertyConstraintViolation")
        await accept(charger, 6)
        assert (await asking).json()["result"]["applied_a"] == 6
