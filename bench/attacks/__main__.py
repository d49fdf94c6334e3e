"""One attack, in a process of its own: ``python -m bench.attacks NAME SECONDS HTTP-PORT OCPP-PORT TLS-PORT``."""

import asyncio
import contextlib
import resource
import sys
import time

from bench.attacks import chargers_port, pages_port
from bench.attacks.wire import Target

ATTACKS = chargers_port.ATTACKS | pages_port.ATTACKS


async def main(name: str, seconds: float, http: int, ocpp: int, tls: int) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4_096, hard), hard))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await ATTACKS[name](Target(http, ocpp, tls, time.monotonic() + seconds))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), *map(int, sys.argv[3:6])))
