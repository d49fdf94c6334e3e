"""The state of the console: any OCPP command by hand, its answer, and what still waits for one."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import reflex as rx

from onetime.clock import utc_now
from onetime.services.chargers.secrets import without_secrets
from onetime.services.ocpp_actions.base import Payload
from onetime.services.ocpp_actions.table import ACTIONS
from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.texts import say
from onetime.web.chargers.console.answers import (
    Exchange,
    OutstandingLine,
    UnreadablePayloadError,
    ask,
    outstanding_line,
    pretty,
    read_payload,
)
from onetime.web.chargers.console.examples import example
from onetime.web.chargers.frame.head import arrive, shown_charger
from onetime.web.frame.access import loads, needs, visitor

TOPIC = "console"
HISTORY = 30
FIRST = "TriggerMessage"


class ChargerConsole(rx.State):
    """The command that is being written, those of this visit, and those without an answer."""

    loaded: bool = False
    action: str = FIRST
    payload: str = ""
    revision: int = 0
    problems: list[str] = []
    busy: bool = False
    history: list[Exchange] = []
    outstanding: list[OutstandingLine] = []

    @loads(Permission.USE_CONSOLE)
    async def open(self) -> None:
        """Offer a command, filled in."""
        charger = await arrive(self, TOPIC)
        self.history, self.busy = [], False
        self._write(self.action, pretty(example(self.action, utc_now())))
        if charger is not None:
            self._show_outstanding(charger.id)
        self.loaded = True

    @needs(Permission.USE_CONSOLE)
    async def refresh(self) -> None:
        """Show what waits for an answer. The charger's notices ask for it."""
        self._show_outstanding((await shown_charger(self)).id)

    @needs(Permission.USE_CONSOLE)
    async def choose(self, action: str) -> None:
        """Write another command, filled in."""
        if action in ACTIONS:
            self._write(action, pretty(example(action, utc_now())))

    @needs(Permission.USE_CONSOLE)
    async def again(self, number: int) -> None:
        """Take a command of this visit as the next one's beginning."""
        found = next((exchange for exchange in self.history if exchange.number == number), None)
        if found is not None:
            self._write(found.action, found.payload)

    @needs(Permission.USE_CONSOLE)
    async def send(self, form: dict[str, str]) -> AsyncIterator[Any]:
        """Send the command and show the answer."""
        try:
            request = read_payload(self.action, form.get("payload", ""))
        except UnreadablePayloadError as error:
            self.problems = [say(sentence, visitor().language) for sentence in error.sentences]
            return
        self.problems, self.busy = [], True
        yield None
        try:
            await self._send(request)
        finally:
            self.busy = False

    def _write(self, action: str, payload: str) -> None:
        self.action, self.payload, self.problems = action, payload, []
        self.revision += 1

    async def _send(self, request: Payload) -> None:
        charger, clockwork, began = await shown_charger(self), visitor().clockwork, utc_now()
        answer, problem = await ask(current().chargers.commands, charger.id, request, visitor().actor)
        done = Exchange(
            number=len(self.history) + 1,
            at=clockwork.clock(began),
            took=clockwork.seconds(_seconds_since(began)),
            action=type(request).__name__,
            payload=pretty(without_secrets(request.wire())),
            answer="" if problem else pretty(answer),
            problem=say(problem, clockwork.language) if problem else "",
        )
        self.history = [done, *self.history][:HISTORY]
        self._show_outstanding(charger.id)

    def _show_outstanding(self, charger_id: int) -> None:
        clockwork = visitor().clockwork
        waiting = current().chargers.commands.outstanding(charger_id)
        self.outstanding = [outstanding_line(command, clockwork) for command in waiting]


def _seconds_since(began: datetime) -> float:
    return (utc_now() - began).total_seconds()
