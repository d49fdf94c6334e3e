"""A page uploads firmware: to whoever may, and with a sentence where it does not work."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from onetime.models import FileKind
from onetime.services.files.store import list_files
from onetime.services.people.accounts import House as HouseFacts
from onetime.services.people.login_cookie import LOGIN_COOKIE
from onetime.web.chargers.files.upload_route import ROUTES
from onetime.web.frame import routes
from tests.integration.conftest import House


@pytest.fixture
def database_url() -> str | None:
    """These rules are the same on every database."""
    return None


@pytest.fixture
async def page(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody has logged in with."""
    transport = httpx.ASGITransport(Starlette(routes=ROUTES))
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as opened:
        yield opened


async def log_in(house: House, page: httpx.AsyncClient) -> None:
    facts = HouseFacts("Seestrasse 12", "Europe/Zurich", "en")
    admission = await house.services.people.accounts.set_up(facts, "anna", "correct horse battery")
    page.cookies[LOGIN_COOKIE] = admission.login


async def test_firmware_is_stored_under_its_name_for_who_uploaded_it(house: House, page: httpx.AsyncClient) -> None:
    await log_in(house, page)
    answer = await page.post(routes.FIRMWARE_UPLOAD, params={"name": "KEBA 1.18.bin"}, content=b"firmware")
    stored = await house.services.files.store.find(answer.json()["id"])
    assert stored is not None
    assert (stored.kind, stored.name, stored.created_by) == (FileKind.FIRMWARE, "KEBA 1.18.bin", "anna")
    assert house.services.files.store.path(stored).read_bytes() == b"firmware"


async def test_a_stranger_uploads_nothing(house: House, page: httpx.AsyncClient) -> None:
    answer = await page.post(routes.FIRMWARE_UPLOAD, content=b"firmware")
    assert (answer.status_code, answer.json()) == (403, {"problem": "You are not allowed to do this."})
    assert await house.services.database.read(lambda s: list_files(s, None, None, 10)) == []


async def test_an_empty_file_is_refused_in_words(house: House, page: httpx.AsyncClient) -> None:
    await log_in(house, page)
    answer = await page.post(routes.FIRMWARE_UPLOAD, content=b"")
    assert (answer.status_code, answer.json()) == (400, {"problem": "The file is empty."})
