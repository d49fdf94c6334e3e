"""A charger's operations: what was asked of it, by whom, and what came of it, the newest first."""

from typing import Any

import reflex as rx

from onetime.texts import _
from onetime.web.chargers.frame.head import ChargerHead
from onetime.web.chargers.frame.layout import charger_frame
from onetime.web.chargers.frame.operation_lines import OperationLine
from onetime.web.chargers.frame.operation_panel import by_whom, progress, result, state_icon, steps
from onetime.web.chargers.operations.state import ChargerOperations
from onetime.web.frame import routes
from onetime.web.frame.parts.forms import button, empty
from onetime.web.frame.parts.link import link
from onetime.web.frame.registry import page
from onetime.web.frame.texts.format import helper
from onetime.web.frame.texts.i18n import t


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
