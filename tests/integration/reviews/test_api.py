"""The inbox as a script sees it: what waits, and a session made of a stop whose start was lost."""

from typing import Any

import httpx
import pytest
from sqlmodel import select

from onetime.models import AuditEntry, Role
from tests.integration.conftest import House
from tests.integration.driving.api_client import client
from tests.integration.driving.metered import inbox, metered_charger, quarters, stamp

REVIEWS = "/api/v1/reviews"
WANTED = {
    "connector_id": 1, "id_tag": "BEAT", "started_at": stamp(90), "stopped_at": stamp(130),
    "meter_start_wh": 5_000, "meter_stop_wh": 9_000, "note": "Beat says so.",
}  # fmt: skip


async def lose_a_start(house: House) -> None:
    async with metered_charger(house) as charger:
        first = await charger.start(0, 1_000)
        await charger.stop(first, 60, 5_000)
        await charger.stop(-1, 130, 9_000, card="BEAT")


async def entry(api: httpx.AsyncClient) -> dict[str, Any]:
    [listed] = (await api.get(REVIEWS)).json()["items"]
    found: dict[str, Any] = (await api.get(f"{REVIEWS}/{listed['id']}")).json()
    assert found.items() >= listed.items()
    return found


async def test_a_session_is_made_of_a_lost_stop_as_it_was_proposed(house: House) -> None:
    await lose_a_start(house)
    async with await client(house, Role.MANAGER) as api:
        listed = await entry(api)
        assert (listed["reason"], listed["charger_id"], listed["can_make_session"]) == (
            "stop_without_start", "KEBA-07", True,
        )  # fmt: skip
        assert '"meterStop": 9000' in listed["message"]
        proposal = listed["proposal"]
        assert (proposal["id_tag"], proposal["meter_start_wh"], proposal["meter_stop_wh"]) == ("BEAT", 5_000, 9_000)
        made = await api.post(f"{REVIEWS}/{listed['id']}/session", json={**proposal, "note": "Beat says so."})
    assert made.status_code == 201
    item = made.json()
    assert (item["energy_wh"], item["corrected"], item["billed"], item["id_tag"]) == (4_000, True, True, "BEAT")
    assert sum(await quarters(house)) == 8_000
    assert await inbox(house) == []
    rows = await house.services.database.read(lambda s: list(s.exec(select(AuditEntry))))
    [audit] = [row for row in rows if row.action == "review.made"]
    assert audit.actor == f"api:test-{Role.MANAGER}"
    assert "Beat says so." in (audit.detail or "")


@pytest.mark.parametrize("role", list(Role))
async def test_who_may_not_decide_makes_no_session_and_sees_no_inbox(house: House, role: Role) -> None:
    await lose_a_start(house)
    [item] = await house.services.reviews.open_items()
    may = role in (Role.ADMINISTRATOR, Role.MANAGER)
    async with await client(house, role) as api:
        answers = [
            await api.get(REVIEWS),
            await api.get(f"{REVIEWS}/{item.id}"),
            await api.post(f"{REVIEWS}/{item.id}/session", json=WANTED),
        ]
    assert [each.status_code for each in answers] == ([200, 200, 201] if may else [403] * 3)
    assert sum(await quarters(house)) == (8_000 if may else 4_000)


async def test_nobody_without_a_token(house: House) -> None:
    async with await client(house, Role.MANAGER) as api:
        api.headers.pop("Authorization")
        assert (await api.get(REVIEWS)).status_code == 401
        assert (await api.post(f"{REVIEWS}/1/session", json=WANTED)).status_code == 401


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"meter_stop_wh": 4_000}, "must not be below"),
        ({"stopped_at": stamp(80)}, "must not end before"),
        ({"started_at": stamp(131), "stopped_at": stamp(131)}, "cannot deliver"),
        ({"meter_stop_wh": 9_000_000}, "cannot deliver"),
        ({"started_at": "0001-01-01T00:00:00Z"}, "2020 at the earliest"),
        ({"started_at": "2024-01-01T00:00:00Z"}, "a year at the most"),
        ({"stopped_at": "2999-01-01T00:00:00Z", "started_at": "2998-12-31T00:00:00Z"}, "in the future"),
        ({"connector_id": 2}, "no such connector"),
        ({"note": "  "}, "in a note"),
        ({"meter_start_wh": 2_000}, "has this energy already"),
        ({"meter_start_wh": -1}, "meter_start_wh"),
        ({"meter_stop_wh": 2**70}, "meter_stop_wh"),
        ({"id_tag": "x" * 501}, "id_tag"),
    ],
)
async def test_what_the_page_refuses_is_refused_with_the_same_sentence(
    house: House, change: dict[str, Any], sentence: str
) -> None:
    await lose_a_start(house)
    async with await client(house, Role.MANAGER) as api:
        listed = await entry(api)
        answer = await api.post(f"{REVIEWS}/{listed['id']}/session", json={**WANTED, **change})
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]
    assert await inbox(house) == ["stop_without_start"]
    assert sum(await quarters(house)) == 4_000


async def test_a_decision_is_made_once_and_of_what_a_session_can_be_made_of(house: House) -> None:
    await lose_a_start(house)
    async with metered_charger(house) as charger:
        number = await charger.start(300, 9_000)
        await charger.stop(number, 330, 8_000)
    async with await client(house, Role.ADMINISTRATOR) as api:
        lost, other = (await api.get(REVIEWS)).json()["items"]
        first = await api.post(f"{REVIEWS}/{lost['id']}/session", json=WANTED)
        again = await api.post(f"{REVIEWS}/{lost['id']}/session", json=WANTED)
        never = await api.post(f"{REVIEWS}/{other['id']}/session", json=WANTED)
        nowhere = await api.post(f"{REVIEWS}/4711/session", json=WANTED)
    assert (other["reason"], other["can_make_session"]) == ("register_went_back", False)
    assert [each.status_code for each in (first, again, never, nowhere)] == [201, 409, 409, 404]
    assert sum(await quarters(house)) == 8_000


async def test_the_inbox_comes_in_pages(house: House) -> None:
    async with metered_charger(house) as charger:
        for step in range(1, 6):
            await charger.stop(-1, 60 * step, 9_000 * step, card="BEAT")
    seen: list[int] = []
    async with await client(house, Role.MANAGER) as api:
        following: str | None = f"{REVIEWS}?limit=2"
        while following:
            page = (await api.get(following)).json()
            seen += [each["id"] for each in page["items"]]
            following = page["next"]
    assert len(seen) == len(set(seen)) == 5
