"""What is heard while a file travels: bytes that moved, what the charger says of it, and its boots."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from onetime.events import ChargerChanged, ChargerReported, FileMoved
from onetime.services.files.transfers import Transfer
from onetime.services.operations.run import OperationFailedError, Run
from onetime.texts import _

News = ChargerReported | FileMoved
TOLD_EVERY_PERCENT = 10
TOLD_EVERY_S = 5.0


@dataclass(slots=True)
class Patience:
    """Until when to wait, in seconds of the monotonic clock."""

    deadline: float = field(default_factory=time.monotonic)

    def allow(self, seconds: float) -> None:
        """Wait so long from now on."""
        self.deadline = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.deadline - time.monotonic()


async def news_of(run: Run, transfer: Transfer, patience: Patience) -> AsyncIterator[News]:
    """Yield what is heard of a transfer and from its charger, until patience ends. A lost connection ends nothing."""
    while patience.left > 0:
        try:
            event = await run.wait_for(
                (ChargerReported, FileMoved, ChargerChanged), lambda _event: True, patience.left, _("Nothing came.")
            )
        except OperationFailedError:
            return
        if isinstance(event, FileMoved) and event.transfer_id != transfer.id:
            continue
        if isinstance(event, ChargerReported | FileMoved):
            yield event


class Progress:
    """Tells a person how many bytes have moved: often enough to see that it goes on, seldom enough to be read."""

    def __init__(self, run: Run, share: int) -> None:
        self._run = run
        self._share = share
        self._told_percent = 0
        self._told_at = time.monotonic()

    def note(self, event: FileMoved) -> None:
        """Tell of moved bytes. Where the whole is known, they make up ``share`` percent of the operation."""
        if event.total_bytes:
            percent = 100 * event.moved_bytes // event.total_bytes
            if (percent < self._told_percent + TOLD_EVERY_PERCENT and percent < 100) or percent == self._told_percent:
                return
            self._told_percent = percent
            sentence = _("{percent} % of the file have been fetched.", percent=percent)
            self._run.step(sentence, percent * self._share // 100)
        elif time.monotonic() - self._told_at >= TOLD_EVERY_S:
            self._told_at = time.monotonic()
            self._run.step(_("{kilobytes} kB have come.", kilobytes=event.moved_bytes // 1000))
