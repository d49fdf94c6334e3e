"""A charger's operations: what was asked of it, by whom, and what came of it, the newest first."""

from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.texts import _
from onetime.web.chargers.frame.head import ChargerHead, arrive, shown_charger
from onetime.web.chargers.frame.layout import charger_frame
from onetime.web.chargers.frame.operation_lines import OperationLine, operation_line
from onetime.web.chargers.frame.operation_panel import by_whom, progress, result, state_icon, steps
from onetime.web.frame import routes
from onetime.web.frame.access import loads, needs, visitor
from onetime.web.frame.parts.forms import button, empty
from onetime.web.frame.parts.link import link
from onetime.web.frame.registry import page
from onetime.web.frame.texts.format import helper
from onetime.web.frame.texts.i18n import t

PAGE = 20
TOPIC = "operations"


class ChargerOperations(rx.State):
    """The operations of the charger of the address."""

    loaded: bool = False
    lines: list[OperationLine] = []
    wanted: int = PAGE

    @loads(Permission.SEE_CHARGER)
    async def open(self) -> None:
        """Show the newest operations."""
        self.wanted = PAGE
        if await arrive(self, TOPIC):
            await self._read()
        self.loaded = True

    @needs(Permission.SEE_CHARGER)
    async def refresh(self) -> None:
        """Show how far they are. The charger's notices ask for it."""
        await self._read()

    @needs(Permission.SEE_CHARGER)
    async def more(self) -> None:
        """Show older ones too."""
        self.wanted += PAGE
        await self._read()

    async def _read(self) -> None:
        charger, clockwork = await shown_charger(self), visitor().clockwork
        records = await current().operations.recent(charger.id, self.wanted)
        self.lines = [operation_line(record, charger, clockwork) for record in records]


@page(routes.CHARGER_OPERATIONS, _("Operations"), ChargerOperations.open)
def charger_operations() -> rx.Component:
    """List the operations."""
    lines: Any = ChargerOperations.lines
    return charger_frame(
        routes.CHARGER_OPERATIONS,
        ChargerOperations.loaded,
        rx.cond(lines.length() > 0, _list(lines), _none_yet()),
    )


def _list(lines: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("What was asked of this charger")),
        rx.el.ol(rx.foreach(ChargerOperations.lines, _line), class_name="history"),
        rx.cond(
            lines.length() >= ChargerOperations.wanted,
            rx.el.div(button(t("Show more"), kind="secondary", on_click=ChargerOperations.more)),
        ),
        class_name="section card",
    )


def _line(line: OperationLine) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            state_icon(line),
            rx.el.div(rx.el.strong(line.title), rx.el.span(by_whom(line), class_name="hint"), class_name="stack"),
            class_name="operation-head",
        ),
        progress(line),
        result(line),
        steps(line),
        key=line.id,
        class_name="operation",
    )


def _none_yet() -> rx.Component:
    return empty(
        "list-checks",
        t("Nothing has been asked of this charger yet"),
        rx.el.p(t("What people and scripts ask of it appears here, with each step and with who asked.")),
        link(t("To the charger"), to=helper("chargerPage", ChargerHead.name), class_name="button button--primary"),
    )
