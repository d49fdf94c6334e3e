"""What is kept running: each says when it has done its work, and one bad item of it stops no other."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import func, select

from onetime.gateway import server as gateway_server
from onetime.models import FileKind, MeterReading, StoredFile
from onetime.ports import memory
from onetime.services.chargers.messages import log, repairs
from onetime.services.files import keeping
from onetime.services.security import signing
from onetime.services.security.certificates import showing
from onetime.services.sessions.readings import thinning
from onetime.settings import Settings
from onetime.store.unreadable import UnreadableRow
from tests.integration.conftest import House, open_house
from tests.integration.driving.sessions import sample, start, stop


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def test_all_kept_work_says_when_a_pass_is_finished(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the banner would stay after the first time it died."""
    often = ((log, "LOOK_EVERY_S"), (repairs, "STORE_EVERY_S"), (gateway_server, "PING_EVERY_S"))
    for module, name in (*often, (showing, "CERTIFICATE_CHECK_S"), (memory, "LOOK_EVERY_S")):
        monkeypatch.setattr(module, name, 0.1)
    changes = {"ocpp_tls_port": 0, "stop_grace_s": 1}
    async with open_house(settings.model_copy(update=changes)) as house:
        tasks = house.services.background.tasks()
        assert len(tasks) >= 14
        await until(lambda: all(task.passes for task in tasks))


async def test_one_session_that_cannot_be_read_is_thinned_last(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinning, "PAUSE_S", 0)
    monkeypatch.setattr(thinning, "SESSIONS_PER_STEP", 1)
    begin = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
    for identity in ("KEBA-07", "KEBA-08"):
        async with house.charger(identity) as charger:
            minutes = [sample(15_000 + 100 * n, (begin + timedelta(minutes=n)).isoformat()) for n in range(1, 60)]
            await charger.call("StopTransaction", stop(await start(charger), transactionData=minutes))
    spoilt = "UPDATE {} SET authorization_status = '', stop_reason = '', review_state = 'new' WHERE id = 1"

    def spoil(session: Any) -> None:
        session.execute(text(spoilt.format(session.get_bind().dialect.identifier_preparer.quote("transaction"))))

    await house.services.database.write(spoil)
    unread: list[UnreadableRow] = []
    later = datetime.now(UTC) + timedelta(days=1)
    assert await thinning.thin_sessions_before(house.services.database, later, unread.append) == 59 - 7
    assert {row.name for row in unread} == {"transaction 1 (KEBA-07)"}
    left = await house.services.database.read(lambda s: s.exec(select(func.count()).select_from(MeterReading)).one())
    assert left == 2 * 59 - (59 - 7)


async def old_files(house: House, *names: str) -> None:
    now = datetime.now(UTC)

    def add(session: Any) -> None:
        for name in names:
            session.add(
                StoredFile(
                    kind=FileKind.DIAGNOSTICS, name=name, stored_as=name, size_bytes=1, sha256="0" * 64, content="",
                    created_at=now, created_by="test", expires_at=now - timedelta(days=1),
                )
            )  # fmt: skip

    await house.services.database.write(add)
    house.services.files.store.folder.mkdir(exist_ok=True)


async def test_a_file_that_cannot_be_deleted_keeps_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PAUSE_S", 0)
    store = house.services.files.store
    await old_files(house, "a", "b")
    (store.folder / "a").mkdir()  # no file at all: unlinking it fails, for root too
    (store.folder / "b").write_bytes(b"b")
    unread: list[UnreadableRow] = []
    assert await keeping.delete_expired(house.services.database, store, datetime.now(UTC), unread.append) == 2
    assert not (store.folder / "b").exists()
    assert unread == []


@pytest.mark.parametrize("name", ["CAST(x'ff41' AS TEXT)", "x'00ff'"])
async def test_a_file_whose_name_cannot_be_read_stays_and_keeps_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if house.services.settings.database_url is not None:
        pytest.skip("PostgreSQL refuses such a text")
    monkeypatch.setattr(keeping, "PAUSE_S", 0)
    monkeypatch.setattr(keeping, "STEP_FILES", 1)
    store = house.services.files.store
    await old_files(house, "a", "b")
    (store.folder / "b").write_bytes(b"b")
    spoilt = text(f"UPDATE stored_file SET stored_as = {name} WHERE id = 1")  # noqa: S608 - written above
    await house.services.database.write(lambda s: s.execute(spoilt))
    unread: list[UnreadableRow] = []
    assert await keeping.delete_expired(house.services.database, store, datetime.now(UTC), unread.append) == 1
    assert [row.name for row in unread] == ["stored_file 1"]
    assert not (store.folder / "b").exists()


async def test_a_start_goes_on_where_a_file_cannot_be_removed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = settings.data_dir / "files"
    folder.mkdir()
    for name in ("left", "over"):
        (folder / name).write_bytes(b"half")
    unlink = Path.unlink

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        if path.name == "left":
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    async with open_house(settings):
        assert [path.name for path in folder.iterdir()] == ["left"]


async def test_a_charger_whose_renewal_fails_keeps_no_other_from_its(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(signing, "RENEWAL_CHECK_S", 0.01)
    certificates, looked = house.services.security.certificates, set[str]()

    def needs_renewal(charger: Any) -> bool:
        looked.add(charger.identity)
        raise OverflowError

    monkeypatch.setattr(certificates, "_needs_renewal", needs_renewal)
    async with house.charger("KEBA-07"), house.charger("KEBA-08"):
        renewing = asyncio.create_task(certificates.keep_renewed())
        await until(lambda: looked == {"KEBA-07", "KEBA-08"})
        renewing.cancel()
    assert "KEBA-07 needs a new certificate could not be told" in caplog.text
