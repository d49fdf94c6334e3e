"""Files by HTTPS on the encrypted port, so that a charger needs no other port and no other trust than for OCPP.

The WebSocket's server takes no request with a body. So a connection that asks for a one-time address is handed over
to an HTTP server before the WebSocket's has seen a byte of it.
"""

import asyncio
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette
from uvicorn.server import ServerState

from onetime.budgets import HEAD_BYTES, KEEP_ALIVE_S
from onetime.gateway.files.http_routes import TRANSFER_ROUTES
from onetime.ports.http import GuardedHttp
from onetime.ports.requests import BoundedRequests


class FileHost:
    """The HTTP server for connections that are encrypted already."""

    def __init__(self) -> None:
        self._config = uvicorn.Config(
            BoundedRequests(Starlette(routes=TRANSFER_ROUTES), takes_file=lambda _method, _path: True),
            http="h11",
            h11_max_incomplete_event_size=HEAD_BYTES,
            timeout_keep_alive=KEEP_ALIVE_S,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
        )
        self._config.load()
        self._state = ServerState()

    def serve(self, transport: asyncio.Transport, received: bytes, on_lost: Callable[[], None]) -> None:
        """Answer a connection from here on; ``received`` is what it has sent so far. ``on_lost`` is told its end."""
        protocol = GuardedHttp(self._config, self._state, {}, asyncio.get_running_loop(), on_lost=on_lost)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        protocol.data_received(received)

    async def close(self) -> None:
        """Cut what is still moving; the house closes."""
        for connection in list(self._state.connections):
            connection.transport.abort()
        for task in list(self._state.tasks):
            task.cancel()
        await asyncio.gather(*self._state.tasks, return_exceptions=True)
