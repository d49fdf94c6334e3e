"""A start that fails leaves nothing open: no thread, no connection, no task, and the next one succeeds."""

import asyncio
import threading

import pytest
from sqlalchemy import Engine

from onetime.services import runtime
from onetime.services.commissioning.entry import CommissioningServices
from onetime.services.operations.service import OperationService
from onetime.services.security.entry import SecurityServices
from onetime.settings import Settings


@pytest.mark.parametrize("at", ["migrate", "restore", "start", "last start", "close"])
async def test_what_a_failed_start_opened_is_closed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def fail(*_args: object) -> None:
        msg = "nothing works today"
        raise RuntimeError(msg)

    async def fail_later(*_args: object) -> None:
        fail()

    engines: list[Engine] = []
    create = runtime.create_database_engine

    def note(url: str) -> Engine:
        engines.append(create(url))
        return engines[-1]

    monkeypatch.setattr(runtime, "create_database_engine", note)
    with monkeypatch.context() as patch:
        match at:
            case "migrate":
                patch.setattr(runtime, "migrate", fail)
            case "restore":
                patch.setattr(CommissioningServices, "restore", fail)
            case "start":
                patch.setattr(SecurityServices, "start", fail_later)
            case "last start":
                patch.setattr(OperationService, "start", fail_later)
            case "close":  # of one subject: the others are closed all the same
                patch.setattr(OperationService, "close", fail_later)
        with pytest.raises(RuntimeError, match="nothing works today"):
            async with runtime.running(settings):
                pass
    assert not runtime.is_running()
    assert [each.name for each in threading.enumerate() if each.name.startswith("database-")] == []
    assert [each for each in asyncio.all_tasks() if each is not asyncio.current_task()] == []
    assert [engine.pool.checkedin() for engine in engines] == [0]  # type: ignore[attr-defined]
    async with runtime.running(settings) as services:
        assert services.site.trouble() is None
