"""What the API answers where a row cannot be read: the rest, or a sentence."""

import re
import secrets

import httpx
import pytest
from sqlalchemy import text

from onetime.clock import utc_now
from onetime.models import FileContent, FileKind, OperationRecord, Role, SecurityEvent, StoredFile
from onetime.services.billing.reports import ReportError
from onetime.services.sessions.history import SessionFilter, list_sessions, total_sessions
from onetime.settings import Settings
from onetime.store.unreadable import UnreadableRowError
from tests.integration.conftest import House, open_house
from tests.integration.driving.api_client import client, the_api
from tests.integration.site.test_unreadable_rows import spoil, trouble


async def with_a_word_of_everything(house: House) -> None:
    async with house.charger("KEBA-07") as charger:
        await charger.call("Heartbeat", {})
        number = house.services.chargers.live.find("KEBA-07")
        assert number is not None
        event = SecurityEvent(charger_id=number.id, at=utc_now(), kind="X", is_reported=True, is_alert=True)
        file = StoredFile(
            kind=FileKind.LOG, name="a", stored_as=secrets.token_hex(4), size_bytes=1,
            sha256="0" * 64, content=FileContent.TEXT,
            charger_id=number.id, created_by="test",
        )  # fmt: skip
        await house.services.database.write(lambda s: s.add_all([event, file]))


@pytest.mark.parametrize("address", ["messages", "files", "security/events"])
async def test_what_belongs_to_a_charger_that_cannot_be_read_is_listed(settings: Settings, address: str) -> None:
    async with open_house(settings) as house:
        await with_a_word_of_everything(house)
        await house.services.database.write(lambda s: s.execute(text("UPDATE charger SET registration = 'new'")))
    async with open_house(settings) as house, await client(house, Role.ADMINISTRATOR) as api:
        answer = await api.get(f"/api/v1/{address}")
        assert answer.status_code == 200, answer.text
        items = answer.json()["items"]
        assert items
        assert {item["charger_id"] for item in items} == {None}


THINGS = {
    "cards": ("card", "UPDATE card SET status = 'x' WHERE id = 1", "cards"),
    "files": ("stored_file", "UPDATE stored_file SET expires_at = {no_time} WHERE id = 1", "files"),
    "events": ("security_event", "UPDATE security_event SET at = {no_time} WHERE id = 1", "security/events"),
    "operations": (
        "operation",
        "UPDATE operation SET parameters = '{{' WHERE id = 1",
        "chargers/KEBA-07/operations",
    ),
    "reviews": ("review_item", "UPDATE review_item SET created_at = {no_time} WHERE id = 1", "reviews"),
}


async def with_two_of_everything(house: House) -> None:
    """Two sessions, cards, files, events, operations and entries of the inbox of one charger."""
    for number in (1, 2):
        await with_a_word_of_everything(house)
        async with house.charger("KEBA-07") as charger:
            await charger.call("Authorize", {"idTag": f"CARD-{number}"})
            begin = {"connectorId": 1, "idTag": f"CARD-{number}", "timestamp": f"2026-10-0{number}T06:00:00Z"}
            session = await charger.call("StartTransaction", {**begin, "meterStart": number * 10_000})
            end = {"meterStop": number * 10_000 + 3_000, "timestamp": f"2026-10-0{number}T07:00:00Z"}
            await charger.call("StopTransaction", {"transactionId": session["transactionId"], **end})
            await charger.call("StopTransaction", {**end, "transactionId": 900 + number, "meterStop": 900_000})
        live = house.services.chargers.live.find("KEBA-07")
        assert live is not None
        row = OperationRecord(charger_id=live.id, name="restart", actor="ada", parameters={}, state="done")  # type: ignore[arg-type]
        await house.services.database.write(lambda s, row=row: s.add(row))  # type: ignore[misc]


@pytest.mark.parametrize("name", THINGS)
async def test_one_thing_that_cannot_be_read_is_left_out_of_its_list_and_named(settings: Settings, name: str) -> None:
    table, statement, address = THINGS[name]
    if settings.database_url is not None and name == "operations":
        pytest.skip("PostgreSQL refuses such a JSON")
    async with open_house(settings) as house, await client(house, Role.ADMINISTRATOR) as api:
        await with_two_of_everything(house)
        whole = (await api.get(f"/api/v1/{address}")).json()["items"]
        assert len(whole) > 1
        await spoil(house, statement)
        answer = await api.get(f"/api/v1/{address}?limit=10")
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["items"]) == len(whole) - 1
        if name != "cards":
            assert len((await api.get(f"/api/v1/{address}?limit=1")).json()["items"]) == 1
        assert f"{table} 1" in trouble(house)


