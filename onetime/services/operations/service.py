"""Begins operations, follows each in a task of its own, and keeps what becomes of it."""

import asyncio
from typing import Any

from onetime.background import Once
from onetime.clock import utc_now
from onetime.models import OperationRecord
from onetime.services.chargers.live import LiveCharger
from onetime.services.chargers.secrets import without_secrets
from onetime.services.foundation import Subject
from onetime.services.operations.base import Operation, OperationParameters
from onetime.services.operations.following import Following
from onetime.services.operations.store import end_interrupted, read_newest, store_new
from onetime.services.operations.tools import Tools
from onetime.services.people.audit import record
from onetime.texts import _

RUNNING_PER_CHARGER = 20  # operations; a person has a few under way, a script gone wild has more


class UnknownOperationError(Exception):
    """There is no operation of this name."""


class OperationConflictError(Exception):
    """Another operation on this charger is in the way, and has to end first."""


class OperationService(Subject):
    """All operations of the house, those that run and those that ended."""

    def __init__(self, tools: Tools, once: Once) -> None:
        self._tools = tools
        self._once = once
        self._running: dict[int, Following] = {}
        self._taken: dict[tuple[int, str], str] = {}

    async def begin(
        self, charger_id: int, name: str, parameters: OperationParameters | dict[str, Any], actor: str
    ) -> OperationRecord:
        """Begin an operation and return its record, which changes while it runs.

        Raises ``KeyError`` for an unknown charger, ``UnknownOperationError``, ``pydantic.ValidationError`` for wrong
        parameters, and ``OperationConflictError``. That the charger is away is no error here but how it ends.
        """
        operation = find_operation(name)
        wanted = operation.parameters.model_validate(parameters)
        charger = self._tools.live.charger(charger_id)
        await self._replace(charger_id, operation, wanted)
        group = operation.exclusive(wanted) if operation.exclusive else None
        self._check_room(charger, group)
        if group is not None:
            self._taken[charger_id, group] = operation.name
        try:
            following = await self._follow(charger, operation, wanted, actor)
        except BaseException:
            self._release(charger_id, group)
            raise
        following.task.add_done_callback(lambda _task: self._release(charger_id, group))
        return following.record

    async def wait(self, operation_id: int, timeout_s: float) -> None:
        """Return when the operation has ended, or after ``timeout_s`` seconds."""
        following = self._running.get(operation_id)
        if following is not None and timeout_s > 0:
            await asyncio.wait([following.task], timeout=timeout_s)

    async def cancel(self, charger_id: int, operation_id: int, actor: str) -> OperationRecord:
        """End an operation that runs, and return its record. What the charger was told already stays told.

        Raises ``UnknownOperationError`` when none of this number runs on the charger.
        """
        following = self._running.get(operation_id)
        if following is None or following.record.charger_id != charger_id:
            raise UnknownOperationError(_("No operation {id} runs on this charger.", id=operation_id))
        identity, name = self._tools.live.charger(charger_id).identity, following.record.name
        await self._tools.database.write(
            lambda s: record(s, actor, "operation.cancel", identity, f"{name} {operation_id}")
        )
        await following.end(_("{actor} has cancelled it.", actor=actor.removeprefix("api:")), "cancelled")
        return following.record

    async def recent(self, charger_id: int, limit: int = 20, before: int | None = None) -> list[OperationRecord]:
        """Return a charger's operations, newest first; those older than the id ``before``, where one is given."""
        stored = await self._tools.database.read(lambda s: read_newest(s, charger_id, limit, before))
        return [self._current(row) for row in stored]

    async def find(self, charger_id: int, operation_id: int) -> OperationRecord | None:
        """Return one operation of a charger, or None when there is none, or none any more."""
        row = await self._tools.database.read(lambda s: s.get(OperationRecord, operation_id))
        return self._current(row) if row is not None and row.charger_id == charger_id else None

    def running(self, charger_id: int) -> list[OperationRecord]:
        """Return what runs on a charger now, the oldest first."""
        return [f.record for f in self._running.values() if f.record.charger_id == charger_id]

    async def start(self) -> None:
        """End what ran when the house stopped."""
        now = utc_now()
        await self._tools.database.write(lambda s: end_interrupted(s, now))

    async def close(self) -> None:
        """End what runs, because the house stops."""
        await asyncio.gather(*(following.stop() for following in list(self._running.values())))

    async def _follow(
        self, charger: LiveCharger, operation: Operation[Any], wanted: OperationParameters, actor: str
    ) -> Following:
        values = {
            "charger_id": charger.id,
            "name": operation.name,
            "parameters": without_secrets(wanted.model_dump(mode="json", exclude_none=True)),
            "actor": actor,
        }
        row = await self._tools.database.write(lambda s: store_new(s, values, charger.identity))
        following = Following(self._tools, self._once, charger, row)
        following.begin(operation, wanted)
        self._running[following.id] = following
        following.task.add_done_callback(lambda _task: self._running.pop(following.id, None))
        return following

    async def _replace(self, charger_id: int, operation: Operation[Any], wanted: OperationParameters) -> None:
        """End what a new operation takes the place of."""
        for other in list(self._running.values()):
            same = other.record.charger_id == charger_id and other.record.name == operation.name
            if same and operation.replaces is not None and operation.replaces(wanted, other.wanted):
                await other.end(_("Another one has taken its place."), "replaced")

    def _check_room(self, charger: LiveCharger, group: str | None) -> None:
        holder = self._taken.get((charger.id, group)) if group is not None else None
        if holder is not None:
            msg = _("“{name}” still runs on {identity}.", name=holder, identity=charger.identity)
            raise OperationConflictError(msg)
        if len(self.running(charger.id)) >= RUNNING_PER_CHARGER:
            msg = _(
                "{count} operations already run on {identity}.", count=RUNNING_PER_CHARGER, identity=charger.identity
            )
            raise OperationConflictError(msg)

    def _release(self, charger_id: int, group: str | None) -> None:
        if group is not None:
            self._taken.pop((charger_id, group), None)

    def _current(self, row: OperationRecord) -> OperationRecord:
        following = self._running.get(row.id or 0)
        return following.record if following else row


def find_operation(name: str) -> Operation[Any]:
    """Return the operation of this name. Raises ``UnknownOperationError``, which names those there are."""
    from onetime.services.operations.table import OPERATIONS  # when one is asked for: no charger waits for them

    operation = OPERATIONS.get(name)
    if operation is None:
        msg = _("There is no operation called {name}. There are {names}.", name=name[:50], names=", ".join(OPERATIONS))
        raise UnknownOperationError(msg)
    return operation
