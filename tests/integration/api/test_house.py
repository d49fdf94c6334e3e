"""What an operator's script reads of the house itself."""

import asyncio
import time

import pytest

from onetime.models import Role
from onetime.services.aging import Aging
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.api_client import client


async def test_a_house_that_is_well_says_so(house: House) -> None:
    async with await client(house, Role.INSTALLER) as api:
        said = (await api.get("/api/v1/house")).json()
    assert (said["trouble"], said["deaths"], said["failures"], said["unreadable"]) == (None, 0, 0, [])
    assert {"deleting old files", "dropping silent connections"} <= {task["name"] for task in said["tasks"]}


async def test_deaths_and_failures_are_counted_where_an_operator_looks(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(_aging: Aging) -> None:
        msg = "no such clock"
        raise LookupError(msg)

    async def fail() -> None:
        raise LookupError

    monkeypatch.setattr(Aging, "store", die)
    async with open_house(settings) as house, await client(house, Role.ADMINISTRATOR) as api:
        await house.services.background.once("a short task", fail())
        deadline = time.monotonic() + 10
        while not house.services.background.deaths:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)
        said = (await api.get("/api/v1/house")).json()
    [dead] = [task for task in said["tasks"] if task["deaths"]]
    assert (dead["name"], dead["in_trouble"]) == ("watching for leaps of the system's time", True)
    assert dead["error"] == "LookupError: no such clock"
    assert (said["deaths"], said["failures"]) == (dead["deaths"], 1)
    assert "watching for leaps" in said["trouble"]


async def test_a_tenant_reads_nothing_of_it(house: House) -> None:
    async with await client(house, Role.TENANT) as api:
        assert (await api.get("/api/v1/house")).status_code == 403
