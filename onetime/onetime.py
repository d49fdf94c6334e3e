"""The composition root: the pages, the API and what runs beside them, put together. Wiring only."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from onetime.api.app import create_api
from onetime.gateway.files.http_routes import TRANSFER_ROUTES
from onetime.gateway.server import gateway_running
from onetime.services.files.addresses import PATH
from onetime.services.runtime import current, is_running, running
from onetime.settings import get_settings
from onetime.store.data_lock import locked
from onetime.web.app import create_app, pages_running

api = create_api()
api.router.routes.extend(TRANSFER_ROUTES)  # what chargers fetch and leave, beside the API and without its tokens
app = create_app(api, open_routes=(f"{PATH}/",))


@asynccontextmanager
async def house() -> AsyncIterator[None]:
    """Keep pages up to date while the process serves them.

    ``onetime run`` has opened the house before, for chargers do not wait for pages. Under ``reflex run``, which a
    developer uses, it is opened here.
    """
    async with AsyncExitStack() as stack:
        if not is_running():
            stack.enter_context(locked(get_settings().data_dir))
            services = await stack.enter_async_context(running(get_settings()))
            await stack.enter_async_context(gateway_running(services))
        await stack.enter_async_context(pages_running(app, current()))
        yield


app.register_lifespan_task(house)
