"""Onetime without its pages: everything between a charger's socket and the disk. Settings come from the environment."""

import asyncio
import logging

from bench.servers.announce import announce_port
from onetime.gateway.server import gateway_running
from onetime.services.runtime import running
from onetime.settings import get_settings


async def main() -> None:
    logging.basicConfig(level=get_settings().log_level)
    async with running(get_settings()) as services, gateway_running(services) as gateway:
        await announce_port(gateway.port)


if __name__ == "__main__":
    asyncio.run(main())
