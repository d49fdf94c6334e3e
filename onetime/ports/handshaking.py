"""How many TLS handshakes go on at once: each costs a signature, and one that is left open half a minute."""

import asyncio
import contextlib
import itertools
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable

from onetime.budgets import TLS_HANDSHAKES, TLS_PRESSED_S


class Handshakes:
    """Gives turns, in the order they are asked for. While others wait, one that takes long is cut."""

    def __init__(self, at_once: int = TLS_HANDSHAKES, pressed_s: float = TLS_PRESSED_S) -> None:
        self._at_once = at_once
        self._pressed_s = pressed_s
        self._numbers = itertools.count()
        self._running: OrderedDict[int, tuple[float, Callable[[], None]]] = OrderedDict()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @contextlib.asynccontextmanager
    async def turn(self, abort: Callable[[], None]) -> AsyncIterator[None]:
        """Wait for a turn and have it until the block ends; ``abort`` ends it earlier when others need it."""
        loop = asyncio.get_running_loop()
        if len(self._running) >= self._at_once:
            turn: asyncio.Future[None] = loop.create_future()
            self._waiting.append(turn)
            self._press()
            await turn
        number = next(self._numbers)
        self._running[number] = loop.time(), abort
        try:
            yield
        finally:
            del self._running[number]
            self._next()

    @property
    def running(self) -> int:
        """How many go on."""
        return len(self._running)

    def _next(self) -> None:
        while self._waiting and len(self._running) < self._at_once:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                break  # it begins before another one ends

    def _press(self) -> None:
        """Cut the handshakes that have taken too long, and look again when the next one may have."""
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft()
        if not self._waiting:
            return
        late = loop.time() - self._pressed_s
        for began, abort in list(self._running.values()):
            if began <= late:
                abort()
        oldest = min((began for began, _abort in self._running.values() if began > late), default=loop.time())
        self._timer = loop.call_at(oldest + self._pressed_s + 0.01, self._press)
