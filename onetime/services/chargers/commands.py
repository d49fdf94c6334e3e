"""Commands to chargers: what a person or a script asks for, sent through whatever connects to chargers.

Every command goes through ``CommandService.send``, the pages' buttons as well as the REST API's. Errors a caller can
see, each a sentence for the person who asked::

    CommandError
    ├── ChargerOfflineError          the charger is not connected
    │   └── ConnectionLostError      it hung up after the request had left, and before it answered
    ├── ChargerNotAcceptedError      nobody has accepted the charger yet
    ├── CommandRefusedError          this house does not send it: it would lower the charger's security
    ├── CommandQueueFullError        too many commands wait for it already
    ├── CommandTimedOutError         it did not answer in time
    ├── CommandRejectedError         it answered that it will not
    └── CommandFailedError           it answered with an error (OCPP CALLERROR)
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from onetime.clock import utc_now
from onetime.models import AuditEntry, Registration
from onetime.services.chargers.live import LiveBoard, LiveCharger
from onetime.services.chargers.secrets import HIDDEN, is_secret, shown_answer
from onetime.services.files.addresses import Reached
from onetime.services.ocpp_actions.base import Payload
from onetime.services.ocpp_actions.table import Action, action_of
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseClosedError
from onetime.texts import _


class CommandError(Exception):
    """A command did not do what was asked."""


class ChargerOfflineError(CommandError):
    """The charger is not connected."""


class ConnectionLostError(ChargerOfflineError):
    """The charger hung up after the request had left: it may have done what was asked, or be about to."""


class ChargerNotAcceptedError(CommandError):
    """Nobody has accepted the charger, so this must not be sent to it."""


class CommandRefusedError(CommandError):
    """This house does not send it: it would lower the charger's security, or lock the charger out."""


class CommandQueueFullError(CommandError):
    """Too many commands wait for the charger already."""


class CommandTimedOutError(CommandError):
    """The charger did not answer in time."""


class CommandRejectedError(CommandError):
    """The charger answered that it will not."""


