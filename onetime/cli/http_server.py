"""The HTTP server: pages, their live connection and the API on one port, in this process."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import uvicorn

from onetime.gateway.sockets.garbage_collection import look_for_cycles_rarely
from onetime.onetime import app
from onetime.ports.doorman import for_pages, shares_of
from onetime.ports.http import guarded
from onetime.ports.open_files import allow_many_sockets
from onetime.settings import Settings

SHUTDOWN_S = 3  # open pages reconnect by themselves; nobody waits longer for Ctrl-C


class HttpServer(uvicorn.Server):
    """Uvicorn, telling when it can be reached."""

    def __init__(self, settings: Settings, on_started: Callable[[], Awaitable[None]]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                factory=True,
                host=settings.host,
                port=settings.http_port,
                lifespan="on",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=SHUTDOWN_S,
                **guarded(for_pages(shares_of(allow_many_sockets()))),
            )
        )
        self._on_started = on_started

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on Ctrl-C and SIGTERM, and return: uvicorn would raise the signal again, before the rest is closed."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then say so."""
        await super().startup(sockets)
        if self.started:
            look_for_cycles_rarely()  # once more, now that the pages are loaded
            await self._on_started()
