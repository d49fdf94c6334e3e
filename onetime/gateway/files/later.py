"""Files on the encrypted port before their HTTP server is there: importing it takes longer than a charger's boot."""

import asyncio
from collections.abc import Callable, Coroutine
from importlib import import_module
from typing import Any

Spawn = Callable[[str, Coroutine[Any, Any, None]], object]


class FilesLater:
    """Stands for ``https_host.FileHost``, which is imported beside the event loop with the first request for a file."""

    def __init__(self, spawn: Spawn) -> None:
        self._spawn = spawn
        self._importing = asyncio.Lock()
        self._host: Any = None

    def serve(self, transport: asyncio.Transport, received: bytes, on_lost: Callable[[], None]) -> None:
        """Answer a connection from here on; ``received`` is what it has sent so far. ``on_lost`` is told its end."""
        if self._host is not None:
            self._host.serve(transport, received, on_lost)
            return
        transport.pause_reading()
        self._spawn("opening files over HTTPS", self._serve_later(transport, received, on_lost))

    async def close(self) -> None:
        """Cut what is still moving; the house closes."""
        if self._host is not None:
            await self._host.close()

    async def _serve_later(self, transport: asyncio.Transport, received: bytes, on_lost: Callable[[], None]) -> None:
        async with self._importing:
            if self._host is None:
                module = await asyncio.to_thread(import_module, "onetime.gateway.files.https_host")
                self._host = module.FileHost()
        if transport.is_closing():
            on_lost()
            return
        self._host.serve(transport, received, on_lost)
        transport.resume_reading()
