"""What all pages of a charger have in common: which charger it is, and the operations the visitor follows."""

from typing import Any

import reflex as rx
from pydantic import ValidationError

from onetime.models import OperationRecord, OperationState
from onetime.services.chargers.live import LiveCharger
from onetime.services.operations.service import find_operation
from onetime.services.people.permissions import Permission, PermissionDeniedError
from onetime.services.runtime import current
from onetime.texts import _
from onetime.validation_words import first_mistake
from onetime.web.chargers.frame.notices import watch_charger
from onetime.web.chargers.frame.operation_lines import OperationLine, operation_line
from onetime.web.frame import routes
from onetime.web.frame.access import needs, visitor

LOOKED_AT = 20  # operations; more do not run at once
PANEL = "operations-now"


class ChargerHead(rx.State):
    """The charger of the address, and the operations that run on it or that this visitor has begun."""

    name: str = ""
    found: bool = False
    loaded: bool = False
    online: bool = False
    since: str = ""
    panels: list[OperationLine] = []
    _followed: list[int] = []

    @needs(Permission.SEE_CHARGER)
    async def refresh(self) -> None:
        """Show how far the operations are. The charger's notices ask for it."""
        charger = current().chargers.live.find(self.name)
        if charger is not None:
            await _show(self, charger)

    @needs(Permission.SEE_CHARGER)
    async def put_away(self, operation_id: int) -> None:
        """Take an operation that has ended out of sight; the list keeps it."""
        self._followed = [followed for followed in self._followed if followed != operation_id]
        self.panels = [line for line in self.panels if line.id != operation_id]

    @needs(Permission.SEE_CHARGER)
    async def cancel(self, operation_id: int) -> None:
        """End an operation that still waits; it takes what the operation itself takes."""
        charger = current().chargers.live.find(self.name)
        record = await current().operations.find(charger.id, operation_id) if charger else None
        if charger is None or record is None or record.state is not OperationState.RUNNING:
            return
        if not visitor().may(find_operation(record.name).permission):
            raise PermissionDeniedError(_("You are not allowed to do this."))
        await current().operations.cancel(charger.id, operation_id, visitor().actor)
        await _show(self, charger)


# Functions, not methods: a public method of a state is an event any browser may call.


async def arrive(page: rx.State, topic: str) -> LiveCharger | None:
    """Show the charger of the address and keep its page up to date; None when there is no such charger."""
    head = await page.get_state(ChargerHead)
    name = routes.charger_of(page.router.url.path)
    charger = current().chargers.live.find(name)
    head._followed, head.panels = [], []  # what has ended is in the list of operations
    head.name = charger.identity if charger else name
    head.found = charger is not None
    if charger is not None:
        await _show(head, charger)
        await watch_charger(page.router.session.session_id, charger.id, topic)
    head.loaded = True
    return charger


async def shown_charger(page: rx.State) -> LiveCharger:
    """Return the charger a page shows. Raises ``ValueError`` with a sentence when it is gone."""
    head = await page.get_state(ChargerHead)
    charger = current().chargers.live.find(head.name)
    if charger is None:
        raise ValueError(_("There is no charger of this name"))
    return charger


async def begin(page: rx.State, name: str, **parameters: Any) -> OperationRecord:
    """Begin an operation on the charger a page shows, in the visitor's name, and follow it on the page.

    Raises ``PermissionDeniedError``, ``OperationConflictError``, or ``ValueError`` with a sentence about a parameter.
    """
    if not visitor().may(find_operation(name).permission):
        raise PermissionDeniedError(_("You are not allowed to do this."))
    charger = await shown_charger(page)
    try:
        record = await current().operations.begin(charger.id, name, parameters, visitor().actor)
    except ValidationError as error:
        raise ValueError(first_mistake(error)) from error
    head = await page.get_state(ChargerHead)
    head._followed = [*head._followed, record.id or 0]
    await _show(head, charger)
    return record


def to_panel() -> Any:
    """Return the event that brings the operations a visitor follows into view."""
    return rx.call_script(f"document.getElementById('{PANEL}')?.scrollIntoView({{block: 'nearest'}})")


async def _show(head: ChargerHead, charger: LiveCharger) -> None:
    clockwork = visitor().clockwork
    records = await current().operations.recent(charger.id, LOOKED_AT)
    running = [record.id or 0 for record in records if record.state is OperationState.RUNNING]
    # What was seen running stays until it is put away: how it ended is what people wait for.
    head._followed = [*head._followed, *(number for number in running if number not in head._followed)]
    head.panels = [operation_line(record, charger, clockwork) for record in records if record.id in head._followed]
    head.online = charger.online
    head.since = "" if charger.online else clockwork.moment(charger.offline_since)
