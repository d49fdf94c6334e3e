"""The charger's flash: write its state soon after a change, read it at the start."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from onetime.simulator.behaviour.core import Core
from onetime.simulator.behaviour.snapshot import read_state, restore, snapshot, write_state
from onetime.simulator.vocabulary import Reason

_SAVE_DELAY = 1.0  # seconds; the changes of a burst are written together


class Memory:
    """Keep one charger's state in `<folder>/<identity>.json`; without a folder nothing is kept."""

    def __init__(self, core: Core, folder: Path | None) -> None:
        """Restore what was saved; transactions that ran at that time end then with PowerLoss.

        Raises:
            ValueError: the file is damaged.
        """
        self.resumed_at: datetime | None = None
        self._suspended = False
        self._core = core
        self._path = folder / f"{_file_name(core.station.identity)}.json" if folder is not None else None
        self._timer: asyncio.TimerHandle | None = None
        if self._path is not None and (state := read_state(self._path)) is not None:
            self.resumed_at = restore(core.station, core.outbox, state)
            for connector, _ in core.station.open_transactions():
                core.outbox.push(core.ledger.end(connector, self.resumed_at, Reason.POWER_LOSS))

    def save_soon(self) -> None:
        """Write the state within a second."""
        if self._path is not None and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_SAVE_DELAY, self.save)

    def save(self) -> None:
        """Write the state now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._path is not None and not self._suspended:
            now = self._core.station.clock.now()
            write_state(self._path, snapshot(self._core.station, self._core.outbox, now))

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Write nothing inside, and the state afterwards; an exception leaves the last one as it was."""
        self._suspended = True
        yield
        self._suspended = False
        self.save()


def _file_name(identity: str) -> str:
    return "".join(char if char.isalnum() or char in "-_." else "_" for char in identity)
