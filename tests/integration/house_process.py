"""A house in a process of its own, for tests that end it: `python -m tests.integration.house_process`.

Settings come from the environment. It prints its process id and the OCPP port once chargers can connect. Importing
everything takes longer than starting a house, so with `--nursery` the process imports first and then, for each line
it reads, forks a house that has all of it already.
"""

import asyncio
import os
import signal
import sys

from onetime.gateway.server import gateway_running
from onetime.services.runtime import running
from onetime.settings import get_settings


async def main() -> None:
    async with running(get_settings()) as services, gateway_running(services) as gateway:
        print(os.getpid(), gateway.port, flush=True)  # noqa: T201 - told to the test that started it
        await asyncio.Event().wait()


def nursery() -> None:
    """Fork a house for each line of the input, until that ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a house that was killed leaves no zombie
    for _line in sys.stdin:
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            asyncio.run(main())
            return


if __name__ == "__main__":
    nursery() if "--nursery" in sys.argv else asyncio.run(main())
