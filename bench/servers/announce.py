"""Serve until interrupted, having told the port to whoever started the process."""

import asyncio
import signal

from websockets.asyncio.server import Server


async def announce(server: Server) -> None:
    """Print the port and serve until the process is interrupted."""
    await announce_port(next(iter(server.sockets)).getsockname()[1])


async def announce_port(port: int) -> None:
    """Print the port and wait for the interruption."""
    interrupted = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, interrupted.set)
    print(port, flush=True)
    await interrupted.wait()
