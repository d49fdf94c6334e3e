"""Follows one operation from its beginning to its end, and writes down what becomes of it."""

import asyncio
import logging
from typing import Any

from onetime.background import Once
from onetime.clock import utc_now
from onetime.events import OperationChanged
from onetime.models import OperationRecord, OperationState
from onetime.services.chargers.commands import (
    ChargerNotAcceptedError,
    ChargerOfflineError,
    CommandError,
    CommandFailedError,
    CommandQueueFullError,
    CommandRefusedError,
    CommandRejectedError,
    CommandTimedOutError,
    ConnectionLostError,
)
from onetime.services.chargers.live import LiveCharger
from onetime.services.chargers.secrets import without_secrets
from onetime.services.operations.base import HEARD, Operation, OperationParameters
from onetime.services.operations.run import OperationFailedError, Run
from onetime.services.operations.store import store_changes
from onetime.services.operations.tools import Tools
from onetime.services.operations.words import pack
from onetime.store.group_commit import DatabaseError
from onetime.texts import Text, _

logger = logging.getLogger(__name__)

TELL_EVERY_S = 0.25  # steps that come faster than a person reads share a write and an event
STEPS_LIMIT = 200  # a firmware download may report each percent, and a charger that reports for ever is no reason

CODES: dict[type[CommandError], str] = {
    ChargerOfflineError: "charger-offline",
    ConnectionLostError: "connection-lost",
    ChargerNotAcceptedError: "charger-not-accepted",
    CommandQueueFullError: "queue-full",
    CommandRefusedError: "refused-here",
    CommandTimedOutError: "timed-out",
    CommandRejectedError: "rejected",
    CommandFailedError: "call-error",
}
_KEPT = ("state", "ended_at", "progress", "steps", "result", "problem", "code", "error_code")


class Following:
    """One running operation: its record, and the task that runs it."""

    task: asyncio.Task[None]
    wanted: OperationParameters

    def __init__(self, tools: Tools, once: Once, charger: LiveCharger, record: OperationRecord) -> None:
        self._tools = tools
        self._once = once
        self._charger = charger
        self._telling: asyncio.Task[None] | None = None
        self._end_with: tuple[str, str] = (_("Onetime was stopped before this ended."), "restarted")
        self.record = record
        self.id = record.id or 0

    def begin(self, operation: Operation[Any], wanted: OperationParameters) -> None:
        """Run the operation in a task of its own."""
        self.wanted = wanted
        self.task = self._once(f"operation {self.id}", self._follow(operation, wanted))

    async def end(self, sentence: str, code: str) -> None:
        """End it before its time, and return once that is written down. What the charger was told stays told."""
        self._end_with = (sentence, code)
        await self.stop()

    async def stop(self) -> None:
        """End it because the house stops, and return once that is written down."""
        self.task.cancel()
        await asyncio.wait([self.task])
        if self.record.state is OperationState.RUNNING:  # it was ended before it began, and could say nothing
            self._fail(*self._end_with)
            await self._end()

    async def _follow(self, operation: Operation[Any], wanted: OperationParameters) -> None:
        run = Run(self._tools, self._charger, self.record.actor, self.id, self._step)
        run.listen((*HEARD, *operation.hears))
        try:
            result = await operation.run(run, wanted)
        except asyncio.CancelledError:
            self._fail(*self._end_with)
        except OperationFailedError as error:
            self._fail(error.sentence, error.code)
            self.record.result = without_secrets(error.result)
        except CommandError as error:
            self._fail(error.args[0], CODES.get(type(error), "command-failed"))
            self.record.error_code = getattr(error, "code", None)
        except DatabaseError as error:
            self._fail(str(error), "database")
        except Exception:
            logger.exception("The operation %s of %s failed.", operation.name, self._charger.identity)
            self._fail(_("An unexpected error; the log says more."), "unexpected")
        else:
            self.record.state, self.record.result = OperationState.DONE, without_secrets(result)
            self.record.progress = None if self.record.progress is None else 100
        finally:
            run.deafen()
        await self._end()

    def _step(self, text: Text, percent: int | None) -> None:
        self.record.steps = _with_step(self.record.steps, pack(text))
        if percent is not None:
            self.record.progress = max(0, min(100, percent))
        if self._telling is None:
            self._telling = self._once(f"steps of operation {self.id}", self._tell_soon())

    def _fail(self, sentence: str, code: str) -> None:
        self.record.state, self.record.problem, self.record.code = OperationState.FAILED, pack(sentence), code

    async def _tell_soon(self) -> None:
        self._publish()
        await asyncio.sleep(TELL_EVERY_S)
        self._telling = None
        await self._store()
        self._publish()

    async def _end(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
        self.record.ended_at = utc_now()
        await self._store()
        self._publish()

    async def _store(self) -> None:
        values = {name: getattr(self.record, name) for name in _KEPT}
        try:
            await self._tools.database.write(lambda s: store_changes(s, self.id, values))
        except DatabaseError as error:
            logger.warning("How the operation %d went is not written down: %s", self.id, error)

    def _publish(self) -> None:
        self._tools.bus.publish(OperationChanged(self.id, self._charger.id))


def _with_step(steps: list[dict[str, Any]], said: dict[str, Any]) -> list[dict[str, Any]]:
    """Add a step. One that says the same as the last is that one, which then has happened so many times."""
    now = utc_now().isoformat()
    last = steps[-1] if steps else {}
    if {name: last[name] for name in ("text", "params") if name in last} == said:
        return [*steps[:-1], {**last, "last_at": now, "times": last.get("times", 1) + 1}]
    return [*steps, {"at": now, **said}][-STEPS_LIMIT:]
