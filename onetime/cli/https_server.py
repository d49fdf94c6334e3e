"""The encrypted port of the pages: the same app as on the plain one, with the certificates chargers are shown."""

import asyncio
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from onetime.services.security.certificates.server import Chain, ServerCertificates
from onetime.services.security.errors import AuthorityError, ServerCertificateError
from onetime.settings import Settings

logger = logging.getLogger(__name__)

SHUTDOWN_S = 3  # open pages reconnect by themselves; nobody waits longer for Ctrl-C
CERTIFICATE_CHECK_S = 3_600.0


class HttpsServer(uvicorn.Server):
    """Uvicorn behind TLS 1.2 and 1.3; ``app`` has been loaded, and its lifespan belongs to the plain port."""

    def __init__(self, app: Any, settings: Settings, certificates: ServerCertificates) -> None:
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
        renewing = asyncio.create_task(self._keep_renewed(context, chains))
        serving = asyncio.create_task(self.serve())
        try:
            await asyncio.shield(serving)
        finally:
            renewing.cancel()
            self.should_exit = True
            await serving

    async def _keep_renewed(self, context: ssl.SSLContext, chains: list[Chain]) -> None:
        shown = _stamps(chains)
        while True:
            await asyncio.sleep(CERTIFICATE_CHECK_S)
            try:
                chains = await asyncio.to_thread(self._certificates.chains)
                if (stamps := _stamps(chains)) != shown:
                    _show(context, chains)
                    shown = stamps
            except (AuthorityError, ServerCertificateError, OSError) as error:
                logger.warning("The encrypted port of the pages keeps its certificate for now: %s", error)


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
