"""Work that runs beside what people and chargers ask for: named, started again when it dies, counted and shown.

``keep`` is for what runs as long as the house does; ``once`` for something short nobody waits for. Neither dies
unseen, whatever it dies of: an error is logged with its name, and what is kept runs again after a pause that doubles up
to a minute. It says ``pass_finished`` whenever it has done once what it is there for: that ends its trouble.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onetime.clock import utc_now
from onetime.texts import Text, _

logger = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
SOUND_AFTER_S = 120.0  # what waits for events, and has waited for so long without dying, is no trouble any more

ENDS_WITHIN_S = 10.0  # a house that closes waits no longer for what does not heed its end

# Ctrl-C, and a loop that is thrown away. Whatever else comes out of a task is that task's own, SystemExit too.
ENDS_ALL = (KeyboardInterrupt, GeneratorExit)

Work = Callable[[], Awaitable[None]]
Once = Callable[[str, Coroutine[Any, Any, None]], asyncio.Task[None]]  # ``Background.once``


@dataclass(slots=True)
class KeptTask:
    """A task that is kept running. ``deaths`` counts how often it died; ``error`` says of what it died last.

    ``passes`` counts how often it has done what it is there for, where it says so.
    """

    name: Text
    deaths: int = 0
    passes: int = 0
    died_at: datetime | None = None
    error: str | None = None
    is_in_trouble: bool = False
    has_ended: bool = False


_kept: ContextVar[KeptTask | None] = ContextVar("kept", default=None)


def pass_finished() -> None:
    """Say that the kept work this is called from has done once what it is there for. Elsewhere it says nothing."""
    kept = _kept.get()
    if kept is not None:
        kept.passes += 1
        kept.is_in_trouble = False


class ClosedError(RuntimeError):
    """The house is closing: nothing is begun any more."""


class Background:
    """All of it in one process; ``deaths`` and ``failures`` count what went wrong since the start.

    ``first_pause_s`` passes before what died is started again, and longer each time."""

    def __init__(self, first_pause_s: float = FIRST_PAUSE_S, sound_after_s: float = SOUND_AFTER_S) -> None:
        self._first_pause_s = first_pause_s
        self._sound_after_s = sound_after_s
        self._kept: dict[str, tuple[KeptTask, asyncio.Task[None]]] = {}
        self._short: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self.deaths = 0
        self.failures = 0

    def keep(self, name: Text, work: Work, *, waits_for_events: bool = False) -> None:
        """Run ``work`` until it returns, and again whenever it raises.

        Its trouble ends when it says ``pass_finished``; that of work that ``waits_for_events``, which may never come,
        when it has not died for a while. Raises ``ValueError`` for a name in use, ``ClosedError`` after the end.
        """
        if name in self._kept:
            msg = f"“{name}” runs already."
            raise ValueError(msg)
        self._check_open(name)
        kept = KeptTask(name)
        running = self._keep(kept, work, waits_for_events=waits_for_events)
        self._kept[name] = kept, asyncio.create_task(running, name=name)

    def once(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run ``work`` to its end, and keep hold of it until then. An error is logged and counted in ``failures``.

        Raises ``ClosedError`` after the end; ``work`` is not begun then.
        """
        try:
            self._check_open(name)
        except ClosedError:
            work.close()
            raise
        task = asyncio.create_task(self._once(name, work), name=name)
        self._short.add(task)
        task.add_done_callback(self._short.discard)
        task.add_done_callback(lambda _task: work.close())  # where it was cancelled before it began
        return task

    def tasks(self) -> list[KeptTask]:
        """Return what is kept running, in the order it was started."""
        return [kept for kept, _task in self._kept.values()]

    def trouble(self) -> Text | None:
        """Return a sentence about a task that has died and has not run well since, or None while all do."""
        for kept in self.tasks():
            if kept.is_in_trouble:
                return _(
                    "A part of Onetime stopped unexpectedly and is started again: {name}. The log says why.",
                    name=kept.name,
                )
        return None

    async def stop(self, *names: Text) -> None:
        """End kept tasks by their names, and return when they have ended."""
        tasks = [self._kept.pop(name)[1] for name in names if name in self._kept]
        await _end(tasks)

    async def close(self) -> None:
        """End everything, what is kept first, and return when it has ended."""
        self._is_closed = True
        await self.stop(*[kept.name for kept in self.tasks()])
        await _end(list(self._short))

    def _check_open(self, name: str) -> None:
        if self._is_closed:
            msg = f"“{name}” was not begun: the house is closing."
            raise ClosedError(msg)

    async def _keep(self, kept: KeptTask, work: Work, *, waits_for_events: bool) -> None:
        _kept.set(kept)
        loop = asyncio.get_running_loop()
        pause_s = self._first_pause_s
        while not kept.has_ended:
            sound = loop.call_later(self._sound_after_s, _is_sound, kept) if waits_for_events else None
            began = loop.time()
            try:
                await work()
                kept.has_ended, kept.is_in_trouble = True, False
            except ENDS_ALL:
                raise
            except BaseException as error:
                if _is_being_ended():
                    if isinstance(error, asyncio.CancelledError):
                        raise
                    logger.exception("“%s” failed while it was ended.", kept.name)
                    return
                kept.deaths += 1
                self.deaths += 1
                kept.died_at, kept.error, kept.is_in_trouble = utc_now(), f"{type(error).__name__}: {error}"[:500], True
                if loop.time() - began >= self._sound_after_s:
                    pause_s = self._first_pause_s
                logger.exception(
                    "“%s” died (%d times so far); it starts again in %g s.", kept.name, kept.deaths, pause_s
                )
            finally:
                if sound is not None:
                    sound.cancel()
            if not kept.has_ended:
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _once(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except ENDS_ALL:
            raise
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError) and _is_being_ended():
                raise
            self.failures += 1
            logger.exception("“%s” failed.", name)


def _is_sound(kept: KeptTask) -> None:
    kept.is_in_trouble = False


def _is_being_ended() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        _done, left = await asyncio.wait(tasks, timeout=ENDS_WITHIN_S)
        for task in left:
            logger.error("“%s” does not end; it is left behind.", task.get_name())
