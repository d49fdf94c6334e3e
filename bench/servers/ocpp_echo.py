"""A bare server of the `ocpp` package: it validates as the package does by default, answers, and stores nothing."""

import asyncio
import logging
from typing import Any

from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.enums import Action
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from bench.servers.announce import announce


class EchoPoint(ChargePoint):  # type: ignore[misc]  # the package has no types
    @on(Action.meter_values)  # type: ignore[untyped-decorator]
    async def on_meter_values(self, **_payload: Any) -> call_result.MeterValues:
        return call_result.MeterValues()


async def _converse(socket: ServerConnection) -> None:
    try:
        await EchoPoint("bench", socket).start()
    except ConnectionClosed:
        return


async def main() -> None:
    logging.getLogger("ocpp").setLevel(logging.WARNING)
    async with serve(_converse, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")]) as server:
        await announce(server)


if __name__ == "__main__":
    asyncio.run(main())
