"""What open dashboards cost: CPU of the server's process and bytes to each phone, while many connectors charge.

The phones are plain websockets that speak what a browser speaks (Engine.IO 4, Socket.IO 5), so that twenty of them
cost this machine little; the server cannot tell them from browsers.
"""

import asyncio
import json
import time
import uuid
from dataclasses import dataclass

import psutil
from websockets.asyncio.client import ClientConnection, connect

WARM_UP_S = 3.0  # the first, whole board is not the running cost
NAMESPACE = "/_event"


@dataclass(frozen=True, slots=True)
class Cost:
    """Mean over the measured seconds: CPU of one core in percent, bytes per second and phone, updates per second."""

    cpu_percent: float
    bytes_per_s: float
    updates_per_s: float


async def measure(host: str, login: str, process_id: int, *, phones: int, seconds: float) -> Cost:
    """Open dashboards and measure. ``host`` is ``name:port``, ``login`` the value of the login cookie."""
    watching = [asyncio.create_task(_watch(host, login)) for _phone in range(phones)]
    sockets = await asyncio.gather(*watching)
    counters = [Counter() for _socket in sockets]
    readers = [asyncio.create_task(counter.read(socket)) for counter, socket in zip(counters, sockets, strict=True)]
    await asyncio.sleep(WARM_UP_S)
    process = psutil.Process(process_id)
    for counter in counters:
        counter.start()
    before, started = process.cpu_times(), time.monotonic()
    await asyncio.sleep(seconds)
    elapsed, after = time.monotonic() - started, process.cpu_times()
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*(socket.close() for socket in sockets), *readers, return_exceptions=True)
    busy = after.user + after.system - before.user - before.system
    return Cost(
        cpu_percent=busy / elapsed * 100,
        bytes_per_s=sum(counter.bytes for counter in counters) / phones / elapsed,
        updates_per_s=sum(counter.updates for counter in counters) / phones / elapsed,
    )


class Counter:
    """Counts what one phone receives, with the frame header a small websocket message has."""

    def __init__(self) -> None:
        self.bytes = 0
        self.updates = 0

    def start(self) -> None:
        """Forget what came before."""
        self.bytes = self.updates = 0

    async def read(self, socket: ClientConnection) -> None:
        """Count until cancelled, answering the server's pings as a browser does."""
        async for message in socket:
            if message == "2":
                await socket.send("3")
            self.bytes += len(str(message).encode()) + (2 if len(message) < 126 else 4)
            self.updates += 1


async def _watch(host: str, login: str) -> ClientConnection:
    """Open the dashboard as a browser's socket does."""
    token = uuid.uuid4()
    url = f"ws://{host}{NAMESPACE}/?token={token}&EIO=4&transport=websocket"
    headers = {"Cookie": f"onetime_login={login}"}
    socket = await connect(url, origin=f"http://{host}", additional_headers=headers, max_size=None)  # type: ignore[arg-type]  # a str
    await socket.recv()  # Engine.IO's greeting
    route = {"pathname": "/", "asPath": "/"}
    event = {"name": "reflex___state____state.hydrate_and_load", "payload": {}, "router_data": route}
    await socket.send(f"40{NAMESPACE},{json.dumps({'event': event})}")
    return socket
