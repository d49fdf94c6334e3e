"""A running house, its files and its reports, as others on the machine see them."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from onetime.models import FileKind
from onetime.services.files.multipart import Upload
from onetime.services.files.store import FileFacts
from onetime.settings import Settings
from tests.integration.conftest import open_house


@pytest.fixture(autouse=True)
def generous() -> Iterator[None]:
    """Work under the mask most systems have, whatever the one of this machine."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    paths = [folder, *folder.rglob("*")]
    return [str(path) for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077]


async def once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def test_nothing_a_house_keeps_can_be_read_by_others(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.data_dir.chmod(0o755)  # as an older version made it
    monkeypatch.setenv("ONETIME_DATA_DIR", str(settings.data_dir))
    if settings.database_url:
        monkeypatch.setenv("ONETIME_DATABASE_URL", settings.database_url)
    async with open_house(settings) as house:
        async with house.charger():
            pass
        await house.services.files.store.receive(Upload(once(b"firmware")), FileFacts(FileKind.FIRMWARE, "test"))
        await asyncio.to_thread(house.services.security.authority.root_pem)
        await house.services.billing.reports.build("2026-10", "en", lambda _done, _total, _what: None)
        kept = {path.relative_to(settings.data_dir).parts[0] for path in settings.data_dir.rglob("*")}
        assert {"files", "reports", "security"} <= kept
        assert ("onetime.sqlite3-wal" in kept) is (settings.database_url is None)
        assert open_to_others(settings.data_dir) == []
