"""The REST API as a script uses it, and the address of one charger's commands."""

import asyncio
from functools import cache
from typing import Any

import httpx
from fastapi import FastAPI

from onetime.api.app import create_api
from onetime.models import Role
from onetime.services.people.tokens import create_api_token
from tests.integration.conftest import House

KEBA = "/api/v1/chargers/keba-07/commands"


@cache
def the_api() -> FastAPI:
    """Return the API, made once: it keeps nothing of a house."""
    return create_api()


async def client(house: House, role: Role) -> httpx.AsyncClient:
    """Return the API as a token of this role sees it."""
    token = await house.services.database.write(lambda s: create_api_token(s, f"test-{role}", role))
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(the_api()), base_url="http://house", headers=headers)


def asked(api: httpx.AsyncClient, action: str, payload: Any) -> asyncio.Task[httpx.Response]:
    """Send a command and do not wait for its answer."""
    return asyncio.create_task(api.post(f"{KEBA}/{action}", json=payload))
