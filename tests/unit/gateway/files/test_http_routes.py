"""Chargers reach their files beside the API, on the same port and without its token."""

import httpx

from onetime.api.app import create_api
from onetime.gateway.files.http_routes import NOTHING_HERE, TRANSFER_ROUTES


async def test_the_routes_for_chargers_stand_beside_the_api_and_are_not_in_its_documentation() -> None:
    api = create_api()
    api.router.routes.extend(TRANSFER_ROUTES)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://house") as web:
        for method in ("GET", "HEAD", "PUT", "POST"):
            answer = await web.request(method, "/transfer/0123/keba.bin")
            assert answer.status_code == 404
            assert answer.text in ("", NOTHING_HERE)
        assert (await web.delete("/transfer/0123/keba.bin")).status_code == 405
        paths = (await web.get("/api/openapi.json")).json()["paths"]
    assert not any("transfer" in path for path in paths)
    assert "/api/v1/files" in paths
