"""The log of messages: stored in blocks, read as if it were not, and bounded whatever a charger sends."""

import asyncio
import json
from typing import Any

import pytest

from onetime.clock import utc_now
from onetime.models import Direction, MessageBlock, Role
from onetime.services.chargers.messages import log as message_log
from onetime.services.chargers.messages.listing import MessageRow, list_messages, message_frame
from tests.integration.conftest import House, open_house
from tests.integration.driving.api_client import client
from tests.integration.driving.raw_charger import RawCharger


async def messages(house: House, charger_id: int, **wanted: object) -> list[MessageRow]:
    await house.services.chargers.messages.flush(charger_id)
    limit = 10_000
    return await house.services.database.read(lambda s: list_messages(s, charger_id, limit, **wanted))  # type: ignore[arg-type]


async def say(charger: RawCharger, number: int) -> None:
    await charger.call("DataTransfer", {"vendorId": "x", "data": f"number {number}"})


async def test_blocks_are_read_like_single_messages(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_log, "BLOCK_CHARACTERS", 1_000)
    async with house.charger() as charger, house.charger("OTHER") as other:
        charger_id = house.services.chargers.live.chargers()[0].id
        for number in range(40):
            await say(charger, number)
            await say(other, 1_000 + number)
        found = await messages(house, charger_id, search="NUMBER")
    assert [json.loads(row.frame)[3]["data"] for row in found] == [f"number {n}" for n in range(39, -1, -1)]
    assert len({row.id for row in found}) == 40
    middle = found[20]
    older = await messages(house, charger_id, search="number", before_id=middle.id)
    assert older == found[21:]
    assert await messages(house, charger_id, search="number", before=middle.at) == found[21:]
    read = house.services.database.read
    assert await read(lambda s: message_frame(s, charger_id, middle.id)) == middle.frame
    assert await read(lambda s: message_frame(s, charger_id, middle.id + 10**15)) is None


async def test_problems_are_found_and_repairs_are_counted(house: House) -> None:
    async with house.charger() as charger:
        charger_id = house.services.chargers.live.chargers()[0].id
        status = {"connectorId": "1", "status": "Available", "errorCode": "NoError"}
        await charger.call("StatusNotification", status)
        await charger.call("StatusNotification", status | {"connectorId": 1, "mood": "good"})
        await charger.send_raw('[2,"broken","Heartbeat",{]')
        problems = await messages(house, charger_id, problems_only=True)
        assert len(problems) == 3
        counted = await house.services.chargers.repairs.of(charger_id)
        assert {kind: each.count for kind, each in counted.items()} == {
            "wrong_type": 1, "unknown_field": 1, "unreadable": 1,
        }  # fmt: skip
        await charger.call("StatusNotification", status)
        assert (await house.services.chargers.repairs.of(charger_id))["wrong_type"].count == 2


async def test_a_flood_is_left_out_and_said_so(house: House) -> None:
    async with house.charger() as charger:
        charger_id = house.services.chargers.live.chargers()[0].id
        log = house.services.chargers.messages
        log._gathered[charger_id].budget = message_log.Budget(5_000.0, 0.0)
        for number in range(100):
            await say(charger, number)
        log._gathered[charger_id].budget = message_log.Budget(5_000.0, 0.0)
        await say(charger, 100)
        found = await messages(house, charger_id)
    assert len(found) < 60
    assert any(row.problem is not None and "were not written down" in row.problem for row in found)
    assert "number 100" in found[1].frame


async def test_the_log_goes_on_after_a_restart_even_if_the_clock_went_back(
    settings,
    monkeypatch: pytest.MonkeyPatch,  # type: ignore[no-untyped-def]
) -> None:
    async with open_house(settings) as house, house.charger() as charger:
        charger_id = house.services.chargers.live.chargers()[0].id
        await say(charger, 1)
    async with open_house(settings) as house:
        house.services.chargers.messages.add(
            charger_id, utc_now().replace(year=2020), Direction.SENT, None, "later", None
        )
        found = await messages(house, charger_id)
    assert found[0].frame == "later"
    assert "number 1" in found[2].frame


