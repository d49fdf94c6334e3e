"""Attacks on the port of the pages and the API."""

import itertools
import json
import uuid

from bench.attacks.wire import PING, Socket, Target, by_many, connected, repeated, websocket


async def silent_pages(target: Target) -> None:
    """Open 1,000 connections and say nothing."""

    async def one() -> None:
        async with connected(target.http) as (reader, _writer):
            await reader.read()

    await by_many(1_000, lambda _number: repeated(target, one, 0.5))


async def bodies(target: Target) -> None:
    """Send JSON without an end to a route that asks for a token."""

    async def one() -> None:
        async with connected(target.http) as (_reader, writer):
            writer.write(
                b"PUT /api/v1/cards/X HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer nobody\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n"
            )
            while target.goes_on:
                writer.write(b"10000\r\n" + b"[" * 65_536 + b"\r\n")
                await writer.drain()

    await by_many(20, lambda _number: repeated(target, one))


async def slow_requests(target: Target) -> None:
    """Send requests that never come to an end, in drops."""

    async def one(number: int) -> None:
        async with connected(target.http) as (reader, writer):
            if number % 2:
                writer.write(b"POST /login/ticket HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\nabc")
            else:
                writer.write(b"GET / HTTP/1.1\r\nHost: ")
            await reader.read()

    await by_many(400, lambda number: repeated(target, lambda: one(number)))


async def events(target: Target) -> None:
    """Say names, page paths and logins of 100 kB over the pages' live connection."""
    long = "x" * 100_000
    kinds = [
        {"name": long},
        {"name": "reflex___state____state.hydrate", "router_data": {"pathname": f"/{long}", "asPath": f"/{long}"}},
        {"name": f"reflex___state____state.{long}"},
        {"name": "reflex___state____state.nothing", "payload": {"x": long}},
    ]

    async def one(number: int) -> None:
        async with page(target) as socket:
            text = b"42/_event," + json.dumps(["event", kinds[number % len(kinds)]]).encode()
            while target.goes_on:
                await socket.send(text)

    await by_many(20, lambda number: repeated(target, lambda: one(number)))


async def states(target: Target) -> None:
    """Open pages under a new name each time, and leave them."""
    hydrate = {"name": "reflex___state____state.hydrate", "router_data": {"pathname": "/login", "asPath": "/login"}}

    async def one() -> None:
        async with page(target) as socket:
            await socket.send(b"42/_event," + json.dumps(["event", hydrate]).encode())
            await socket.reader.read(100)

    await by_many(10, lambda _number: repeated(target, one))


async def page_pings(target: Target) -> None:
    """Send nothing but pings, and read no answer."""

    async def one() -> None:
        async with page(target) as socket:
            for _number in itertools.count():
                await socket.send(b"", PING)

    await by_many(10, lambda _number: repeated(target, one))


def page(target: Target) -> "_Page":
    """Open the live connection of a page."""
    return _Page(target)


class _Page:
    def __init__(self, target: Target) -> None:
        token = uuid.uuid4()
        self._socket = websocket(target.http, f"/_event/?token={token}&EIO=4&transport=websocket")

    async def __aenter__(self) -> Socket:
        socket = await self._socket.__aenter__()
        await socket.send(b"40/_event,")
        return socket

    async def __aexit__(self, *error: object) -> None:
        await self._socket.__aexit__(*error)  # type: ignore[arg-type]  # as contextlib has it


ATTACKS = {each.__name__: each for each in (silent_pages, bodies, slow_requests, events, states, page_pings)}
