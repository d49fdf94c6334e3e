"""What anybody can do to the port of the pages and the API before they have said who they are."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from onetime.budgets import BODY_BYTES, EVENT_BYTES, HEAD_BYTES, PATH_CHARACTERS, QUERY_CHARACTERS
from onetime.models import Role
from onetime.ports import http, requests, websocket
from onetime.ports.doorman import Doorman
from onetime.ports.pace import Paces
from onetime.ports.requests import BoundedRequests
from onetime.services.people.tokens import create_api_token
from onetime.services.people.users import AccountError
from tests.integration.attacks.conftest import PATIENCE_S, neighbour, until
from tests.integration.attacks.test_sockets import code_of, opened, silence
from tests.integration.conftest import House
from tests.integration.driving.api_client import the_api
from tests.integration.driving.raw_socket import CLOSE, PING, UPGRADE, RawSocket


@dataclass
class Port:
    """The API on a port of its own, and a WebSocket under ``/echo`` that answers the length of what it is sent."""

    number: int
    doorman: Doorman
    received: list[int]


@pytest.fixture
async def port(strict: House) -> AsyncIterator[Port]:
    doorman = Doorman(10, 10, 6)
    received: list[int] = []
    api = the_api()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await echo(receive, send, received)
        elif scope["path"] == "/large":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _number in range(1_000):
                await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
        else:
            await api(scope, receive, send)

    bounded = BoundedRequests(app, lambda method, path: path == "/api/v1/files")
    config = uvicorn.Config(
        bounded, host="127.0.0.1", port=0, lifespan="off", log_config=None, access_log=False, **http.guarded(doorman)
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]  # they are pytest's
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    yield Port(server.servers[0].sockets[0].getsockname()[1], doorman, received)
    server.should_exit = server.force_exit = True
    await serving


async def echo(receive: Receive, send: Send, received: list[int]) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        received.append(len(message.get("text") or message.get("bytes")))
        await send({"type": "websocket.send", "text": "x" * 20_000})


async def answer(port: Port, head: str, body: bytes = b"") -> tuple[int, bytes]:
    """Send a request and return status and what came."""
    async with opened(port.number) as (reader, writer):
        writer.write(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        async with asyncio.timeout(10):
            with contextlib.suppress(ConnectionError):
                got = await reader.readuntil(b"\r\n\r\n")
                return int(got.split()[1]), got
    return 0, b""


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (f"GET /{'x' * PATH_CHARACTERS} HTTP/1.1\nHost: a", 414),
        (f"GET /?{'x' * (QUERY_CHARACTERS + 1)} HTTP/1.1\nHost: a", 414),
        ("GET / HTTP/1.1\nHost: a\n" + "\n".join(f"X-{n}: {'x' * 1_000}" for n in range(HEAD_BYTES // 900)), 431),
        (f"POST /login HTTP/1.1\nHost: a\nContent-Length: {BODY_BYTES + 1}", 413),
        ("POST /login HTTP/1.1\nHost: a\nContent-Length: 99999999999999999999", 413),
        ("POST /api/v1/chargers/X/commands HTTP/1.1\nHost: a\nContent-Length: 1000", 401),
        ("POST /api/v1/files HTTP/1.1\nHost: a\nContent-Length: 400000000", 401),
    ],
)
async def test_what_is_too_large_or_from_nobody_is_refused_unread(port: Port, head: str, status: int) -> None:
    got, text = await answer(port, head)
    assert got == status
    assert b"connection: close" in text.lower()


async def test_a_body_without_an_end_is_read_up_to_its_limit(strict: House, port: Port) -> None:
    token = await strict.services.database.write(lambda s: create_api_token(s, "test", Role.ADMINISTRATOR))
    head = f"PUT /api/v1/cards/X HTTP/1.1\nHost: a\nAuthorization: Bearer {token}\nTransfer-Encoding: chunked"
    async with opened(port.number) as (reader, writer):
        writer.write(head.replace("\n", "\r\n").encode() + b"\r\n\r\n")
        sent = 0
        with contextlib.suppress(ConnectionError):
            for _number in range(4_000):
                writer.write(b"10000\r\n" + b" " * 65_536 + b"\r\n")
                await writer.drain()
                sent += 65_536
                if reader._buffer:  # type: ignore[attr-defined]  # it has answered
                    break
        got = await silence(reader, 5)  # nothing, where the answer was lost with what was still on its way
    assert got == b"" or got.split()[1] == b"413"
    assert sent < 100 * BODY_BYTES


async def test_the_json_of_a_token_nobody_has_is_never_parsed(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[int] = []
    real = json.loads
    monkeypatch.setattr(json, "loads", lambda text, **options: parsed.append(len(text)) or real(text, **options))
    head = f"PUT /api/v1/cards/X HTTP/1.1\nHost: a\nAuthorization: Bearer nobody\nContent-Length: {BODY_BYTES}"
    assert (await answer(port, head, b" " * BODY_BYTES))[0] == 401
    assert parsed == []


@pytest.mark.parametrize(
    "begun",
    [b"", b"GET / HTTP/1.1\r\nHost:", b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc"],
)
async def test_a_request_that_does_not_come_is_not_waited_for(
    port: Port, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(http, "HEAD_S", 0.3)
    monkeypatch.setattr(http, "BODY_IDLE_S", 0.3)
    monkeypatch.setattr(requests, "BODY_S", 0.3)
    async with opened(port.number) as (reader, writer):
        writer.write(begun)
        got = await silence(reader, 5)
    assert got == b"" or got.split()[1] in (b"404", b"405", b"408")


async def test_a_head_in_drops_is_cut_after_the_first_request_too(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "HEAD_S", 0.3)
    async with opened(port.number) as (reader, writer):
        writer.write(b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        began = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while time.monotonic() - began < 5 and not reader.at_eof():
                writer.write(b"G")
                await asyncio.sleep(0.05)
                await writer.drain()
                if reader._buffer:  # type: ignore[attr-defined]  # the rest of the answer
                    await reader.read(1_000)
        assert time.monotonic() - began < 3


async def test_an_answer_nobody_reads_is_not_kept(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "WRITE_IDLE_S", 0.3)
    async with opened(port.number) as (_reader, writer):
        writer.write(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        await until(lambda: not (port.doorman.strangers), 5)


async def test_silent_connections_make_room_for_a_person(port: Port) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for _number in range(30):
            await stack.enter_async_context(opened(port.number))
        assert (await answer(port, "GET /nothing HTTP/1.1\nHost: a"))[0] == 404
        assert port.doorman.strangers <= 6
    await until(lambda: not (port.doorman.strangers), 5)


async def test_a_page_that_says_too_much_at_once_is_cut(port: Port) -> None:
    async with RawSocket.opened(port.number, "/echo", subprotocol="x") as socket:
        socket._writer.write(bytes([0x81, 0xFF]) + (EVENT_BYTES + 1).to_bytes(8, "big") + bytes(4))
        assert await code_of(socket) in (1009, None)
    assert port.received == []


async def test_a_page_that_says_too_much_in_time_is_heard_more_slowly(strict: House, port: Port) -> None:
    async with neighbour(strict) as honest, RawSocket.opened(port.number, "/echo", subprotocol="x") as socket:
        began = time.monotonic()
        for _number in range(300):
            await socket.send(b"x" * 100)
        await asyncio.sleep(1)
        taken = time.monotonic() - began
        assert len(port.received) <= websocket.EVENTS_AT_ONCE + websocket.EVENTS_PER_S * taken + 2
    assert honest.slowest < PATIENCE_S


async def test_many_pages_of_one_address_are_heard_more_slowly_until_somebody_is_known(port: Port) -> None:
    port.doorman._events = Paces(14, 5.0)  # opening the four counts too
    async with contextlib.AsyncExitStack() as stack:
        pages = [
            await stack.enter_async_context(RawSocket.opened(port.number, "/echo", subprotocol="x"))
            for _number in range(4)
        ]
        for page in pages:
            for _number in range(20):
                await page.send(b"x")
        await asyncio.sleep(1)
        assert 10 <= len(port.received) <= 25
        for party in list(port.doorman._waiting.values()):
            for place in list(party):
                place.know()
        await until(lambda: len(port.received) == 80, 10)


async def test_many_requests_of_one_address_wait_and_are_answered(port: Port) -> None:
    port.doorman._requests = Paces(5, 10.0)
    began = time.monotonic()
    for _number in range(10):
        assert (await answer(port, "GET /nothing HTTP/1.1\nHost: a"))[0] == 404
    assert 0.4 <= time.monotonic() - began < 3


async def test_a_flood_of_pings_ends_a_page(port: Port) -> None:
    async with RawSocket.opened(port.number, "/echo", subprotocol="x") as socket:
        with contextlib.suppress(ConnectionError):
            for _number in range(5_000):
                await socket.send(b"", PING)
        assert await code_of(socket) in (1008, None)


async def test_a_connection_without_a_page_ends(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "JOIN_S", 0.3)
    async with RawSocket.opened(port.number, "/echo", UPGRADE, subprotocol="x") as socket:
        async with asyncio.timeout(5):
            while (await socket.receive())[0] != CLOSE:
                pass
    await until(lambda: not (port.doorman.strangers), 5)


async def test_a_page_that_does_not_listen_is_cut(port: Port, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "WRITE_IDLE_S", 0.3)
    monkeypatch.setattr(websocket, "Pace", lambda *_limits: Free())
    async with RawSocket.opened(port.number, "/echo", subprotocol="x") as socket:
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(10):
                while port.doorman.strangers:
                    await socket.send(b"x" * 10)
                    await asyncio.sleep(0)
        await until(lambda: not (port.doorman.strangers), 5)


class Free:
    """A pace without a limit."""

    def wait(self, _now: float) -> float:
        return 0.0

    def allows(self, _now: float) -> bool:
        return True


async def test_names_and_passwords_longer_than_any_are_not_kept(strict: House) -> None:
    people = strict.services.people
    for _number in range(3):
        with pytest.raises(AccountError):
            await people.logins.log_in("n" * 900_000, "p")
        with pytest.raises(AccountError):
            await people.logins.log_in("somebody", "p" * 900_000)
        assert await people.logins.recognise("t" * 900_000) is None
        assert await people.tokens.holder("t" * 900_000) is None
    assert all(len(part) <= 100 for key in people.logins._guesses._recent for part in key)
