"""A bare `websockets` server: it decodes each MeterValues into typed objects, answers, and stores nothing."""

import asyncio

import msgspec
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from bench.servers.announce import announce


class SampledValue(msgspec.Struct, rename="camel"):
    value: str
    context: str | None = None
    format: str | None = None
    measurand: str | None = None
    phase: str | None = None
    location: str | None = None
    unit: str | None = None


class MeterValue(msgspec.Struct, rename="camel"):
    timestamp: str
    sampled_value: list[SampledValue]


class MeterValues(msgspec.Struct, rename="camel"):
    connector_id: int
    meter_value: list[MeterValue]
    transaction_id: int | None = None


_call = msgspec.json.Decoder(tuple[int, str, str, MeterValues])
_encode = msgspec.json.Encoder().encode


async def _converse(socket: ServerConnection) -> None:
    try:
        async for text in socket:
            _kind, message_id, _action, _payload = _call.decode(text)
            await socket.send(_encode([3, message_id, {}]).decode())
    except ConnectionClosed:
        return


async def main() -> None:
    async with serve(_converse, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")], compression=None) as server:
        await announce(server)


if __name__ == "__main__":
    asyncio.run(main())
