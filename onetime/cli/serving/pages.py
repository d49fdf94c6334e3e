"""The pages beside the chargers: built if they must be, imported, served; tried again when any of it fails."""

import asyncio
import contextlib
import contextvars
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from onetime.cli.serving.http_port import saying
from onetime.frontend.building import INSTALLED, serving_environment
from onetime.frontend.nodejs import FrontendError
from onetime.services.runtime import Services
from onetime.settings import Settings
from onetime.texts import _, say

logger = logging.getLogger(__name__)

BUILD = (sys.executable, "-m", "onetime.frontend")
FIRST_PAUSE_S = 10.0
LONGEST_PAUSE_S = 600.0

Started = Callable[[], Awaitable[None]]


class Pages:
    """Serves the pages on a socket that listens already, until a signal ends them.

    Chargers are served whatever becomes of the pages: what keeps these away is logged, is the house's trouble, and is
    what a browser is told meanwhile.
    """

    def __init__(self, settings: Settings, services: Services, port: socket.socket, on_started: Started) -> None:
        self._settings = settings
        self._services = services
        self._port = port
        self._on_started = on_started
        self._pause_s = FIRST_PAUSE_S

    async def run(self) -> None:
        """Build, import and serve the pages; after a failure again, with a pause that doubles up to ten minutes."""
        while True:
            _end_with_sigterm()
            try:
                async with saying(self._port, self._sentence):
                    await _build()
                    pages = await _imported()
                await self._serve(*pages)
            except Exception as error:  # noqa: BLE001 - whatever it is, chargers are served; it is logged there
                self._failed(error)
            else:
                return
            _end_with_sigterm()  # the HTTP server had taken it
            async with saying(self._port, self._sentence):
                await asyncio.sleep(self._pause_s)
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    async def _serve(self, module: Any, context: contextvars.Context) -> None:
        server = module.HttpServer(self._settings, self._started)

        async def serve() -> None:
            try:
                with self._port.dup() as port:  # the server closes what it is given
                    await server.serve([port])
            except SystemExit as error:  # its way to say that the app could not be started; it has logged why
                raise FrontendError("the app could not be started") from error

        await asyncio.create_task(serve(), context=context)

    async def _started(self) -> None:
        self._services.site.pages_trouble = None
        self._pause_s = FIRST_PAUSE_S
        await self._on_started()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, FrontendError):
            logger.error("The pages cannot be shown: %s Next try in %g s.", error, self._pause_s)
        else:
            logger.exception("The pages cannot be shown. Next try in %g s.", self._pause_s)
        self._services.site.pages_trouble = _(
            "The pages cannot be shown ({reason}). Chargers are served all the same, and it is tried again. "
            "The log says more.",
            reason=(str(error).strip().splitlines() or [""])[0].rstrip(".")[:200] or type(error).__name__,
        )

    def _sentence(self) -> str:
        trouble = self._services.site.pages_trouble
        wait = _("The pages are not ready yet. Chargers are served already; please look again in a minute.")
        return say(trouble or wait, self._settings.language)


def _end_with_sigterm() -> None:
    main = asyncio.current_task()
    if main is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, main.cancel)


async def _build() -> None:
    """Build the pages unless they are current, in a process of its own. Raises ``FrontendError``."""
    if await asyncio.to_thread(_are_current):
        return
    print("Chargers are served already; the pages follow.", flush=True)  # noqa: T201 - a command line prints
    building = await asyncio.create_subprocess_exec(*BUILD, cwd=INSTALLED.root)
    try:
        status = await building.wait()
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            building.terminate()
        await building.wait()
        raise
    if status != 0:
        raise FrontendError("they cannot be built; what was printed before this says why.")


def _are_current() -> bool:
    return INSTALLED.is_current()


async def _imported() -> tuple[Any, contextvars.Context]:
    """Import the pages beside the loop, which chargers need, and return the HTTP server with its context.

    Reflex notes the states it finds in a context variable while it is imported: who serves them needs that context.
    """
    os.environ.update(serving_environment())  # before Reflex is imported: it reads them then
    context = contextvars.copy_context()
    loop = asyncio.get_running_loop()
    try:
        module = await loop.run_in_executor(None, context.run, import_module, "onetime.cli.serving.http_server")
    except SystemExit as error:  # a library that gives up, in a thread of ours
        raise FrontendError("they cannot be imported") from error
    return module, context
