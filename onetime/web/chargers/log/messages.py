"""A charger's last messages: what it said and was told, newest first, with the raw frame behind each."""

from typing import Any

import reflex as rx

from onetime.web.chargers.log.state import ChargerLog
from onetime.web.chargers.log.view import MessageLine
from onetime.web.frame.parts.forms import button
from onetime.web.frame.texts.i18n import t


def message_log() -> rx.Component:
    """Return the log with its filter."""
    messages: Any = ChargerLog.messages
    return rx.el.section(
        rx.el.div(rx.el.h2(t("Messages")), class_name="section-head"),
        rx.el.form(
            rx.el.input(
                type="search",
                name="search",
                placeholder=t("Find in messages"),
                aria_label=t("Find in messages"),
                class_name="input",
            ),
            rx.el.label(rx.el.input(type="checkbox", name="problems"), t("Problems only"), class_name="check"),
            rx.el.button(t("Show"), type="submit", class_name="button button--secondary"),
            on_submit=ChargerLog.narrow,
            class_name="log-filter",
        ),
        rx.cond(
            messages.length() > 0,
            rx.fragment(
                rx.el.ol(rx.foreach(messages, _line), class_name="log"),
                rx.cond(
                    messages.length() >= ChargerLog.wanted,
                    rx.el.div(button(t("Show more"), kind="secondary", on_click=ChargerLog.more)),
                ),
            ),
            rx.el.p(t("No message fits."), class_name="nothing"),
        ),
        class_name="section card",
    )


def _line(message: MessageLine) -> rx.Component:
    frames: Any = ChargerLog.frames
    frame = frames[f"{message.id}"]
    return rx.el.li(
        rx.el.button(
            rx.el.span(message.at, class_name="number muted"),
            rx.cond(
                message.sent,
                rx.icon("arrow-up-right", size=16, aria_label=t("to the charger")),
                rx.icon("arrow-down-left", size=16, aria_label=t("from the charger")),
            ),
            rx.el.span(rx.cond(message.action != "", message.action, t("Answer")), class_name="log-action"),
            rx.cond(message.problem != "", rx.el.span(message.problem, class_name="warn")),
            type="button",
            on_click=ChargerLog.toggle_frame(message.id),
            class_name="log-line",
            custom_attrs={"aria-expanded": rx.cond(frame.is_not_none(), "true", "false")},
        ),
        rx.cond(frame.is_not_none(), rx.el.pre(frame, class_name="log-frame", tab_index=0)),
        key=message.id,
    )
