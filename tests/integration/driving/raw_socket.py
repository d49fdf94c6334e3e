"""A WebSocket written byte by byte: for what a proper client would never send."""

import asyncio
import base64
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
UPGRADE = ("Upgrade: websocket", "Connection: Upgrade")


class RawSocket:
    """One connection; ``status`` is the HTTP status its opening request got, ``headers`` what came with it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.status = 0
        self.headers = ""

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, port: int, path: str, headers: tuple[str, ...] = UPGRADE, subprotocol: str = "ocpp1.6"
    ) -> AsyncIterator[Self]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        socket = cls(reader, writer)
        key = base64.b64encode(bytes(16)).decode()
        lines = (f"GET {path} HTTP/1.1", "Host: house", *headers, f"Sec-WebSocket-Key: {key}",
                 "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Protocol: {subprotocol}", "", "")  # fmt: skip
        writer.write("\r\n".join(lines).encode())
        try:
            socket.headers = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode()
            socket.status = int(socket.headers.split()[1])
            yield socket
        finally:
            writer.close()

    async def send(self, payload: bytes, opcode: int = TEXT, *, reserved: int = 0) -> None:
        """Send one masked frame."""
        length = len(payload)
        size = bytes([0x80 | length]) if length < 126 else bytes([0xFE]) + struct.pack("!H", length)
        self._writer.write(bytes([0x80 | reserved | opcode]) + size + bytes(4) + payload)  # masked with zeros
        await self._writer.drain()

    async def receive(self) -> tuple[int, bytes]:
        """Return the next frame's opcode and payload. Pings are returned like any other, and never answered."""
        first, second = await asyncio.wait_for(self._reader.readexactly(2), 10)
        length = second & 0x7F
        if length == 126:
            [length] = struct.unpack("!H", await self._reader.readexactly(2))
        return first & 0x0F, await self._reader.readexactly(length)

    async def close_code(self) -> int:
        """Read until the server closes and return its code."""
        while True:
            opcode, payload = await self.receive()
            if opcode == CLOSE:
                return int.from_bytes(payload[:2], "big")
