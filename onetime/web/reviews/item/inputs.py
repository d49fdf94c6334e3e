"""The inputs that the decisions about a session share."""

from typing import Any

import reflex as rx

from onetime.web.frame.parts.forms import field, text_input
from onetime.web.frame.texts.i18n import t


def time_input(name: str, label: Any, value: Any) -> rx.Component:
    """Return the input of an instant, by the house's clock."""
    return field(label, text_input(name, type="datetime-local", step=1, required=True, default_value=value), name=name)


def register_input(name: str, label: Any, value: Any) -> rx.Component:
    """Return the input of a register in kWh."""
    return field(
        label,
        text_input(name, input_mode="decimal", required=True, default_value=value, auto_complete="off"),
        name=name,
    )


def note_input(name: str) -> rx.Component:
    """Return the input of a note that nobody has to give."""
    return field(
        t("Note (optional)"),
        rx.el.input(id=name, name="note", max_length=500, auto_complete="off", class_name="input"),
        name=name,
    )
