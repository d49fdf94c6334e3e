"""The pages' port from the first second of a start: taken at once, and kept until there is something to show."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from onetime.cli.command_error import CommandLineError

BACKLOG = 128
REQUEST_BYTES = 16_384  # of a request's head; nothing else of it is read
REQUEST_S = 5.0
AT_ONCE = 64
AGAIN_S = 5  # when a browser or a script looks again


def taken(host: str, port: int, setting: str) -> socket.socket:
    """Return a socket that listens on the port, so that nobody else gets it. Raises ``CommandLineError``."""
    listening = bound(host, port, setting)
    try:
        listening.listen(BACKLOG)
    except OSError as error:  # somebody else was quicker between the two
        listening.close()
        raise _unusable(port, setting, error) from error
    listening.setblocking(False)
    return listening


def bound(host: str, port: int, setting: str) -> socket.socket:
    """Return a socket with the port's address: nobody listens there. Raises ``CommandLineError``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    address = socket.socket(family, socket.SOCK_STREAM)
    try:
        address.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            address.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        address.bind((host, port))
    except OSError as error:
        address.close()
        raise _unusable(port, setting, error) from error
    return address


def _unusable(port: int, setting: str, error: OSError) -> CommandLineError:
    msg = f"Port {port} cannot be used ({error.strerror}); stop what uses it, or set {setting} to another."
    return CommandLineError(msg)


@asynccontextmanager
async def saying(listening: socket.socket, sentence: Callable[[], str]) -> AsyncIterator[None]:
    """Answer every request with 503 and a sentence while the block runs. The socket goes on listening afterwards."""
    answering = set[asyncio.StreamWriter]()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(answering) >= AT_ONCE:
            writer.close()
            return
        answering.add(writer)
        try:
            async with asyncio.timeout(REQUEST_S):
                await reader.readuntil(b"\r\n\r\n")
                writer.write(_answer(sentence()))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            pass  # no request at all, one that does not end, or nobody there any more
        finally:
            answering.discard(writer)
            writer.close()

    server = await asyncio.start_server(answer, sock=listening.dup(), backlog=BACKLOG, limit=REQUEST_BYTES)
    try:
        yield
    finally:
        server.close()
        for writer in answering:
            with contextlib.suppress(OSError):
                writer.close()


def _answer(sentence: str) -> bytes:
    body = f"{sentence}\n".encode()
    head = (
        "HTTP/1.1 503 Service Unavailable",
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Length: {len(body)}",
        f"Retry-After: {AGAIN_S}",
        f"Refresh: {AGAIN_S}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    )
    return "\r\n".join((*head, "", "")).encode("ascii") + body