async def test_messages_that_wait_too_long_are_stored(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_log, "BLOCK_AGE_S", 0.0)
    monkeypatch.setattr(message_log, "LOOK_EVERY_S", 0.01)
    log = house.services.chargers.messages
    async with house.charger():
        charger_id = house.services.chargers.live.chargers()[0].id
        running = asyncio.create_task(log.run())
        while not await house.services.database.read(lambda s: list_messages(s, charger_id, 1)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        running.cancel()
    await house.services.database.append(MessageBlock, [])


async def test_a_script_reads_the_log_by_charger_time_and_action(house: House) -> None:
    """Newest first, in pages, of one charger or of all of them."""
    async with await client(house, Role.INSTALLER) as api, house.charger() as charger, house.charger("B-1") as other:
        for _ in range(3):
            await charger.call("Heartbeat", {})
        await other.call("Heartbeat", {})
        address: str | None = "/api/v1/messages?charger=keba-07&action=heartbeat&limit=4"
        found: list[Any] = []
        while address:
            page = (await api.get(address)).json()
            assert len(page["items"]) <= 4
            found += page["items"]
            address = page["next"]
        everybody = (await api.get("/api/v1/messages", params={"action": "Heartbeat"})).json()["items"]
        later = {"from": found[0]["at"], "to": "2099-01-01T00:00:00Z"}
        since = (await api.get("/api/v1/messages", params=later)).json()["items"]
        earlier = (await api.get("/api/v1/messages", params={"to": "2020-01-01T00:00:00Z"})).json()["items"]
    assert [each["direction"] for each in found] == ["sent", "received"] * 3
    assert {each["charger_id"] for each in found} == {"KEBA-07"}
    assert len(everybody) == 8
    assert [each["id"] for each in everybody] == sorted((each["id"] for each in everybody), reverse=True)
    assert found[0]["id"] in {each["id"] for each in since}
    assert earlier == []


@pytest.mark.parametrize("wrong", ["limit=0", "limit=99999", "cursor=-1", "from=soon", "to=2026-10-05T18:00"])
async def test_a_page_of_the_log_has_bounds(house: House, wrong: str) -> None:
    async with await client(house, Role.INSTALLER) as api:
        answer = await api.get(f"/api/v1/messages?{wrong}")
        assert answer.status_code == 422
        assert "Input" not in answer.json()["detail"]  # a sentence, not a programmer's words
        assert (await api.get("/api/v1/messages?charger=NOBODY")).status_code == 404
    async with await client(house, Role.TENANT) as api:
        assert (await api.get("/api/v1/messages")).status_code == 403


async def test_a_secret_a_charger_echoes_in_its_refusal_is_masked(house: House) -> None:
    """In the operation, in the command's answer and in the log; and quoted JSON is no sentence."""
    key = b"a secret of 20 bytes".hex()
    async with await client(house, Role.ADMINISTRATOR) as api, house.charger() as charger:
        payload = {"key": "AuthorizationKey", "value": key}
        path = "/api/v1/chargers/keba-07/commands/ChangeConfiguration"
        asking = asyncio.create_task(api.post(path, json=payload))
        call = await charger.command()
        await charger.refuse(call, "PropertyConstraintViolation", f'{{"key":"AuthorizationKey","value":"{key[:30]}')
        raw = (await asking).json()
        operation = asyncio.create_task(api.post("/api/v1/chargers/keba-07/operations/change_password"))
        call = await charger.command()
        made = call[3]["value"]
        await charger.refuse(call, "InternalError", f"cannot store {made} or {bytes.fromhex(made).decode()}")
        failed = (await operation).json()
        log = (await api.get("/api/v1/messages?limit=1000")).text
    assert raw["detail"] == "KEBA-07 cannot do this (PropertyConstraintViolation)."
    for secret in (key[:30], made, bytes.fromhex(made).decode()):
        assert all(secret not in text for text in (str(raw), str(failed), log))
