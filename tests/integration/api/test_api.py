"""The REST API, asked as a script asks it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from onetime.models import Role
from onetime.services.people.tokens import create_api_token
from tests.integration.conftest import House
from tests.integration.driving.api_client import the_api
from tests.integration.driving.raw_charger import RawCharger

OCTOBER = {"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"}


@pytest.fixture
async def api(house: House) -> AsyncIterator[httpx.AsyncClient]:
    token = await house.services.database.write(lambda s: create_api_token(s, "test", Role.ADMINISTRATOR))
    transport = httpx.ASGITransport(the_api())
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://house", headers=headers) as client:
        yield client


async def charge(charger: RawCharger, day: int, start: int, stop: int) -> int:
    begin, end = f"2026-10-{day:02d}T18:05:00Z", f"2026-10-{day:02d}T18:50:00Z"
    answer = await charger.call(
        "StartTransaction", {"connectorId": 1, "idTag": "CARD", "meterStart": start, "timestamp": begin}
    )
    transaction_id = int(answer["transactionId"])
    await charger.call("StopTransaction", {"transactionId": transaction_id, "meterStop": stop, "timestamp": end})
    return transaction_id


async def all_pages(api: httpx.AsyncClient, url: str, params: dict[str, str]) -> list[dict[str, object]]:
    items: list[dict[str, object]] = []
    following: str | None = str(httpx.URL(url, params=params))
    while following:
        page = (await api.get(following)).json()
        items += page["items"]
        following = page["next"]
    return items


async def test_chargers_are_listed_with_their_connectors(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger("KEBA-07") as charger:
        await charger.call("StatusNotification", {"connectorId": 1, "status": "Available", "errorCode": "NoError"})
        [item] = (await api.get("/api/v1/chargers")).json()["items"]
    assert (item["charger_id"], item["registration"], item["online"]) == ("KEBA-07", "Accepted", True)
    assert [(c["connector_id"], c["state"]) for c in item["connectors"]] == [(1, "available")]


async def test_a_transaction_carries_its_registers_and_its_energy(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger("KEBA-07") as charger:
        transaction_id = await charge(charger, 5, 1_000, 8_345)
    [item] = (await api.get("/api/v1/transactions")).json()["items"]
    assert item == {
        "id": transaction_id, "charger_id": "KEBA-07", "connector_id": 1, "id_tag": "CARD",
        "started_at": "2026-10-05T18:05:00Z", "stopped_at": "2026-10-05T18:50:00Z",
        "meter_start_wh": 1_000, "meter_stop_wh": 8_345, "energy_wh": 7_345, "stop_reason": "Local", "state": "ended",
        "review_state": "clear", "billed": True, "measured_wh": 7_345, "estimated": False, "corrected": False,
        "time_corrected": False, "open_doubts": [],
    }  # fmt: skip


async def test_transactions_come_in_pages_without_a_gap(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        ids = [await charge(charger, day, day * 1_000, day * 1_000 + 500) for day in range(1, 8)]
    items = await all_pages(api, "/api/v1/transactions", {"limit": "3"})
    assert [item["id"] for item in items] == ids


async def test_intervals_add_up_to_the_registers(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger("B") as b, house.charger("A") as a:
        await charge(b, 5, 1_000, 8_345)
        await charge(b, 6, 8_345, 9_001)
        await charge(a, 5, 0, 7)
    items = await all_pages(api, "/api/v1/intervals", {**OCTOBER, "limit": "2"})
    by_charger = {name: sum(int(str(i["energy_wh"])) for i in items if i["charger_id"] == name) for name in ("A", "B")}
    assert by_charger == {"A": 7, "B": 8_001}
    first = next(item for item in items if item["charger_id"] == "B")
    assert (first["start"], first["end"]) == ("2026-10-05T18:00:00Z", "2026-10-05T18:15:00Z")
    assert len({(i["charger_id"], i["connector_id"], i["start"]) for i in items}) == len(items)


async def test_adjacent_periods_add_up_to_the_session(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await charge(charger, 5, 0, 7_345)
    border = "2026-10-05T18:22:00Z"
    before = await all_pages(api, "/api/v1/intervals", {"from": OCTOBER["from"], "to": border})
    after = await all_pages(api, "/api/v1/intervals", {"from": border, "to": OCTOBER["to"]})
    assert sum(int(str(item["energy_wh"])) for item in before + after) == 7_345


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}])
async def test_without_a_valid_token_nothing_is_told(api: httpx.AsyncClient, header: dict[str, str]) -> None:
    api.headers.pop("Authorization")
    answer = await api.get("/api/v1/transactions", headers=header)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_role_that_may_not_is_told_so(house: House, api: httpx.AsyncClient) -> None:
    token = await house.services.database.write(lambda s: create_api_token(s, "installer", Role.INSTALLER))
    answer = await api.get("/api/v1/transactions", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "query", [{}, {"from": "yesterday", "to": "today"}, {"from": OCTOBER["to"], "to": OCTOBER["from"]}]
)
async def test_a_wrong_period_is_a_problem_in_words(api: httpx.AsyncClient, query: dict[str, str]) -> None:
    answer = await api.get("/api/v1/intervals", params=query)
    assert answer.status_code == 422
    assert answer.json()["detail"]


async def test_the_documentation_loads_nothing_from_elsewhere(api: httpx.AsyncClient) -> None:
    page = await api.get("/api/docs")
    assert page.status_code == 200
    assert "https://" not in page.text
    assert "http://" not in page.text.replace("http://house", "")
    assert (await api.get("/api/openapi.json")).json()["info"]["title"] == "Onetime"


async def test_every_route_wants_a_token_and_a_role_that_may(house: House, api: httpx.AsyncClient) -> None:
    tenant = await house.services.database.write(lambda s: create_api_token(s, "tenant", Role.TENANT))
    paths = (await api.get("/api/openapi.json")).json()["paths"]
    assert len(paths) >= 4
    public = {"/api/v1/security/ca.pem"}  # what chargers have to trust is no secret
    for path, methods in paths.items():
        for method in methods if path not in public else ():
            url = path.replace("{charger_id}", "X").replace("{file_id}", "1")
            assert (await api.request(method, url, headers={"Authorization": ""})).status_code == 401, path
            answer = await api.request(method, url, headers={"Authorization": f"Bearer {tenant}"})
            assert answer.status_code == 403, path
