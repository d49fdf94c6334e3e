"""Keys and passwords of chargers: wherever they pass, nobody reads them afterwards, whatever the role."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import select

from onetime.models import AuditEntry, OperationRecord, Role
from onetime.services.chargers.messages.listing import find_messages
from onetime.services.chargers.secrets import HIDDEN
from tests.integration.conftest import House
from tests.integration.driving.api_client import KEBA, asked, client
from tests.integration.driving.operator import begun, expect

OLD, NEW, PIN, SENT = "0ld-wifi-s3cret", "n3w-wifi-s3cret", "7305", "vend0r-s3cret"
SECRETS = (OLD, NEW, PIN, SENT)
SILENCED = ("websockets.server", "websockets.client")  # `onetime run` lets them say no more than warnings
SHOWN = {
    "configurationKey": [
        {"key": "WifiPassword", "readonly": False, "value": OLD},
        {"key": "SIMPin", "readonly": False, "value": PIN},
        {"key": "HeartbeatInterval", "readonly": False, "value": "300"},
    ],
    "unknownKey": [],
}


async def ask_for_all(house: House, api: httpx.AsyncClient) -> list[Any]:
    """Let secrets pass on every way there is, and return what the API said to each."""
    said: list[Any] = []
    async with house.charger() as charger:
        asking = asked(api, "GetConfiguration", {})
        await charger.answer(await charger.command(), SHOWN)
        said.append((await asking).json())
        asking = asked(api, "ChangeConfiguration", {"key": "WifiPassword", "value": NEW})
        call = await charger.command()
        assert call[3]["value"] == NEW
        await charger.answer(call, {"status": f"Rejected: {NEW}"})
        said.append((await asking).json())
        asking = asked(api, "ChangeConfiguration", {"key": "WifiPassword", "value": NEW})
        await charger.refuse(await charger.command(), "InternalError", f"cannot keep {NEW}")
        said.append((await asking).json())
        asking = asked(api, "DataTransfer", {"vendorId": "keba", "data": json.dumps({"apiKey": SENT})})
        call = await charger.command()
        assert json.loads(call[3]["data"]) == {"apiKey": SENT}
        await charger.answer(call, {"status": "Accepted", "data": json.dumps({"token": SENT})})
        said.append((await asking).json())
        await charger.call("DataTransfer", {"vendorId": "keba", "data": json.dumps({"adminPassword": OLD})})
        reading = begun(api, "read_settings")
        await expect(charger, "GetConfiguration", SHOWN)
        said.append((await reading).json())
        writing = begun(api, "write_settings", settings={"WifiPassword": NEW})
        await expect(charger, "GetConfiguration", SHOWN)
        assert (await expect(charger, "ChangeConfiguration", {"status": "Accepted"}))["value"] == NEW
        written = {"configurationKey": [{"key": "WifiPassword", "readonly": False, "value": NEW}]}
        await expect(charger, "GetConfiguration", written)
        said.append((await writing).json())
        assert said[-1]["state"] == "done", said[-1]
    said.append((await api.get("/api/v1/messages", params={"limit": 1000})).json())
    said.append((await api.get("/api/v1/chargers/keba-07/operations")).json())
    return said


def _holding(texts: dict[str, str]) -> list[str]:
    return [f"{secret} in {name}" for name, text in texts.items() for secret in SECRETS if secret in text]


async def test_no_answer_no_row_and_no_line_of_the_log_shows_a_secret(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with await client(house, Role.ADMINISTRATOR) as api:
        said = await ask_for_all(house, api)
    await asyncio.sleep(1.2)  # the audit is written lazily
    database = house.services.database
    rows = {
        "audit": await database.read(lambda s: [row.model_dump_json() for row in s.exec(select(AuditEntry))]),
        "operations": await database.read(lambda s: [row.model_dump_json() for row in s.exec(select(OperationRecord))]),
        "journal": await database.read(lambda s: [row.frame for _owner, row in find_messages(s, 1000)]),
    }
    texts = {f"answer {number}": json.dumps(answer) for number, answer in enumerate(said)}
    texts |= {name: "\n".join(kept) for name, kept in rows.items()}
    texts["the log"] = "\n".join(line.getMessage() for line in caplog.records if line.name not in SILENCED)
    assert _holding(texts) == []
    assert all(HIDDEN in "".join(kept) for kept in rows.values())
    assert said[0]["configurationKey"][2]["value"] == "300"
    assert any("WifiPassword" in frame for frame in rows["journal"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_file_of_the_house_holds_a_secret(house: House) -> None:
    async with await client(house, Role.ADMINISTRATOR) as api:
        await ask_for_all(house, api)
    await asyncio.sleep(1.2)
    await house.services.database.close()
    contents = await asyncio.to_thread(_files, house.services.settings.data_dir)
    assert "onetime.sqlite3" in contents
    for name, content in contents.items():
        assert [secret for secret in (OLD, NEW, SENT) if secret.encode() in content] == [], name


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_what_stands_for_a_secret_is_not_written_to_a_charger(house: House) -> None:
    async with await client(house, Role.ADMINISTRATOR) as api, house.charger() as charger:
        answer = await api.post(f"{KEBA}/ChangeConfiguration", json={"key": "WifiPassword", "value": HIDDEN})
        assert answer.status_code == 409
        assert HIDDEN in answer.json()["detail"]
        assert charger.commands.empty()
