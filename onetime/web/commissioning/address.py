"""The address a charger is told, with a button that copies it."""

from typing import Any

import reflex as rx

from onetime.web.frame.parts.copying import copies
from onetime.web.frame.parts.forms import button
from onetime.web.frame.texts.format import helper
from onetime.web.frame.texts.i18n import t


def charger_address(port: Any) -> rx.Component:
    """Return the address as this page sees the machine: what leads the browser here leads a charger here too."""
    address = helper("chargerAddress", port)
    return rx.el.div(
        rx.el.code(address, rx.el.span("<", t("charger name"), ">", class_name="muted unbroken")),
        button(t("Copy"), kind="secondary", on_click=copies(address)),
        class_name="copy",
    )
