"""The encrypted port of the pages: the same app as on the plain one, with the certificates chargers are shown."""

import asyncio
import logging
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import uvicorn

from onetime.background import Background, pass_finished
from onetime.services.security.certificates.server import Chain, ServerCertificates
from onetime.services.security.errors import AuthorityError, ServerCertificateError
from onetime.settings import Settings
from onetime.texts import _

logger = logging.getLogger(__name__)

SHUTDOWN_S = 3  # open pages reconnect by themselves; nobody waits longer for Ctrl-C
CERTIFICATE_CHECK_S = 3_600.0
RENEWAL = _("renewing the certificate of the pages' encrypted port")


@dataclass(slots=True)
class Shown:
    """The times of change of the files whose certificates the port shows (ns), and when they were looked at last (s).

    Work that died and is started again knows by it that its turn is now.
    """

    stamps: list[int]
    looked_at: float = field(default_factory=time.monotonic)


class HttpsServer(uvicorn.Server):
    """Uvicorn behind TLS 1.2 and 1.3; ``app`` has been loaded, and its lifespan belongs to the plain port."""

    def __init__(self, app: Any, settings: Settings, certificates: ServerCertificates, background: Background) -> None:
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.https_port or 0,
            ws="websockets-sansio",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=SHUTDOWN_S,
        )
        super().__init__(config)
        self._certificates = certificates
        self._background = background

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the plain port, which ends this one."""
        yield

    async def serve_encrypted(self) -> None:
        """Serve until the plain port ends, and show a new certificate before the old one expires."""
        chains = await asyncio.to_thread(self._certificates.chains)
        context = pages_context(chains)
        self.config.load()
        self.config.ssl = context
        shown = Shown(_stamps(chains))
        self._background.keep(RENEWAL, partial(self._keep_renewed, context, shown))
        serving = asyncio.create_task(self.serve())
        try:
            await asyncio.shield(serving)
        finally:
            self.should_exit = True
            await self._background.stop(RENEWAL)
            await serving

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, which is what this is there for."""
        await super().startup(sockets)
        if self.started:
            pass_finished()

    async def _keep_renewed(self, context: ssl.SSLContext, shown: Shown) -> None:
        while True:
            await asyncio.sleep(shown.looked_at + CERTIFICATE_CHECK_S - time.monotonic())
            try:
                chains = await asyncio.to_thread(self._certificates.chains)
                if (stamps := _stamps(chains)) != shown.stamps:
                    _show(context, chains)
                    shown.stamps = stamps
            except (AuthorityError, ServerCertificateError, OSError) as error:
                logger.warning("The encrypted port of the pages keeps its certificate for now: %s", error)
            shown.looked_at = time.monotonic()
            pass_finished()


def pages_context(chains: list[Chain]) -> ssl.SSLContext:
    """Return what browsers are shown. Unlike chargers they are not asked for a certificate of their own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    _show(context, chains)
    return context


def _show(context: ssl.SSLContext, chains: list[Chain]) -> None:
    for chain in chains:
        context.load_cert_chain(chain.certificate, chain.key)


def _stamps(chains: list[Chain]) -> list[int]:
    return [path.stat().st_mtime_ns for chain in chains for path in (chain.certificate, chain.key)]