MONEY = {
    "a session's state": ("transaction 1 (KEBA-07)", "UPDATE transaction SET state = 'x' WHERE id = 1"),
    "a session's review": ("transaction 1 (KEBA-07)", "UPDATE transaction SET review_state = 'x' WHERE id = 1"),
    "a session's start": ("transaction 1 (KEBA-07)", "UPDATE transaction SET started_at = {no_time} WHERE id = 1"),
    "a session's end": ("transaction 1 (KEBA-07)", "UPDATE transaction SET stopped_at = {no_time} WHERE id = 1"),
    "a connector": ("connector 1 (KEBA-07)", "UPDATE connector SET status = 'x' WHERE number = 1"),
}
PERIOD = "from=2026-10-01T00:00:00Z&to=2026-10-31T00:00:00Z"


@pytest.mark.parametrize("name", MONEY)
@pytest.mark.parametrize("address", [f"intervals?{PERIOD}", "transactions"])
async def test_nothing_is_billed_without_what_cannot_be_read(settings: Settings, name: str, address: str) -> None:
    row, statement = MONEY[name]
    async with open_house(settings) as house, await client(house, Role.ADMINISTRATOR) as api:
        await with_two_of_everything(house)
        assert (await api.get(f"/api/v1/{address}")).status_code == 200
        await spoil(house, statement)
        answer = await api.get(f"/api/v1/{address}")
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert row in answer.json()["detail"]
        assert row in trouble(house)


@pytest.mark.parametrize(
    ("column", "value"), [("month", "'x'"), ("time_zone", "'x'"), ("closed_at", "{no_time}"), ("begun_at", "{no_time}")]
)
async def test_a_closed_month_that_cannot_be_read_is_named(settings: Settings, column: str, value: str) -> None:
    async with open_house(settings) as house, await client(house, Role.ADMINISTRATOR) as api:
        await with_two_of_everything(house)
        await house.services.billing.closed_months.close("2026-10", "ada")
        await spoil(house, f"UPDATE closed_month SET {column} = {value}")  # noqa: S608 - written above
        answer = await api.get(f"/api/v1/intervals?{PERIOD}")
        assert (answer.status_code, "closed_month 1" in answer.json()["detail"]) == (503, True)


async def test_sessions_are_listed_although_their_card_cannot_be_read(settings: Settings) -> None:
    async with open_house(settings) as house, await client(house, Role.ADMINISTRATOR) as api:
        await with_two_of_everything(house)
        await spoil(house, "UPDATE card SET status = 'x'")
        assert len((await api.get("/api/v1/transactions")).json()["items"]) == 2


@pytest.mark.parametrize("name", MONEY)
async def test_sums_of_sessions_are_refused_with_the_row_s_name(settings: Settings, name: str) -> None:
    row, statement = MONEY[name]
    async with open_house(settings) as house:
        await with_two_of_everything(house)
        await spoil(house, statement)
        with pytest.raises(UnreadableRowError, match=re.escape(row)):
            await house.services.database.read(lambda s: list_sessions(s, SessionFilter(), 10))
        if row.startswith("transaction") and "end" not in name:
            with pytest.raises(UnreadableRowError, match=re.escape(row)):
                await house.services.database.read(lambda s: total_sessions(s, SessionFilter()))


async def test_a_workbook_is_refused_with_the_row_s_name(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETIME_DATA_DIR", str(settings.data_dir))
    if settings.database_url:
        monkeypatch.setenv("ONETIME_DATABASE_URL", settings.database_url)
    async with open_house(settings) as house:
        await with_two_of_everything(house)
        await spoil(house, MONEY["a session's state"][1])
        with pytest.raises(ReportError, match=re.escape("transaction 1 (KEBA-07)")):
            await house.services.billing.reports.build("2026-10", "en", lambda _done, _total, _what: None)


async def test_what_nobody_expected_is_answered_with_a_sentence(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with await client(house, Role.ADMINISTRATOR) as api:
        monkeypatch.delattr(house.services.chargers, "live")
        transport = httpx.ASGITransport(the_api(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://house", headers=api.headers) as script:
            answer = await script.get("/api/v1/chargers")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "The log of this system says more." in answer.json()["detail"]
