"""The charger's side of a WebSocket (RFC 6455), in bytes: as little as a fast load needs."""

from collections.abc import Iterator

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA

_FINAL = 0x80
_MASKED = 0x80
# A valid key (section 5.3) that leaves the payload as it is: the client is fast, and the server has the same work
# of unmasking as with any other.
_MASK_KEY = b"\0\0\0\0"


def opening(port: int, path: str) -> bytes:
    """Return the request that opens the socket (section 4.1)."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: ocpp1.6\r\n\r\n"
    ).encode()


def take_opening_answer(buffer: bytearray) -> bool | None:
    """Take the server's answer out of the buffer and say whether it accepts; None while it is incomplete."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    accepted = buffer.startswith(b"HTTP/1.1 101 ")
    del buffer[: end + 4]
    return accepted


def frame(payload: bytes, kind: int = TEXT) -> bytes:
    """Return a whole, masked frame (section 5.2) of less than 64 KiB."""
    size = len(payload)
    header = bytes((_FINAL | kind, _MASKED | size)) if size < 126 else bytes((_FINAL | kind, _MASKED | 126))
    length = b"" if size < 126 else size.to_bytes(2, "big")
    return header + length + _MASK_KEY + payload


def take_frames(buffer: bytearray) -> Iterator[tuple[int, bytes]]:
    """Take the complete frames out of the buffer: their kind and payload. A server masks none."""
    while len(buffer) >= 2:
        size, start = buffer[1], 2
        if size == 126:
            size, start = int.from_bytes(buffer[2:4], "big"), 4
        elif size == 127:
            size, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start + size:
            return
        kind, payload = buffer[0] & 0x0F, bytes(buffer[start : start + size])
        del buffer[: start + size]
        yield kind, payload
