"""The ports chargers connect to: one as it is, and one encrypted where it has been opened."""

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve

from onetime.budgets import ACCEPTED_AT_ONCE, WAITING_FRAME_BYTES
from onetime.gateway.files.later import FilesLater
from onetime.gateway.sockets.charger_socket import ChargerSocket, Queued
from onetime.gateway.sockets.door import Door
from onetime.gateway.sockets.handshake import COMPRESSION, select_subprotocol
from onetime.gateway.sockets.tls import EncryptedConnection, server_context
from onetime.ports.doorman import Doorman
from onetime.ports.handshaking import Handshakes
from onetime.services.runtime import Services
from onetime.services.security.certificates.server import Chain
from onetime.services.security.certificates.showing import ShownCertificates
from onetime.texts import _

FRAMES_AHEAD = 8  # read from a socket before the first of them is answered
BACKLOG = 2_048  # sockets that may wait to be opened: after a power cut all chargers come at once
OPEN_TIMEOUT_S = 30.0  # for the opening handshake, because then each has to wait for the others
RENEWAL = _("renewing the certificate of the encrypted port")

Accept = Callable[[ServerConnection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Ports:
    """The numbers of the ports that are open."""

    plain: int
    encrypted: int | None


@contextlib.asynccontextmanager
async def listening(
    services: Services, door: Door, doorman: Doorman, queued: Queued, accept: Accept
) -> AsyncIterator[Ports]:
    """Open the ports until the block ends; ``doorman`` has the places of both, ``queued`` counts what waits in them.

    Raises ``OSError`` when a port is taken, and ``AuthorityError`` or ``ServerCertificateError`` when the encrypted
    one has no certificate.
    """
    settings = services.settings
    async with contextlib.AsyncExitStack() as stack:
        kind = partial(ChargerSocket, doorman=doorman, queued=queued)
        plain = await _open(stack, settings.host, settings.ocpp_port, door, accept, kind)
        encrypted = None
        if settings.ocpp_tls_port is not None:
            chains = await asyncio.to_thread(services.security.server_certificates.chains)
            context = await _context(services, chains)
            shown = ShownCertificates(services.security.server_certificates, context, chains)
            files = FilesLater(services.background.once)
            stack.push_async_callback(files.close)
            encrypted_kind = partial(
                EncryptedConnection,
                doorman=doorman,
                queued=queued,
                context=context,
                handshakes=Handshakes(),
                on_failure=door.note_handshake,
                files=files,
            )
            encrypted = _port(await _open(stack, settings.host, settings.ocpp_tls_port, door, accept, encrypted_kind))
            services.background.keep(RENEWAL, shown.keep_renewed)
            stack.push_async_callback(services.background.stop, RENEWAL)
        yield Ports(_port(plain), encrypted)


async def _open(
    stack: contextlib.AsyncExitStack, host: str, port: int, door: Door, accept: Accept, create_connection: Any
) -> Server:
    server = await stack.enter_async_context(_serve(host, port, door, accept, create_connection))
    for each in server.sockets:  # the event loop takes as many at once as it was told may wait
        with socket.socket(fileno=os.dup(each.fileno())) as listening_socket:
            listening_socket.listen(BACKLOG)
    return server


def _serve(host: str, port: int, door: Door, accept: Accept, create_connection: Any) -> Server:
    return serve(
        accept,
        host,
        port,
        process_request=door.receive,
        process_response=door.note_refusal,
        select_subprotocol=select_subprotocol,
        extensions=[COMPRESSION],
        compression=None,  # the extension above instead of the default, which keeps 64 kB per socket
        ping_interval=None,  # watch_life does it, with more patience for chargers that send no pong
        max_size=WAITING_FRAME_BYTES,  # until it is known who says it
        max_queue=FRAMES_AHEAD,
        open_timeout=OPEN_TIMEOUT_S,
        close_timeout=2,
        backlog=ACCEPTED_AT_ONCE,
        server_header=None,
        create_connection=create_connection,
    )


def _port(server: Server) -> int:
    port: int = next(iter(server.sockets)).getsockname()[1]
    return port


async def _context(services: Services, chains: list[Chain]) -> ssl.SSLContext:
    await asyncio.to_thread(services.security.authority.root)
    extra = services.settings.tls_client_ca
    return server_context(chains, [services.security.authority.path, *([extra] if extra else [])])
