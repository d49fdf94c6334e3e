"""What all attacks are made of: connections from an address of their own, and frames nobody in earnest would send."""

import asyncio
import base64
import contextlib
import os
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

ATTACKER = "127.0.0.66"  # another address than the neighbours', as it would be in a house
TEXT, PING = 1, 9
PACKED = 0x40
GONE = (ConnectionError, asyncio.IncompleteReadError, TimeoutError, OSError)


@dataclass(frozen=True, slots=True)
class Target:
    """The ports of the house, and when the attack is over (monotonic, s)."""

    http: int
    ocpp: int
    tls: int
    until: float

    @property
    def goes_on(self) -> bool:
        """Whether the attack is not over yet."""
        return time.monotonic() < self.until


Attack = Callable[[Target], Awaitable[None]]


class Socket:
    """A WebSocket written byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, payload: bytes, opcode: int = TEXT, reserved: int = 0) -> None:
        """Send one frame, masked with zeros."""
        length = len(payload)
        if length < 126:
            size = bytes([0x80 | length])
        elif length < 65_536:
            size = b"\xfe" + struct.pack("!H", length)
        else:
            size = b"\xff" + struct.pack("!Q", length)
        self.writer.write(bytes([0x80 | reserved | opcode]) + size + bytes(4) + payload)
        await self.writer.drain()


@contextlib.asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Open a connection from the attacker's address."""
    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(ATTACKER, 0))
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


@contextlib.asynccontextmanager
async def websocket(port: int, path: str, *headers: str) -> AsyncIterator[Socket]:
    """Open a WebSocket. Raises ``ConnectionError`` when it is refused."""
    async with connected(port) as (reader, writer):
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", *headers, "", "")  # fmt: skip
        writer.write("\r\n".join(lines).encode())
        async with asyncio.timeout(10):
            answer = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in answer:
            raise ConnectionRefusedError
        yield Socket(reader, writer)


async def repeated(target: Target, work: Callable[[], Awaitable[None]], pause_s: float = 0.02) -> None:
    """Do something again and again until the attack is over, whatever the house makes of it."""
    while target.goes_on:
        with contextlib.suppress(*GONE):
            await work()
        await asyncio.sleep(pause_s)


async def by_many(count: int, work: Callable[[int], Awaitable[None]]) -> None:
    """Let so many attackers do something at the same time."""
    await asyncio.gather(*(work(number) for number in range(count)))
