"""Small tasks that nobody waits for, kept so that none is lost and none outlives its charger."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

logger = logging.getLogger("onetime.simulator")


class Background:
    """Hold running tasks until they end, and end them together."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` beside everything else; an exception in it is logged with its trace."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel what still runs and wait until it has ended; the caller's own task is left alone."""
        others = self._tasks - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("A task of the simulator failed.", exc_info=error)
