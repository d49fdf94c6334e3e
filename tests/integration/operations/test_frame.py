"""Operations: one front door for what an operator thinks in. These stories are about the frame all of them share."""

import asyncio
import json

import httpx
import pytest
from sqlmodel import select

from onetime.events import ChargerChanged, OperationChanged
from onetime.models import AuditEntry, OperationState, Role
from onetime.services.operations.store import KEPT_PER_CHARGER
from onetime.services.operations.table import OPERATIONS
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.api_client import client
from tests.integration.driving.operator import KEBA, begin_charging, begun, end_charging, expect, refuse


async def test_an_operation_answers_when_it_is_done(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "unlock", connector=1)
        await expect(charger, "UnlockConnector", {"status": "Unlocked"})
        answer = await asking
    assert (answer.status_code, answer.json()["state"]) == (200, "done")
    assert answer.json()["result"] == {"connector": 1, "transaction_id": None}
    assert (answer.json()["actor"], answer.json()["parameters"]["connector"]) == ("api:test-administrator", 1)


async def test_one_that_takes_longer_than_anybody_waits_says_where_to_look(
    house: House, api: httpx.AsyncClient
) -> None:
    async with house.charger() as charger:
        answer = await begun(api, "unlock", wait=0, connector=1)
        assert (answer.status_code, answer.json()["state"]) == (202, "running")
        place = answer.headers["location"]
        assert (await api.get(place)).json()["state"] == "running"
        await expect(charger, "UnlockConnector", {"status": "Unlocked"})
        await house.services.operations.wait(answer.json()["id"], 10)
        assert (await api.get(place)).json()["state"] == "done"


async def test_a_failure_is_a_problem_that_holds_the_operation(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "unlock", connector=1)
        await expect(charger, "UnlockConnector", {"status": "UnlockFailed"})
        answer = await asking
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert (problem["type"], problem["detail"]) == (
        "urn:onetime:unlock-failed",
        "The lock did not open; the cable is still held.",
    )
    assert (problem["state"], problem["problem"], problem["code"]) == ("failed", problem["detail"], "unlock-failed")


async def test_a_charger_that_is_away_is_a_conflict(house: House, api: httpx.AsyncClient) -> None:
    gone = asyncio.Event()
    async with house.charger():
        house.services.bus.subscribe(ChargerChanged, lambda _event: gone.set())
    await gone.wait()
    answer = await begun(api, "unlock", connector=1)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:onetime:charger-offline")


async def test_a_callerror_is_told_with_its_code(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "unlock", connector=1)
        await refuse(charger, "UnlockConnector", "InternalError")
        answer = await asking
    assert (answer.status_code, answer.json()["code"], answer.json()["error_code"]) == (
        502,
        "call-error",
        "InternalError",
    )


async def test_a_charger_that_keeps_silent_times_out(settings: Settings) -> None:
    hasty = settings.model_copy(update={"command_timeout_s": 0.1})
    async with open_house(hasty) as house, await client(house, Role.ADMINISTRATOR) as api, house.charger():
        answer = await begun(api, "unlock", connector=1)
    assert (answer.status_code, answer.json()["code"]) == (504, "timed-out")


