"""The HTTP server: pages, their live connection and the API on one port, in this process."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import uvicorn

from onetime.cli.serving.https_server import SHUTDOWN_S, HttpsServer
from onetime.gateway.sockets.garbage_collection import look_for_cycles_rarely
from onetime.onetime import app
from onetime.ports.doorman import for_pages, shares_of
from onetime.ports.http import guarded
from onetime.ports.open_files import allow_many_sockets
from onetime.services.runtime import current
from onetime.settings import Settings
from onetime.texts import _

ENCRYPTED = _("serving pages encrypted")


class HttpServer(uvicorn.Server):
    """Uvicorn, telling when it can be reached."""

    def __init__(self, settings: Settings, on_started: Callable[[], Awaitable[None]]) -> None:
        doorman = for_pages(shares_of(allow_many_sockets()))  # both ports share its places
        super().__init__(
            uvicorn.Config(
                app,
                factory=True,
                host=settings.host,
                port=settings.http_port,
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=SHUTDOWN_S,
                **guarded(doorman),
            )
        )
        self._settings = settings
        self._doorman = doorman
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
            if self._settings.https_port is not None:
                current().background.keep(ENCRYPTED, self._serve_encrypted)
            await self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, on the encrypted port too."""
        await current().background.stop(ENCRYPTED)
        await super().shutdown(sockets)

    async def _serve_encrypted(self) -> None:
        services = current()
        certificates = services.security.server_certificates
        server = HttpsServer(self.config.loaded_app, self._settings, self._doorman, certificates, services.background)
        await server.serve_encrypted()
