"""Gives back what a crowd took, once it has gone.

Each connection leaves reference cycles, which Python looks for rarely here, and free blocks between others in use,
which the C library keeps. After a few hundred connections, or a few messages of a megabyte, that is much nobody needs.
"""

import asyncio
import ctypes
import gc
import os
import sys
from pathlib import Path

from onetime.background import pass_finished
from onetime.ports.doorman import departures

LOOK_EVERY_S = 20.0
CROWD = 100  # connections that have ended since the last time
GROWN = 1.1  # times what was held after the last time
_HELD = Path("/proc/self/statm")


async def give_back() -> None:
    """Look now and then whether a crowd has gone or much is held, for as long as the house runs."""
    seen, held = departures(), resident()
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        now = departures()
        if now - seen >= CROWD or resident() > GROWN * held:
            seen = now
            gc.collect()  # some milliseconds: what was loaded at the start is set aside
            await asyncio.to_thread(trim)
            held = resident()
        pass_finished()


def resident() -> int:
    """Return the bytes of memory this process holds; 0 where the system does not say."""
    try:
        return int(_HELD.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def trim() -> None:
    """Give the system back what the C library keeps free; do nothing where it cannot be asked."""
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):  # another C library than GNU's
        return
