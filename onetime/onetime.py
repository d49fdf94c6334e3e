"""The composition root: the pages, the API and what runs beside them, put together. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onetime.api.app import create_api
from onetime.gateway.files.transfers import TRANSFER_ROUTES
from onetime.gateway.server import gateway_running
from onetime.services.runtime import running
from onetime.settings import get_settings
from onetime.web.app import create_app, pages_running

api = create_api()
api.router.routes.extend(TRANSFER_ROUTES)  # what chargers fetch and leave, beside the API and without its tokens
app = create_app(api)


@asynccontextmanager
async def house() -> AsyncIterator[None]:
    """Keep the house open while the process runs: its database, the chargers' port, and the feed to open pages."""
    async with running(get_settings()) as services, gateway_running(services), pages_running(app, services):
        yield


app.register_lifespan_task(house)
