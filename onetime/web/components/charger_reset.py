"""Restarting a charger, with what each way of it does to the cars."""

import reflex as rx

from onetime.web.charger_state import ChargerPage
from onetime.web.components.dialog import choices, dialog, opens
from onetime.web.components.forms import button
from onetime.web.i18n import t

RESET = "reset"


def reset_button() -> rx.Component:
    """Return the button that asks how to restart."""
    return button(t("Restart"), kind="secondary", on_click=opens(RESET))


def reset_dialog() -> rx.Component:
    """Return the choice between the two ways, each with its consequences."""
    busy = ChargerPage.busy == RESET
    return dialog(
        RESET,
        t("Restart {name}?", name=ChargerPage.name),
        rx.el.p(rx.el.strong(t("Restart")), " – ", t("The charger ends its sessions properly, then starts anew.")),
        rx.el.p(
            rx.el.strong(t("Restart at once")),
            " – ",
            t("As if its power were cut: cars stop, and a running session may only be counted to its last reading."),
        ),
        choices(
            RESET,
            button(t("Restart"), busy=busy, on_click=ChargerPage.restart(False)),
            button(t("Restart at once"), kind="danger", busy=busy, on_click=ChargerPage.restart(True)),
        ),
    )
