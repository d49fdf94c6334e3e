"""Commands to a charger that does not answer, or not in time."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from onetime.models import Role
from onetime.settings import Settings
from tests.integration.conftest import House
from tests.integration.driving.api_client import KEBA, asked, client


@pytest.fixture
def database_url() -> str | None:
    """These rules are the same on every database."""
    return None


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A house that waits for half a second instead of a minute."""
    return settings.model_copy(update={"command_timeout_s": 0.5})


@pytest.fixture
async def api(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with await client(house, Role.ADMINISTRATOR) as opened:
        yield opened


async def test_a_charger_that_stays_silent_is_a_gateway_timeout(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = asked(api, "ClearCache", {})
        late = await charger.command()
        answer = await asking
        assert (answer.status_code, answer.json()["type"]) == (504, "urn:onetime:timed-out")
        await charger.answer(late, {"status": "Accepted"})
        asking = asked(api, "ClearCache", {})
        await charger.answer(await charger.command(), {"status": "Rejected"})
        assert (await asking).json() == {"status": "Rejected"}, "the late answer must not be taken for this one"


async def test_a_charger_that_ignores_three_calls_is_made_to_reconnect(house: House, api: httpx.AsyncClient) -> None:
    """C9: some chargers only hear again on a new socket (mobilityhouse #338, #626)."""
    async with house.charger() as charger:
        asking = [asked(api, "ClearCache", {}) for _number in range(4)]
        await asyncio.wait_for(charger.socket.wait_closed(), 10)
        codes = sorted([(await each).status_code for each in asking])
    assert charger.socket.close_code == 1001
    assert codes == [409, 504, 504, 504]


async def test_a_charger_that_answers_late_keeps_its_socket(house: House, api: httpx.AsyncClient) -> None:
    """B5 (evcc #26837)."""
    async with house.charger() as charger:
        for _number in range(4):
            asking = asked(api, "ClearCache", {})
            call = await charger.command()
            assert (await asking).status_code == 504
            await charger.answer(call, {"status": "Accepted"})
        assert "currentTime" in await charger.call("Heartbeat", {})


async def test_too_many_commands_for_one_charger_are_refused(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetime.gateway.sockets.outbox.QUEUE_LIMIT", 2)
    async with house.charger() as charger:
        asking = [asked(api, "ClearCache", {}) for _number in range(2)]
        await charger.command()
        assert (await api.post(f"{KEBA}/ClearCache")).status_code == 429
    assert {(await each).status_code for each in asking} <= {409, 504}
