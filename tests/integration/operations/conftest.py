"""What the stories about operations share: one database, and the API as an administrator sees it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from onetime.models import Role
from tests.integration.conftest import House
from tests.integration.driving.api_client import client


@pytest.fixture
def database_url() -> str | None:
    """These rules are the same on every database."""
    return None


@pytest.fixture
async def api(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with await client(house, Role.ADMINISTRATOR) as opened:
        yield opened
