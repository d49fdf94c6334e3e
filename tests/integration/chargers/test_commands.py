"""The front door for commands: what the REST API sends, and what it says of the answer."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlmodel import Session, select

from onetime.models import AuditEntry, Role
from onetime.services.chargers.messages.listing import list_messages
from onetime.services.ocpp_actions.core import Reset, ResetType
from onetime.services.ocpp_actions.trigger import MessageTrigger, TriggerMessage
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.api_client import KEBA, asked, client

BOOT = {"chargePointVendor": "Keba", "chargePointModel": "P30"}


@pytest.fixture
def database_url() -> str | None:
    """These rules are the same on every database."""
    return None


@pytest.fixture
async def api(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with await client(house, Role.ADMINISTRATOR) as opened:
        yield opened


async def test_the_answer_of_the_charger_is_the_answer(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = asked(api, "GetConfiguration", {"key": ["HeartbeatInterval"]})
        call = await charger.command()
        assert call[2:] == ["GetConfiguration", {"key": ["HeartbeatInterval"]}]
        reported = {"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]}
        await charger.answer(call, reported)
        answer = await asking
    assert (answer.status_code, answer.json()) == (200, reported)


async def test_a_refusal_is_an_answer_too(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = asked(api, "Reset", {"type": "Soft"})
        await charger.answer(await charger.command(), {"status": "Rejected"})
        answer = await asking
    assert (answer.status_code, answer.json()) == (200, {"status": "Rejected"})


async def test_an_answer_that_ocpp_does_not_allow_is_passed_on_as_it_came(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = asked(api, "ClearCache", {})
        await charger.answer(await charger.command(), {"status": "Perhaps", "vendor": 1})
        assert (await asking).json() == {"status": "Perhaps", "vendor": 1}


async def test_a_command_without_fields_needs_no_body(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = asyncio.create_task(api.post(f"{KEBA}/GetLocalListVersion"))
        call = await charger.command()
        assert call[2:] == ["GetLocalListVersion", {}]
        await charger.answer(call, {"listVersion": 0})
        assert (await asking).json() == {"listVersion": 0}


async def test_a_charger_that_is_away_is_a_conflict(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger():
        pass
    await asyncio.sleep(0.1)
    answer = await api.post(f"{KEBA}/ClearCache", json={})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:onetime:charger-offline"
    assert answer.json()["detail"] == "KEBA-07 is not connected."


async def test_an_error_of_the_charger_is_told_with_its_code(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = asked(api, "UnlockConnector", {"connectorId": 1})
        call = await charger.command()
        await charger.socket.send(json.dumps([4, call[1], "InternalError", "the motor is stuck", {"axis": 2}]))
        answer = await asking
    problem = answer.json()
    assert (answer.status_code, problem["error_code"]) == (502, "InternalError")
    assert (problem["error_description"], problem["error_details"]) == ("the motor is stuck", {"axis": 2})
    assert (problem["charger_id"], problem["action"]) == ("KEBA-07", "UnlockConnector")


async def test_a_charger_nobody_knows_is_not_found(api: httpx.AsyncClient) -> None:
    assert (await api.post(f"{KEBA}/Reset", json={"type": "Soft"})).status_code == 404


@pytest.mark.parametrize(("name", "hint"), [("reset", "spelt Reset"), ("Explode", "ClearCache")])
async def test_an_action_nobody_knows_is_not_found(house: House, api: httpx.AsyncClient, name: str, hint: str) -> None:
    async with house.charger():
        answer = await api.post(f"{KEBA}/{name}", json={})
    assert answer.status_code == 404
    assert hint in answer.json()["detail"]


@pytest.mark.parametrize(
    ("action", "payload", "word"),
    [
        ("Reset", {"type": "Medium"}, "Hard"),
        ("Reset", {}, "missing"),
        ("UnlockConnector", {"connectorId": 0}, "at least 1"),
        ("ChangeConfiguration", {"key": "K" * 51, "value": ""}, "50"),
        ("TriggerMessage", {"requestedMessage": "Heartbeat", "extra": 1}, "extra"),
    ],
)
async def test_what_ocpp_does_not_allow_is_not_sent(
    house: House, api: httpx.AsyncClient, action: str, payload: dict[str, Any], word: str
) -> None:
    async with house.charger() as charger:
        answer = await api.post(f"{KEBA}/{action}", json=payload)
        assert charger.commands.empty()
    assert answer.status_code == 422
    assert word in answer.json()["detail"]


async def test_a_charger_that_waits_for_acceptance_is_neither_started_nor_stopped(settings: Settings) -> None:
    """Checklist 19."""
    strict = settings.model_copy(update={"accept_new_chargers": False})
    async with (
        open_house(strict) as house,
        await client(house, Role.ADMINISTRATOR) as api,
        house.charger(booted=False) as c,
    ):
        assert (await c.call("BootNotification", BOOT))["status"] == "Pending"
        refused = await api.post(f"{KEBA}/RemoteStartTransaction", json={"idTag": "A"})
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:onetime:charger-not-accepted")
        assert (await api.post(f"{KEBA}/RemoteStopTransaction", json={"transactionId": 1})).status_code == 409
        asking = asked(api, "GetConfiguration", {})
        await c.answer(await c.command(), {})
        assert (await asking).status_code == 200


async def test_one_command_is_under_way_and_the_others_are_listed_behind_it(
    house: House, api: httpx.AsyncClient
) -> None:
    """B6; checklist 9."""
    async with house.charger() as charger:
        asking = [asked(api, "ClearCache", {})]
        first = await charger.command()
        asking.append(asked(api, "Reset", {"type": "Soft"}))
        listed: list[dict[str, Any]] = []
        while len(listed) < 2:
            listed = (await api.get(KEBA)).json()["items"]
        assert charger.commands.empty()
        assert [(item["action"], item["state"], item["asked_by"]) for item in listed] == [
            ("ClearCache", "sent", "api:test-administrator"),
            ("Reset", "queued", "api:test-administrator"),
        ]
        await charger.answer(first, {"status": "Accepted"})
        await charger.answer(await charger.command(), {"status": "Accepted"})
        assert [(await each).status_code for each in asking] == [200, 200]
        assert (await api.get(KEBA)).json()["items"] == []


async def test_a_charger_is_answered_while_it_has_not_answered_us(house: House, api: httpx.AsyncClient) -> None:
    """B6; checklist 9: calls may cross."""
    async with house.charger() as charger:
        asking = asked(api, "ClearCache", {})
        call = await charger.command()
        assert "currentTime" in await charger.call("Heartbeat", {})
        await charger.answer(call, {"status": "Accepted"})
        assert (await asking).status_code == 200


async def test_a_caller_that_goes_away_leaves_one_call_under_way(house: House) -> None:
    """Checklist 9: what was sent has to be answered before the next call."""
    commands = house.services.chargers.commands
    live = house.services.chargers.live
    assert commands is not None
    async with house.charger() as charger:
        charger_id = live.chargers()[0].id
        given_up = asyncio.create_task(commands.send(charger_id, Reset(type=ResetType.SOFT), "anna"))
        sent = await charger.command()
        given_up.cancel()
        following = asyncio.create_task(
            commands.send(charger_id, TriggerMessage(requested_message=MessageTrigger.HEARTBEAT), "anna")
        )
        await asyncio.sleep(0.05)
        assert charger.commands.empty()
        await charger.answer(sent, {"status": "Accepted"})
        await charger.answer(await charger.command(), {"status": "Accepted"})
        await following


async def test_who_asked_for_what_and_how_it_ended_is_kept(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = asked(api, "Reset", {"type": "Hard"})
        await charger.answer(await charger.command(), {"status": "Accepted"})
        await asking
    await api.post(f"{KEBA}/ClearCache")
    await asyncio.sleep(1.2)

    def work(session: Session) -> list[AuditEntry]:
        return [row for row in session.exec(select(AuditEntry)) if row.action.startswith("command.")]

    rows = await house.services.database.read(work)
    assert [(row.actor, row.action, row.subject, row.detail) for row in rows] == [
        ("api:test-administrator", "command.Reset", "KEBA-07", "Accepted"),
        ("api:test-administrator", "command.ClearCache", "KEBA-07", "ChargerOffline"),
    ]


async def test_a_password_for_a_charger_is_never_written_down(house: House, api: httpx.AsyncClient) -> None:
    """Security whitepaper, A01.FR.09; checklist 48."""
    secret = "4F43415F4F4354545F61646D696E5F74657374"
    async with house.charger() as charger:
        asking = asked(api, "ChangeConfiguration", {"key": "AuthorizationKey", "value": secret})
        call = await charger.command()
        assert call[3]["value"] == secret
        await charger.answer(call, {"status": "Accepted"})
        await asking
    charger_id = house.services.chargers.live.chargers()[0].id
    await house.services.chargers.messages.flush(charger_id)
    frames = [row.frame for row in await house.services.database.read(lambda s: list_messages(s, charger_id, 100))]
    assert any("AuthorizationKey" in frame for frame in frames)
    assert not any(secret in frame for frame in frames)


@pytest.mark.parametrize("role", [Role.INSTALLER, Role.MANAGER, Role.TENANT])
async def test_commands_by_hand_are_for_administrators_as_the_console_is(house: House, role: Role) -> None:
    async with await client(house, role) as api:
        assert (await api.post(f"{KEBA}/ClearCache")).status_code == 403
        assert (await api.get(KEBA)).status_code == 403


async def test_every_action_is_documented_with_its_request_and_its_response(api: httpx.AsyncClient) -> None:
    document = (await api.get("/api/openapi.json")).json()
    prefix = "/api/v1/chargers/{charger_id}/commands/"
    routes = {path.removeprefix(prefix): item["post"] for path, item in document["paths"].items() if prefix in path}
    assert len(routes) == 26
    for action, route in routes.items():
        shown = json.dumps(route["requestBody"]) + json.dumps(route["responses"]["200"])
        assert f'/{action}"' in shown
        assert f'/{action}Response"' in shown