class CommandFailedError(CommandError):
    """The charger answered with an error: OCPP's ``code``, and what the charger adds to it."""

    def __init__(self, sentence: str, code: str, description: str = "", details: dict[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.description = description
        self.details = details or {}


@dataclass(slots=True)
class OutstandingCommand:
    """A command without an answer yet; without ``sent_at`` it waits for those before it."""

    action: str
    asked_by: str
    asked_at: datetime
    sent_at: datetime | None = None


class ChargerPort(Protocol):
    """The way to chargers; the gateway implements it."""

    async def call(self, charger_id: int, action: str, payload: dict[str, Any], asked_by: str) -> dict[str, Any]:
        """Send one OCPP call and return the charger's answer, as it came.

        Raises ``ChargerOfflineError``, ``CommandQueueFullError``, ``CommandTimedOutError`` or ``CommandFailedError``.
        """
        ...

    def outstanding(self, charger_id: int) -> list[OutstandingCommand]:
        """Return what the charger has not answered yet, the one that was sent first."""
        ...

    def reached(self, charger_id: int) -> Reached | None:
        """Return by which address the charger reached this machine, or None while it is not connected."""
        ...

    async def disconnect(self, charger_id: int, reason: str) -> None:
        """Close a charger's connection, if it has one; it is expected to come back at once."""
        ...


@dataclass(slots=True)
class Outcome:
    """What a charger answered to a command; without an answer there is no ``status``."""

    status: str | None = None


class CommandGuard(Protocol):
    """Looks at each command before it is sent and at what became of it."""

    def watch(self, charger: LiveCharger, request: Payload, asked_by: str) -> AbstractAsyncContextManager[Outcome]:
        """Surround the sending of a command; the outcome is filled in within. Raises ``CommandRefusedError``."""
        ...


Keeper = Callable[[LiveCharger, Payload, dict[str, Any], str], Awaitable[None]]


class ClosedPort:
    """The way to chargers while their port is closed: nobody is connected."""

    def __init__(self, live: LiveBoard) -> None:
        self._live = live

    async def call(self, charger_id: int, _action: str, _payload: dict[str, Any], _asked_by: str) -> dict[str, Any]:
        """Raise ``ChargerOfflineError``."""
        identity = self._live.charger(charger_id).identity
        raise ChargerOfflineError(_("{identity} is not connected.", identity=identity))

    def outstanding(self, _charger_id: int) -> list[OutstandingCommand]:
        """Return nothing."""
        return []

    def reached(self, _charger_id: int) -> Reached | None:
        """Return None."""
        return None

    async def disconnect(self, _charger_id: int, _reason: str) -> None:
        """Do nothing."""


class CommandService:
    """What can be asked of a charger.

    Others add to it once the house is put together: the gateway the way to chargers, security its guard, and the
    house's bookkeeping what it remembers of answers.
    """

    def __init__(self, live: LiveBoard, database: Database) -> None:
        self._live = live
        self._database = database
        self._port: ChargerPort = ClosedPort(live)
        self._guard: CommandGuard = _Unguarded()
        self._keep_answer: Keeper | None = None

    def reach_through(self, port: ChargerPort) -> None:
        """Send commands through ``port`` from now on."""
        self._port = port

    def guard_with(self, guard: CommandGuard) -> None:
        """Let ``guard`` look at each command from now on."""
        self._guard = guard

    def keep_answers_with(self, keeper: Keeper) -> None:
        """Hand every answer to ``keeper`` from now on."""
        self._keep_answer = keeper

    async def send(self, charger_id: int, request: Payload, asked_by: str) -> dict[str, Any]:
        """Send one of the requests of ``ocpp_actions`` and return the charger's answer, as it came.

        A refusal such as ``{"status": "Rejected"}`` is an answer. Who asked, and what came of it, is kept for audit.
        The answer may hold secrets: whoever shows it asks ``shown_answer`` of ``services.chargers.secrets`` first.
        Raises ``CommandError``.
        """
        charger = self._live.charger(charger_id)
        action, payload = action_of(request), request.wire()
        _check_admission(charger, action)
        _check_secret(payload)
        if action.name in _TRIGGERS:
            charger.triggered_at = utc_now()
        try:
            async with self._guard.watch(charger, request, asked_by) as outcome:
                answer = await self._port.call(charger.id, action.name, payload, asked_by)
                outcome.status = str(answer.get("status", ""))
        except CommandError as error:
            self._record(charger, action, asked_by, type(error).__name__.removesuffix("Error"))
            raise
        shown = shown_answer(action.name, payload, answer)
        self._record(charger, action, asked_by, str(shown.get("status", "answered")))
        if self._keep_answer is not None:
            await self._keep_answer(charger, request, answer, asked_by)
        return answer

    def outstanding(self, charger_id: int) -> list[OutstandingCommand]:
        """Return what a charger has not answered yet, the one that was sent first."""
        return self._port.outstanding(charger_id)

    def reached(self, charger_id: int) -> Reached | None:
        """Return by which address the charger reached this machine, or None while it is not connected."""
        return self._port.reached(charger_id)

    async def disconnect(self, charger_id: int, reason: str) -> None:
        """Close a charger's connection, so that it comes back and logs in again. Its sessions go on."""
        await self._port.disconnect(charger_id, reason)

    def _record(self, charger: LiveCharger, action: Action, asked_by: str, outcome: str) -> None:
        row = {
            "at": utc_now(),
            "actor": asked_by,
            "action": f"command.{action.name}",
            "subject": charger.identity,
            "detail": outcome,
        }
        try:
            self._database.append_lazily(AuditEntry, [row])
        except DatabaseClosedError:
            return  # the last commands of a shutdown


_TRIGGERS = frozenset({"TriggerMessage", "ExtendedTriggerMessage"})


class _Unguarded:
    @asynccontextmanager
    async def watch(self, _charger: LiveCharger, _request: Payload, _asked_by: str) -> AsyncIterator[Outcome]:
        yield Outcome()


def _check_secret(payload: dict[str, Any]) -> None:
    """Refuse what stands for a secret on a page: nobody means to write it to a charger."""
    if is_secret(payload.get("key")) and HIDDEN in str(payload.get("value", "")):
        raise CommandRefusedError(_("“{hidden}” stands for a value that is not shown. Type the value.", hidden=HIDDEN))


def _check_admission(charger: LiveCharger, action: Action) -> None:
    """Hold section 4.2: nothing to a rejected charger, neither start nor stop to one that waits for acceptance."""
    if charger.registration is Registration.ACCEPTED:
        return
    if charger.registration is Registration.PENDING and action.is_allowed_while_pending:
        return
    raise ChargerNotAcceptedError(_("{identity} has not been accepted yet.", identity=charger.identity))
