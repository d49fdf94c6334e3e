"""The quarter-hours others bill from: a closed month's change only with its revision, and a series has no holes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx
import pytest

from onetime.models import Role, Site
from onetime.services.billing import closed_months
from tests.integration.billing.test_closed_months import DECEMBER_DAY, charge
from tests.integration.conftest import House
from tests.integration.driving.api_client import client

INTERVALS = "/api/v1/intervals"
OCTOBER = {"from": "2026-10-01T00:00:00+02:00", "to": "2026-11-01T00:00:00+01:00"}
BOTH = {"from": "2026-10-01T00:00:00+02:00", "to": "2026-12-01T00:00:00+01:00"}


@pytest.fixture(autouse=True)
def in_december(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed_months, "utc_now", lambda: DECEMBER_DAY)


async def read(house: House, **more: object) -> httpx.Response:
    async with await client(house, Role.ADMINISTRATOR) as api:
        headers = {"If-None-Match": str(more.pop("etag"))} if "etag" in more else {}
        return await api.get(INTERVALS, params={**OCTOBER, **more}, headers=headers)  # type: ignore[arg-type]  # texts and numbers


def summed(answer: httpx.Response) -> tuple[int, set[int]]:
    items = answer.json()["items"]
    return sum(item["energy_wh"] for item in items), {item["revision"] for item in items}


async def test_a_closed_months_quarter_hours_change_only_with_its_revision(house: House) -> None:
    closing = house.services.billing.closed_months
    await house.services.database.write(lambda s: s.add(Site(name="Seestrasse 12")))
    async with house.charger() as charger:
        await charge(charger, "2026-10-05T18:00:00Z", "2026-10-05T19:00:00Z", 10_000, 15_000)
        await charge(charger, "2026-11-20T18:00:00Z", "2026-11-20T19:00:00Z", 19_000, 21_000)
        assert summed(await read(house)) == (5_000, {0}), "open: it may still change"
        await closing.close("2026-10", "maria")
        closed = await read(house)
        assert summed(closed) == (5_000, {1})
        await charge(charger, "2026-10-20T18:00:00Z", "2026-10-20T19:00:00Z", 15_000, 18_000)
        again = await read(house, etag=closed.headers["ETag"])
        assert (again.status_code, again.content) == (304, b""), "a late session waits for the next closing"
        await closing.close("2026-11", "maria")
    corrected = await read(house, etag=closed.headers["ETag"])
    assert corrected.status_code == 200
    assert summed(corrected) == (8_000, {2})
    assert summed(await read(house, **BOTH)) == (10_000, {1, 2})
    assert corrected.headers["ETag"] != closed.headers["ETag"]


async def test_the_parts_of_a_session_in_a_closed_and_an_open_month_add_up(house: House) -> None:
    await house.services.database.write(lambda s: s.add(Site(name="Seestrasse 12")))
    async with house.charger() as charger:
        await charge(charger, "2026-10-31T22:10:00Z", "2026-11-01T00:05:00Z", 15_000, 19_003)
    before = await read(house, **BOTH)
    await house.services.billing.closed_months.close("2026-10", "maria")
    after = await read(house, **BOTH)
    assert [(i["start"], i["energy_wh"]) for i in after.json()["items"]] == [
        (i["start"], i["energy_wh"]) for i in before.json()["items"]
    ]
    assert summed(after) == (4_003, {0, 1})


async def test_a_series_without_holes_is_what_a_zev_bills_from(house: House) -> None:
    """100 quarter-hours on the day summer time ends, and none that is not yet over."""
    async with house.charger() as charger:
        await charge(charger, "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", 0, 4_000)
    day = {"from": "2026-10-25T00:00:00+02:00", "to": "2026-10-26T00:00:00+01:00"}
    few = (await read(house, **day)).json()["items"]
    assert len(few) == 4
    items = (await read(house, **day, empty="true")).json()["items"]
    assert len(items) == 100
    begins = [datetime.fromisoformat(item["start"]) for item in items]
    assert all(after - before == timedelta(minutes=15) for before, after in pairwise(begins))
    assert [item for item in items if item["energy_wh"]] == few
    assert {item["quality"] for item in items if not item["energy_wh"]} == {None}
    now = datetime.now(UTC)
    span = {"from": (now - timedelta(hours=1)).isoformat(), "to": (now + timedelta(days=1)).isoformat()}
    assert 4 <= len((await read(house, **span, empty="true")).json()["items"]) <= 5


async def test_empty_quarter_hours_come_in_pages_without_a_gap(house: House) -> None:
    async with house.charger() as charger:
        await charge(charger, "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", 0, 4_000)
        await charger.call("StatusNotification", {"connectorId": 2, "status": "Available", "errorCode": "NoError"})
    found: list[tuple[int, str]] = []
    cursor: dict[str, str] = {}
    day = {"from": "2026-10-25T00:00:00+02:00", "to": "2026-10-26T00:00:00+01:00", "empty": "true", "limit": "37"}
    while True:
        page = (await read(house, **day, **cursor)).json()
        found += [(item["connector_id"], item["start"]) for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": httpx.URL(page["next"]).params["cursor"]}
    assert len(found) == len(set(found)) == 200
