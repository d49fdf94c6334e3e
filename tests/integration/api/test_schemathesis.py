"""Schemathesis over the whole API: whatever fits the document, and whatever does not, is no fault of the server."""

import asyncio
import contextlib
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

from onetime.models import Role
from tests.integration.conftest import House
from tests.integration.driving.api_client import client, the_api

# For each route, well formed and malformed: most of a minute in all, on a machine that does nothing else. What only
# PostgreSQL refuses, such as a zero in a text, comes early.
EXAMPLES, EXAMPLES_ON_POSTGRESQL = 8, 3
OF_CHARGERS = {502, 503, 504, 507}  # documented: the charger failed, a restart, no room
SCHEMA: Any = schemathesis.openapi.from_dict(the_api().openapi())
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]


@pytest.mark.parametrize("mode", list(GenerationMode))
async def test_schemathesis_finds_no_server_error(house: House, mode: GenerationMode) -> None:
    loop = asyncio.get_running_loop()
    async with house.charger("KEBA-07"):
        pass  # known and accepted, and away again: each command is answered at once
    async with await client(house, Role.ADMINISTRATOR) as api:

        def send(case: Case) -> httpx.Response:
            return asyncio.run_coroutine_threadsafe(_send(api, case), loop).result(30)

        examples = EXAMPLES_ON_POSTGRESQL if house.services.settings.database_url else EXAMPLES
        for operation in OPERATIONS:
            await asyncio.to_thread(_attack, operation, mode, examples, send)
        assert (await api.get("/api/v1/cards")).status_code == 200
        assert (await api.get("/api/v1/transactions")).status_code == 200


def _attack(operation: Any, mode: GenerationMode, examples: int, send: Any) -> None:
    cases: st.SearchStrategy[Case] = operation.as_strategy(generation_mode=mode)

    @seed(20261129)
    @settings(max_examples=examples, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=cases, is_known=st.booleans())
    def attack(case: Case, is_known: bool) -> None:
        if is_known and "charger_id" in case.path_parameters:
            case.path_parameters["charger_id"] = "KEBA-07"
        if isinstance(case.query.get("wait"), float | int):
            case.query["wait"] = 0
        answer = send(case)
        assert answer.status_code < 500 or answer.status_code in OF_CHARGERS, f"{case.as_curl_command()}: {answer.text}"

    with contextlib.suppress(Unsatisfiable):  # a route without anything that could be malformed
        attack()


async def _send(api: httpx.AsyncClient, case: Case) -> httpx.Response:
    wanted = case.as_transport_kwargs(base_url="http://house")
    prepared = requests.Request(**{key: wanted[key] for key in wanted.keys() & _TAKEN}).prepare()
    headers = {**prepared.headers, "Authorization": api.headers["Authorization"]}
    return await api.request(prepared.method or "GET", prepared.url or "", content=prepared.body, headers=headers)


_TAKEN = {"method", "url", "params", "json", "data", "files", "headers", "cookies"}
