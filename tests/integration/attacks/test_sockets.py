"""What anybody can do to the chargers' port before they have said who they are."""

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from onetime.budgets import FRAGMENTS, PATH_CHARACTERS, RETURNS_AT_ONCE
from onetime.gateway.sockets import charger_socket
from onetime.ports import doorman
from onetime.settings import Settings
from tests.integration.attacks.conftest import PATIENCE_S, accepted, neighbour, until
from tests.integration.conftest import House, open_house
from tests.integration.driving.raw_socket import CLOSE, PING, TEXT, UPGRADE, RawSocket

DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover"


@contextlib.asynccontextmanager
async def opened(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection that has said nothing yet."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def silence(reader: asyncio.StreamReader, seconds: float) -> bytes:
    """Read until the other side hangs up."""
    async with asyncio.timeout(seconds):
        with contextlib.suppress(ConnectionError):
            return await reader.read()
    return b""


async def test_an_endless_head_is_cut_at_once(strict: House) -> None:
    async with opened(strict.gateway.port) as (reader, writer):
        writer.write(b"GET /X HTTP/1.1\r\n")
        with contextlib.suppress(ConnectionError):
            for number in range(100):
                writer.write(b"X-%d: %s\r\n" % (number, b"x" * 4_000))
                await writer.drain()
                await asyncio.sleep(0)
        assert await silence(reader, 5) == b""


async def test_a_head_that_never_ends_is_waited_for_some_seconds_only(
    strict: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charger_socket, "HEAD_S", 0.3)
    async with opened(strict.gateway.port) as (reader, _writer):
        assert await silence(reader, 3) == b""


async def test_an_address_and_a_login_longer_than_any_are_refused(strict: House) -> None:
    for path, headers in (
        (f"/{'x' * PATH_CHARACTERS}", UPGRADE),
        ("/KEBA-07", (*UPGRADE, f"Authorization: Basic {'x' * 2_000}")),
    ):
        async with RawSocket.opened(strict.gateway.port, path, headers) as socket:
            assert socket.status in (414, 431)
    assert strict.services.chargers.live.chargers() == []
    assert all(len(knock.path) <= 200 for knock in strict.services.commissioning.knocking)


async def test_sockets_that_say_nothing_make_room_for_a_charger(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorman, "NEWCOMERS", 20)
    async with open_house(settings) as house, neighbour(house) as honest, contextlib.AsyncExitStack() as stack:
        for _number in range(60):
            await stack.enter_async_context(opened(house.gateway.port))
        async with house.charger("LATE") as late:
            await late.call("Heartbeat", {})
        assert house.gateway.doorman.strangers <= 20
    assert honest.waits


async def test_connections_that_end_leave_nothing(strict: House) -> None:
    before = len(asyncio.all_tasks())
    for _round in range(3):
        async with contextlib.AsyncExitStack() as stack:
            for _number in range(50):
                await stack.enter_async_context(opened(strict.gateway.port))
    await until(lambda: not (strict.gateway.doorman.strangers or len(asyncio.all_tasks()) > before), 5)


async def test_a_flood_of_pings_ends_the_connection_and_slows_nobody(strict: House) -> None:
    await accepted(strict, "FLOOD")
    async with neighbour(strict) as honest, RawSocket.opened(strict.gateway.port, "/FLOOD") as socket:
        with contextlib.suppress(ConnectionError):
            for _number in range(20_000):
                await socket.send(b"", PING)
        assert await code_of(socket) in (1008, None)
        await asyncio.sleep(0.2)
    assert honest.slowest < PATIENCE_S


async def test_endless_pieces_of_a_message_end_the_connection(strict: House) -> None:
    await accepted(strict, "PIECES")
    async with RawSocket.opened(strict.gateway.port, "/PIECES") as socket:
        socket._writer.write(bytes([TEXT, 0x80]) + bytes(4))  # no end
        with contextlib.suppress(ConnectionError):
            for _number in range(FRAGMENTS + 10):
                socket._writer.write(bytes([0, 0x80]) + bytes(4))
            await socket._writer.drain()
        assert await code_of(socket) in (1009, None)


async def test_packed_bombs_are_unpacked_one_by_one(strict: House) -> None:
    """A kilobyte unpacks to a megabyte; sixty of them come in one read."""
    await accepted(strict, "BOMB")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(b" " * 900_000) + packer.flush(zlib.Z_SYNC_FLUSH)
    async with (
        neighbour(strict) as honest,
        RawSocket.opened(strict.gateway.port, "/BOMB", (*UPGRADE, DEFLATE)) as socket,
    ):
        assert "permessage-deflate" in socket.headers
        most = 0
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(5):
                for _number in range(200):
                    await socket.send(bomb[:-4], reserved=0x40)
                    await asyncio.sleep(0)
                    most = max(most, strict.gateway.queued.bytes)
        assert most < 12_000_000
    assert honest.slowest < PATIENCE_S
    charger = strict.services.chargers.live.find("BOMB")
    assert charger is not None
    await strict.gateway.disconnect(charger.id, "the test is over")
    await until(lambda: not (strict.gateway.queued.bytes), 10)


async def test_a_stranger_may_only_say_little_at_once(strict: House) -> None:
    async with connect(f"{strict.url}/STRANGER", subprotocols=["ocpp1.6"], compression=None) as socket:  # type: ignore[list-item]
        await socket.send('[2,"1","BootNotification",{"x":"' + "x" * 100_000 + '"}]')
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


async def test_a_charger_that_comes_again_and_again_is_asked_to_wait(strict: House) -> None:
    await accepted(strict, "AGAIN")
    statuses = []
    for _number in range(RETURNS_AT_ONCE + 5):
        try:
            async with connect(f"{strict.url}/AGAIN", subprotocols=["ocpp1.6"]):  # type: ignore[list-item]
                statuses.append(101)
        except InvalidStatus as refused:
            statuses.append(refused.response.status_code)
    assert statuses.count(101) >= RETURNS_AT_ONCE
    assert statuses[-1] == 429


async def code_of(socket: RawSocket) -> int | None:
    """Return the code the server closed with; None where the goodbye was lost in the flood."""
    try:
        async with asyncio.timeout(5):
            while True:
                opcode, payload = await socket.receive()
                if opcode == CLOSE:
                    return int.from_bytes(payload[:2], "big")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
