"""The encrypted port of the pages: the same app as on the plain one, with the certificates chargers are shown."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

import uvicorn

from onetime.background import Background, pass_finished
from onetime.ports.doorman import Doorman
from onetime.ports.encrypted import EncryptedHttp
from onetime.ports.handshaking import Handshakes
from onetime.ports.http import guarded
from onetime.services.security.certificates.server import Chain, ServerCertificates
from onetime.services.security.certificates.showing import ShownCertificates, load_chains
from onetime.settings import Settings
from onetime.texts import _

SHUTDOWN_S = 3  # open pages reconnect by themselves; nobody waits longer for Ctrl-C
RENEWAL = _("renewing the certificate of the pages' encrypted port")


class HttpsServer(uvicorn.Server):
    """Uvicorn behind TLS 1.2 and 1.3; ``app`` has been loaded, and its lifespan belongs to the plain port."""

    def __init__(
        self,
        app: Any,
        settings: Settings,
        doorman: Doorman,
        certificates: ServerCertificates,
        background: Background,
    ) -> None:
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.https_port or 0,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=SHUTDOWN_S,
            **guarded(doorman),
        )
        super().__init__(config)
        self._doorman = doorman
        self._certificates = certificates
        self._background = background

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the plain port, which ends this one."""
        yield

    async def serve_encrypted(self) -> None:
        """Serve until cancelled, and show a new certificate before the old one expires.

        Raises ``AuthorityError``, ``ServerCertificateError`` or ``OSError`` without a certificate or a port.
        """
        chains = await asyncio.to_thread(self._certificates.chains)
        context = pages_context(chains)
        # Uvicorn would end the process, and with it the chargers', were the port taken.
        with closing(_listen(self.config.host, self.config.port)) as listening:
            kind = partial(EncryptedHttp, doorman=self._doorman, context=context, handshakes=Handshakes())
            self.config.http = kind  # type: ignore[assignment]  # whatever makes a protocol will do
            self.config.load()
            shown = ShownCertificates(self._certificates, context, chains)
            self._background.keep(RENEWAL, shown.keep_renewed)
            serving = asyncio.create_task(self.serve([listening]))
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


def pages_context(chains: list[Chain]) -> ssl.SSLContext:
    """Return what browsers are shown. Unlike chargers they are not asked for a certificate of their own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    load_chains(context, chains)
    return context


def _listen(host: str, port: int) -> socket.socket:
    """Return the socket of the port. ``backlog`` is set when uvicorn listens on it."""
    family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError:
        listening.close()
        raise
    return listening
