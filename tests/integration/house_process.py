"""A house in a process of its own, for tests that end it: `python -m tests.integration.house_process`.

Settings come from the environment. It prints the OCPP port once chargers can connect.
"""

import asyncio

from onetime.gateway.server import gateway_running
from onetime.services.runtime import running
from onetime.settings import get_settings


async def main() -> None:
    async with running(get_settings()) as services, gateway_running(services) as gateway:
        print(gateway.port, flush=True)  # noqa: T201 - told to the test that started it
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
