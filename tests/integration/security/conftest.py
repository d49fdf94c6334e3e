"""What the stories about security share: one database, a person's changes, and how a charger is turned away."""

from collections.abc import AsyncIterator

import httpx
import pytest

from onetime.models import Role
from tests.integration.api_client import client
from tests.integration.conftest import House


@pytest.fixture
def database_url() -> str | None:
    """These rules are the same on every database."""
    return None


@pytest.fixture
async def api(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with await client(house, Role.ADMINISTRATOR) as opened:
        yield opened
