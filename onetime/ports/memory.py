"""Gives back what a crowd took, once it has gone.

Each connection leaves reference cycles, which Python looks for rarely here, and free blocks between others in use,
which the C library keeps. After a few hundred connections that is many megabytes nobody needs.
"""

import asyncio
import ctypes
import gc
import sys

from onetime.background import pass_finished
from onetime.ports.doorman import departures

LOOK_EVERY_S = 20.0
CROWD = 100  # connections that have ended since the last time


async def give_back() -> None:
    """Look now and then whether a crowd has gone, for as long as the house runs."""
    seen = departures()
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        now = departures()
        if now - seen >= CROWD:
            seen = now
            gc.collect()  # some milliseconds: what was loaded at the start is set aside
            await asyncio.to_thread(trim)
        pass_finished()


def trim() -> None:
    """Give the system back what the C library keeps free; do nothing where it cannot be asked."""
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):  # another C library than GNU's
        return
