"""The console: any OCPP command by hand, for the administrator."""

from typing import Any

import reflex as rx

from onetime.services.ocpp_actions.table import ACTIONS
from onetime.texts import _
from onetime.web.chargers.console.answers import Exchange, OutstandingLine
from onetime.web.chargers.console.state import ChargerConsole
from onetime.web.chargers.frame.layout import charger_frame
from onetime.web.frame import routes
from onetime.web.frame.parts.forms import button, field, submit
from onetime.web.frame.registry import page
from onetime.web.frame.texts.format import helper
from onetime.web.frame.texts.i18n import t


@page(routes.CHARGER_CONSOLE, _("Console"), ChargerConsole.open)
def charger_console() -> rx.Component:
    """Show the console."""
    return charger_frame(
        routes.CHARGER_CONSOLE,
        ChargerConsole.loaded,
        rx.el.div(
            _command(),
            rx.el.div(_outstanding(), _history(), class_name="section"),
            class_name="halves",
        ),
    )


def _command() -> rx.Component:
    action: Any = ChargerConsole.action
    return rx.el.section(
        rx.el.h2(t("A command of OCPP 1.6")),
        rx.el.p(
            t("It goes to the charger as it is written here, with all its consequences."),
            class_name="hint",
        ),
        rx.el.form(
            field(
                t("Command"),
                rx.el.select(
                    *(_group(profile) for profile in dict.fromkeys(each.profile for each in ACTIONS.values())),
                    id="action",
                    name="action",
                    value=action,
                    on_change=ChargerConsole.choose,
                    class_name="input",
                ),
                name="action",
            ),
            field(
                t("Payload (JSON)"),
                rx.el.textarea(
                    id="payload",
                    name="payload",
                    default_value=ChargerConsole.payload,
                    rows="9",
                    spell_check=False,
                    key=ChargerConsole.revision,  # another command shows its own example
                    class_name="input",
                    custom_attrs={
                        "onKeyDown": helper("submitsOnCtrlEnter"),
                        "aria-invalid": rx.cond(ChargerConsole.problems, "true", "false"),
                        "aria-describedby": "payload-problems",
                    },
                ),
                name="payload",
                hint=t("Ctrl and Enter sends it."),
            ),
            _problems(),
            rx.el.div(
                submit(t("Send to the charger"), ChargerConsole.busy),
                button(t("Fill in the example"), kind="secondary", on_click=ChargerConsole.choose(action)),
                class_name="dialog-actions",
            ),
            on_submit=ChargerConsole.send,
            class_name="form",
        ),
        class_name="section card",
    )


def _group(profile: str) -> rx.Component:
    names = [name for name, action in ACTIONS.items() if action.profile == profile]
    return rx.el.optgroup(*(rx.el.option(name, value=name) for name in sorted(names)), label=profile)


def _problems() -> rx.Component:
    problems: Any = ChargerConsole.problems
    return rx.el.div(
        rx.cond(
            problems.length() > 0,
            rx.el.ul(
                rx.foreach(ChargerConsole.problems, lambda sentence: rx.el.li(sentence)),
                class_name="problem problem--list",
                role="alert",
            ),
        ),
        id="payload-problems",
    )


def _outstanding() -> rx.Component:
    waiting: Any = ChargerConsole.outstanding
    return rx.cond(
        waiting.length() > 0,
        rx.el.section(
            rx.el.h2(t("Without an answer yet")),
            rx.el.ul(rx.foreach(ChargerConsole.outstanding, _waiting), class_name="list"),
            class_name="section card",
        ),
    )


def _waiting(line: OutstandingLine) -> rx.Component:
    return rx.el.li(
        rx.el.strong(line.action),
        rx.el.span(
            rx.cond(line.sent, t("sent"), t("waits for those before it")), " · ", line.actor, " · ", line.asked,
            class_name="hint number",
        ),
        class_name="list-row",
    )  # fmt: skip


def _history() -> rx.Component:
    history: Any = ChargerConsole.history
    return rx.el.section(
        rx.el.h2(t("Answers")),
        rx.el.div(
            rx.cond(
                history.length() > 0,
                rx.el.ol(rx.foreach(ChargerConsole.history, _exchange), class_name="history"),
                rx.el.p(t("The charger’s answers of this visit appear here, the newest first."), class_name="nothing"),
            ),
            aria_live="polite",
        ),
        class_name="section card",
    )


def _exchange(exchange: Exchange) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.strong(exchange.action),
                rx.el.span(exchange.at, " · ", exchange.took, class_name="hint number"),
                class_name="stack",
            ),
            button(
                t("Use again"),
                kind="secondary",
                on_click=ChargerConsole.again(exchange.number),
                aria_label=t("Use {action} again", action=exchange.action),
            ),
            class_name="section-head",
        ),
        rx.cond(
            exchange.problem != "",
            rx.el.p(exchange.problem, class_name="problem"),
            rx.el.pre(exchange.answer, class_name="log-frame", tab_index=0),
        ),
        rx.el.details(
            rx.el.summary(t("What was sent")),
            rx.el.pre(exchange.payload, class_name="log-frame", tab_index=0),
            class_name="fold",
        ),
        key=exchange.number,
        class_name="operation",
    )