async def test_a_charger_that_leaves_in_the_middle_is_told_so(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        transaction_id = await begin_charging(charger)
        asking = begun(api, "stop", transaction_id=transaction_id, timeout_s=1.0)
        await expect(charger, "RemoteStopTransaction", {"status": "Accepted"})
        await charger.socket.close()
        answer = await asking
    assert (answer.status_code, answer.json()["code"]) == (409, "charger-offline")
    assert [step["text"] for step in answer.json()["steps"]][-1] == "KEBA-07 lost its connection."


async def test_a_charger_that_comes_back_in_time_still_does_it(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        transaction_id = await begin_charging(charger)
        asking = begun(api, "stop", transaction_id=transaction_id)
        await expect(charger, "RemoteStopTransaction", {"status": "Accepted"})
    async with house.charger(booted=False) as again:
        await end_charging(again, transaction_id)
        assert (await asking).status_code == 200


async def test_wrong_parameters_are_told_and_nothing_is_sent(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        for wrong in ({}, {"connector": 0}, {"connector": 1, "limit": 6}):
            assert (await begun(api, "unlock", **wrong)).status_code == 422
        assert charger.commands.empty()


async def test_an_unknown_name_is_not_found_and_the_others_are_named(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger():
        answer = await begun(api, "explode")
    assert answer.status_code == 404
    assert "unlock" in answer.json()["detail"]


async def test_an_unknown_charger_is_not_found(api: httpx.AsyncClient) -> None:
    assert (await begun(api, "unlock", connector=1)).status_code == 404
    assert (await api.get(KEBA)).status_code == 404


async def test_two_that_collide_run_one_after_the_other(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        first = begun(api, "unlock", connector=1)
        call = await charger.command()
        second = await begun(api, "unlock", connector=1)
        assert (second.status_code, second.json()["type"]) == (409, "urn:onetime:operation-running")
        await charger.answer(call, {"status": "Unlocked"})
        assert (await first).status_code == 200
        third = begun(api, "unlock", connector=1)
        await expect(charger, "UnlockConnector", {"status": "Unlocked"})
        assert (await third).status_code == 200


async def test_the_newest_come_first_and_in_pages(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        for connector in (1, 2, 3):
            asking = begun(api, "unlock", connector=connector)
            await expect(charger, "UnlockConnector", {"status": "Unlocked"})
            await asking
    page = (await api.get(KEBA, params={"limit": 2})).json()
    assert [each["parameters"]["connector"] for each in page["items"]] == [3, 2]
    rest = (await api.get(page["next"])).json()
    assert ([each["parameters"]["connector"] for each in rest["items"]], rest["next"]) == ([1], None)


async def test_only_the_newest_are_kept(house: House) -> None:
    operations = house.services.operations
    async with house.charger():
        pass
    charger_id = house.services.chargers.live.chargers()[0].id
    for _ in range(KEPT_PER_CHARGER + 5):
        record = await operations.begin(charger_id, "unlock", {"connector": 1}, "somebody")
        await operations.wait(record.id or 0, 10)
    assert len(await operations.recent(charger_id, 500)) == KEPT_PER_CHARGER + 1


async def test_what_ran_when_the_house_stopped_has_failed_when_it_runs_again(settings: Settings) -> None:
    async with open_house(settings) as house, house.charger() as charger:
        live = house.services.chargers.live.chargers()[0]
        record = await house.services.operations.begin(live.id, "unlock", {"connector": 1}, "somebody")
        await charger.command()
    async with open_house(settings) as house, await client(house, Role.ADMINISTRATOR) as api:
        shown = (await api.get(f"{KEBA}/{record.id}")).json()
    assert (shown["state"], shown["code"]) == ("failed", "restarted")


async def test_a_power_cut_leaves_no_operation_running(settings: Settings) -> None:
    async with open_house(settings) as house, house.charger() as charger:
        live = house.services.chargers.live.chargers()[0]
        record = await house.services.operations.begin(live.id, "unlock", {"connector": 1}, "somebody")
        await charger.command()
        await house.services.operations.start()  # what a start does, while the row still says running
        [row] = await house.services.database.read(
            lambda s: [(r.state.value, r.code) for r in s.exec(select(type(record)))]
        )
    assert row == ("failed", "restarted")


async def test_who_asked_is_in_the_audit(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "unlock", connector=1, timeout_s=5)
        await expect(charger, "UnlockConnector", {"status": "Unlocked"})
        await asking
    rows = await house.services.database.read(lambda s: list(s.exec(select(AuditEntry)).all()))
    [row] = [row for row in rows if row.action == "operation.unlock"]
    assert (row.actor, row.subject, row.detail) == ("api:test-administrator", "KEBA-07", "connector=1, timeout_s=5.0")


async def test_pages_hear_how_it_goes(house: House, api: httpx.AsyncClient) -> None:
    heard: list[OperationChanged] = []
    house.services.bus.subscribe(OperationChanged, heard.append)
    async with house.charger() as charger:
        transaction_id = await begin_charging(charger)
        asking = begun(api, "stop", connector=1)
        await expect(charger, "RemoteStopTransaction", {"status": "Accepted"})
        await end_charging(charger, transaction_id)
        answer = await asking
    assert len(heard) >= 2
    assert {event.operation_id for event in heard} == {answer.json()["id"]}


@pytest.mark.parametrize(("role", "status"), [(Role.TENANT, 403), (Role.MANAGER, 404)])
async def test_each_operation_has_its_own_permission(house: House, role: Role, status: int) -> None:
    async with await client(house, role) as api:
        assert (await begun(api, "unlock", connector=1)).status_code == status


async def test_every_operation_is_documented_with_its_parameters(api: httpx.AsyncClient) -> None:
    document = (await api.get("/api/openapi.json")).json()
    for operation in OPERATIONS.values():
        route = document["paths"][f"/api/v1/chargers/{{charger_id}}/operations/{operation.name}"]["post"]
        assert f"/{operation.parameters.__name__}" in json.dumps(route["requestBody"])
        assert route["description"]
        assert "application/problem+json" in route["responses"]["409"]["content"]


async def test_one_that_waits_is_cancelled(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        transaction_id = await begin_charging(charger)
        waiting = begun(api, "stop", connector=1)
        await expect(charger, "RemoteStopTransaction", {"status": "Accepted"})
        [running] = (await api.get(KEBA)).json()["items"]
        cancelled = await api.delete(f"{KEBA}/{running['id']}")
        assert (cancelled.status_code, cancelled.json()["code"]) == (200, "cancelled")
        assert (await waiting).json()["detail"] == "test-administrator has cancelled it."
        again = begun(api, "stop", connector=1)  # nothing is in the way any more
        await expect(charger, "RemoteStopTransaction", {"status": "Accepted"})
        await end_charging(charger, transaction_id)
        assert (await again).status_code == 200
    assert (await api.delete(f"{KEBA}/{running['id']}")).status_code == 409
    assert (await api.delete(f"{KEBA}/999999")).status_code == 404
    audited = await house.services.database.read(lambda s: s.exec(select(AuditEntry.action)).all())
    assert "operation.cancel" in audited


async def test_one_that_is_ended_before_its_first_step_is_written_down_as_ended(house: House) -> None:
    async with house.charger():
        operations, [charger] = house.services.operations, house.services.chargers.live.chargers()
        running = await operations.begin(charger.id, "unlock", {"connector": 1}, "maria")
        [following] = operations._running.values()
        following.task.cancel()
        await operations.close()
        ended = await operations.find(charger.id, running.id or 0)
    assert ended is not None
    assert (ended.state, ended.code) == (OperationState.FAILED, "restarted")
    assert operations.running(charger.id) == []


async def test_only_who_may_begin_it_may_cancel_it(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger, await client(house, Role.TENANT) as tenant:
        waiting = begun(api, "unlock", connector=1)
        call = await charger.command()
        [running] = (await api.get(KEBA)).json()["items"]
        assert (await tenant.delete(f"{KEBA}/{running['id']}")).status_code == 403
        await charger.answer(call, {"status": "Unlocked"})
        assert (await waiting).status_code == 200


async def test_sixty_equal_steps_are_one(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "fetch_diagnostics", protocol="http", timeout_s=1)
        await expect(charger, "GetDiagnostics", {"fileName": "log.zip"})
        for _ in range(60):
            await charger.call("DiagnosticsStatusNotification", {"status": "Uploading"})
        steps = (await asking).json()["steps"]
    assert [(step["text"], step["times"]) for step in steps][-1] == ("The charger uploads.", 60)
    assert steps[-1]["last_at"] >= steps[-1]["at"]
