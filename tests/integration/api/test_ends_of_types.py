"""Dates, numbers and texts at the ends of their types: refused at the edge, and nothing is broken afterwards."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from onetime.models import Card, Role
from onetime.services.cards.holders import CardError, CardFacts
from tests.integration.conftest import House
from tests.integration.driving.api_client import client

HUGE = 10**20
FIRST, LAST = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"


@pytest.mark.parametrize("expires_at", [FIRST, LAST, "1969-12-31T23:59:59Z"])
async def test_a_card_that_expires_at_the_end_of_the_calendar_breaks_no_list(house: House, expires_at: str) -> None:
    async with await client(house, Role.ADMINISTRATOR) as api:
        answer = await api.put("/api/v1/cards/04A1B2C3", json={"expires_at": expires_at})
        assert answer.status_code == 422
        assert "1970 and 2200" in answer.json()["detail"]
        assert (await api.get("/api/v1/cards")).json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("files", {"cursor": HUGE}),
        ("files", {"cursor": -HUGE}),
        ("files/100000000000000000000", {}),
        ("security/events", {"cursor": HUGE}),
        ("transactions", {"cursor": HUGE}),
        ("transactions", {"from": FIRST}),
        ("transactions", {"to": LAST}),
        ("transactions", {"id_tag": "a\0b"}),
        ("transactions/100000000000000000000", {}),
        ("intervals", {"from": FIRST, "to": LAST}),
        ("messages", {"from": FIRST}),
        ("messages", {"cursor": HUGE}),
        ("intervals", {"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z", "cursor": f"{HUGE}.{HUGE}"}),
        ("cards/a%00b", {}),
        ("chargers/KEBA-07/operations", {"cursor": HUGE}),
    ],
)
async def test_what_no_list_holds_is_a_problem_in_words(house: House, address: str, query: dict[str, Any]) -> None:
    async with house.charger(), await client(house, Role.ADMINISTRATOR) as api:
        answer = await api.get(f"/api/v1/{address}", params=query)
    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("PUT", "cards/04A1", '{"tenant": "a\\u0000b"}'),
        ("PUT", "cards/04A1", '{"label": "half \\ud800"}'),
        ("PUT", "cards/04A1", '{"half \\ud800": 1}'),
        ("PUT", "cards/a%00b", "{}"),
        ("PUT", "commissioning", '{"open_until": "9999-12-31T23:59:59-14:00"}'),
        ("POST", "chargers/KEBA-07/commands/DataTransfer", '{"vendorId": "a\\u0000b"}'),
        ("POST", "chargers/KEBA-07/commands/SetChargingProfile", '{"connectorId": 1e400}'),
        ("POST", "chargers/KEBA-07/operations/start?wait=nan", '{"connector": 1, "id_tag": "A"}'),
        ("POST", "chargers/KEBA-07/operations/start?wait=0", '{"connector": 1, "id_tag": "A", "timeout_s": NaN}'),
        ("POST", "chargers/KEBA-07/operations/fetch_log?wait=0", '{"timeout_s": NaN}'),
        ("POST", "chargers/KEBA-07/operations/write_settings?wait=0", '{"settings": {"a": 1e999}}'),
        ("POST", "chargers/KEBA-07/operations/reserve", '{"id_tag": "A", "until": "0001-01-01T00:00:00+14:00"}'),
        ("POST", f"security/events/{HUGE}/seen", ""),
    ],
)
async def test_what_cannot_be_kept_is_refused_before_it_is(house: House, method: str, address: str, body: str) -> None:
    async with house.charger(), await client(house, Role.ADMINISTRATOR) as api:
        answer = await api.request(
            method, f"/api/v1/{address}", content=body, headers={"Content-Type": "application/json"}
        )
    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize("expires_at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
async def test_pages_and_command_line_have_the_same_bounds(house: House, expires_at: datetime) -> None:
    with pytest.raises(CardError, match="1970 and 2199"):
        await house.services.cards.holders.save(CardFacts("04A1", expires_at=expires_at), "admin")
    with pytest.raises(CardError, match="1970 and 2199"):
        await house.services.cards.holders.save(CardFacts("04A1", tenant="Ann", since=expires_at), "admin")
    with pytest.raises(CardError, match="cannot be kept"):
        await house.services.cards.holders.save(CardFacts("04A1", label="a\0b"), "admin")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_card_broken_by_an_older_version_can_be_read_and_repaired(house: House) -> None:
    """SQLite keeps microseconds, so it took the instant that PostgreSQL and Python cannot name."""

    def break_card(session: Session) -> None:
        session.add(Card(id_tag="04A1", id_tag_key="04A1"))
        session.flush()
        session.connection().execute(text("UPDATE card SET expires_at = -62135647200000000"))

    await house.services.database.write(break_card)
    async with await client(house, Role.ADMINISTRATOR) as api:
        [broken] = (await api.get("/api/v1/cards")).json()["items"]
        assert broken["expires_at"].startswith("1800-")
        assert (await api.put("/api/v1/cards/04A1", json={})).json()["expires_at"] is None


async def test_a_page_address_with_a_huge_limit_is_refused(house: House) -> None:
    async with await client(house, Role.ADMINISTRATOR) as api:
        answer: httpx.Response = await api.get("/api/v1/cards", params={"limit": HUGE})
    assert answer.status_code == 422
