"""The dialogs that limit a connector or the charger, and remove the limit."""

from typing import Any

import reflex as rx

from onetime.web.chargers.actions.form import THIS_SESSION
from onetime.web.chargers.actions.state import ChargerActions
from onetime.web.frame.parts.action_sheet import confirmation
from onetime.web.frame.parts.dialog import choices, dialog
from onetime.web.frame.parts.forms import field, submit
from onetime.web.frame.texts.i18n import t


def limit_dialogs(number: Any, label: Any) -> rx.Component:
    """Return both dialogs of a connector, or with number 0 of the charger."""
    name, no_limit = f"limit-{number}", f"no-limit-{number}"
    return rx.fragment(
        dialog(
            name,
            t("Limit the current of {label}", label=label),
            rx.el.form(
                rx.el.input(type="hidden", name="connector", value=f"{number}"),
                current_field(name + "-amperes", required=True),
                field(
                    t("For how long?"),
                    rx.el.select(
                        rx.el.option(t("until it is removed"), value=""),
                        rx.cond(number != 0, rx.el.option(t("only this session"), value=THIS_SESSION), rx.fragment()),
                        *(rx.el.option(t("{count} h", count=hours), value=f"{hours}") for hours in (1, 4, 12, 24)),
                        id=name + "-hours",
                        name="hours",
                        class_name="input",
                    ),
                    name=name + "-hours",
                    hint=t("It also holds after a restart of the charger."),
                ),
                choices(
                    name,
                    submit(t("Set the limit"), False),
                ),
                on_submit=ChargerActions.limit,
                class_name="form",
            ),
        ),
        confirmation(
            no_limit,
            t("Remove the limit of {label}?", label=label),
            t("It may draw again what its cable and its fuse allow."),
            t("Remove the limit"),
            ChargerActions.remove_limit(number),
        ),
    )


def current_field(name: Any, *, required: bool = False) -> rx.Component:
    """Return the input for a current in A per phase."""
    return field(
        t("Current in A"),
        rx.el.input(
            id=name,
            name="amperes",
            type="number",
            min="0",
            max="1000",
            step="0.1",
            required=required,
            class_name="input",
        ),
        name=name,
        hint=t("Per phase. Cars pause below 6 A; 16 A are 11 kW on three phases."),
    )
