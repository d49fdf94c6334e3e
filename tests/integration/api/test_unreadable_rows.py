"""What the API answers where a row cannot be read: the rest, or a sentence."""

import httpx
import pytest
from sqlalchemy import text

from onetime.clock import utc_now
from onetime.models import FileContent, FileKind, Role, SecurityEvent, StoredFile
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.api_client import client, the_api


async def with_a_word_of_everything(house: House) -> None:
    async with house.charger("KEBA-07") as charger:
        await charger.call("Heartbeat", {})
        number = house.services.chargers.live.find("KEBA-07")
        assert number is not None
        event = SecurityEvent(charger_id=number.id, at=utc_now(), kind="X", is_reported=True, is_alert=True)
        file = StoredFile(
            kind=FileKind.LOG, name="a", stored_as="a", size_bytes=1, sha256="0" * 64, content=FileContent.TEXT,
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


async def test_what_nobody_expected_is_answered_with_a_sentence(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with await client(house, Role.ADMINISTRATOR) as api:
        monkeypatch.delattr(house.services.chargers, "live")
        transport = httpx.ASGITransport(the_api(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://house", headers=api.headers) as script:
            answer = await script.get("/api/v1/chargers")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "The log of this system says more." in answer.json()["detail"]
