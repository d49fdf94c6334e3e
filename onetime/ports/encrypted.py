"""The HTTP connections of the pages' encrypted port: they have a place, and their turn, before TLS begins.

``asyncio`` can do the handshake on a listening port as well, but tells nobody of a connection before it is over. A
thousand callers that say nothing would hold a thousand descriptors for a minute each, beside all limits.
"""

import asyncio
import logging
import ssl
from typing import Any

from onetime.budgets import TLS_S
from onetime.ports.handshaking import Handshakes
from onetime.ports.http import GuardedHttp

logger = logging.getLogger(__name__)


class EncryptedHttp(GuardedHttp):
    """An HTTP connection that speaks TLS first."""

    def __init__(self, *args: Any, context: ssl.SSLContext, handshakes: Handshakes, **options: Any) -> None:
        super().__init__(*args, **options)
        self._context = context
        self._handshakes = handshakes
        self._raw: asyncio.Transport | None = None
        self._early = bytearray()  # what came between the end of the handshake and the beginning of HTTP
        self._is_lost = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a place and begin the handshake; HTTP follows when it is done."""
        if not self.enter(transport):
            return
        self._raw = transport
        self.connections.add(self)
        transport.pause_reading()
        # Not under ``Background``: it is the connection's own, ends within TLS_S, and catches whatever fails.
        self._shaking = self.loop.create_task(self._shake_hands(transport))

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self._is_lost = True
        self.connections.discard(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, or keep what comes until HTTP has begun."""
        if self.has_begun:
            super().data_received(data)
        else:
            self._early += data

    def shutdown(self) -> None:
        """End it: uvicorn closes the port."""
        if self.has_begun:
            super().shutdown()
        elif self._raw is not None:
            self._raw.abort()

    async def _shake_hands(self, transport: asyncio.Transport) -> None:
        encrypted = None
        try:
            async with self._handshakes.turn(transport.abort):
                if not self._is_lost:
                    encrypted = await self.loop.start_tls(
                        transport, self, self._context, server_side=True, ssl_handshake_timeout=TLS_S
                    )
        except OSError as error:  # what is no TLS, takes too long, or has hung up
            logger.debug("A TLS handshake of a browser failed: %s", error)
        except Exception:  # nobody waits for this task, and a caller must not be left with half a handshake
            logger.exception("A TLS handshake of a browser failed.")
        if encrypted is None or self._is_lost:
            transport.abort()
            self.leave()
            return
        self.begin(encrypted)
        if self._early:
            super().data_received(bytes(self._early))
            self._early.clear()

    def leave(self) -> None:
        """Give the place back, and let uvicorn forget the connection."""
        self.connections.discard(self)
        super().leave()
