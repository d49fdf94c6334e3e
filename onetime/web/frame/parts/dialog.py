"""Dialogs: the browser's own, which keep the focus inside and close with Escape. On a phone they come from below."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from onetime.web.frame.parts.forms import button
from onetime.web.frame.texts.i18n import t


def opens(name: Any) -> EventSpec:
    """Return the event that opens the dialog of this id, which may be known only in the page."""
    return rx.call_function(_of(name, "showModal"))


def closes(name: Any) -> EventSpec:
    """Return the event that closes the dialog of this id."""
    return rx.call_function(_of(name, "close"))


def dialog(name: Any, title: Any, *content: rx.Component, wide: bool = False) -> rx.Component:
    """Return a dialog with a heading and a way out; ``wide`` for what is read in it."""
    return rx.el.dialog(
        rx.el.div(
            rx.el.h2(title),
            rx.el.button(
                rx.icon("x", size=20, aria_hidden=True),
                type="button",
                on_click=closes(name),
                aria_label=t("Close"),
                class_name="quiet",
            ),
            class_name="dialog-head",
        ),
        *content,
        id=name,
        class_name="dialog dialog--wide" if wide else "dialog",
        custom_attrs={"aria-label": title},
    )


def choices(name: Any, *actions: rx.Component) -> rx.Component:
    """Return the row of a dialog's buttons: what it does, and not doing it."""
    return rx.el.div(
        *actions,
        button(t("Cancel"), kind="secondary", on_click=closes(name)),
        class_name="dialog-actions",
    )


def _of(name: Any, method: str) -> rx.Var[Any]:
    identifier = rx.Var.create(name)
    return rx.Var(
        f"(() => document.getElementById({identifier})?.{method}())", _var_data=identifier._get_all_var_data()
    )
