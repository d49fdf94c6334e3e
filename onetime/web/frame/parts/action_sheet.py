"""The sheet of what can be asked of a charger or a connector: each action with what it does, in a list."""

from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.web.frame.parts.dialog import choices, closes, dialog, opens
from onetime.web.frame.parts.forms import button
from onetime.web.frame.parts.layout import permitted
from onetime.web.frame.texts.i18n import t


@dataclass(frozen=True)
class Action:
    """One entry of a sheet. ``dialog`` is what it opens; it is offered while ``when`` holds in the page."""

    icon: str
    name: Any
    what: Any
    dialog: Any
    permission: Permission
    when: Any = field(default=True)


def action_sheet(name: Any, title: Any, actions: tuple[Action, ...]) -> rx.Component:
    """Return the sheet; choosing an action closes it and opens the action's own dialog."""
    return dialog(
        name,
        title,
        rx.el.ul(
            *(permitted(each.permission, rx.cond(each.when, _entry(name, each))) for each in actions),
            class_name="actions",
        ),
    )


def confirmation(name: Any, title: Any, what: Any, does: Any, event: Any, *, danger: bool = False) -> rx.Component:
    """Return the dialog of an action that needs nothing but a yes."""
    kind = "danger" if danger else "primary"
    return dialog(name, title, rx.el.p(what), choices(name, button(does, kind=kind, on_click=event)))


def more_button(name: Any, label: Any) -> rx.Component:
    """Return the button that opens a sheet."""
    return button(t("More"), kind="secondary", on_click=opens(name), aria_label=label)


def _entry(sheet: Any, action: Action) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.icon(action.icon, size=20, aria_hidden=True),
            rx.el.span(
                rx.el.span(action.name, class_name="action-name"),
                rx.el.span(action.what, class_name="hint"),
                class_name="stack",
            ),
            type="button",
            on_click=[closes(sheet), opens(action.dialog)],
            class_name="action",
        )
    )
