"""What can be asked of a charger as a whole: restart, service, a message."""

from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.web.chargers.actions.limit_dialogs import limit_dialogs
from onetime.web.chargers.actions.state import ChargerActions
from onetime.web.chargers.actions.words import MESSAGES
from onetime.web.chargers.frame.head import ChargerHead
from onetime.web.frame.parts.action_sheet import Action, action_sheet, confirmation
from onetime.web.frame.parts.dialog import choices, dialog, opens
from onetime.web.frame.parts.forms import button, choose, field, submit
from onetime.web.frame.texts.i18n import t

SHEET = "charger-actions"
RESET = "reset"
TRIGGER = "trigger"
CARDS = "cards"
RETIRE = "retire"


def actions_button() -> rx.Component:
    """Return the button that opens the sheet."""
    return button(t("Actions"), kind="secondary", on_click=opens(SHEET))


def charger_actions() -> rx.Component:
    """Return the sheet with its dialogs."""
    name: Any = ChargerHead.name
    return rx.fragment(
        action_sheet(SHEET, name, _ACTIONS),
        reset_dialog(),
        confirmation(
            "out-0",
            t("Take {label} out of service?", label=name),
            t(
                "Nobody can charge at any of its connectors until somebody puts it back into service. Sessions that "
                "run go on to their end first."
            ),
            t("Take out of service"),
            ChargerActions.change_availability(0, False),
            danger=True,
        ),
        confirmation(
            "in-0",
            t("Put {label} back into service?", label=name),
            t("Cards can charge at all of its connectors again."),
            t("Put back into service"),
            ChargerActions.change_availability(0, True),
        ),
        limit_dialogs(0, name),
        _cards_dialog(),
        _trigger_dialog(),
        confirmation(
            RETIRE,
            t("Delete {label}?", label=name),
            t(
                "For a charger that has been taken down. Its messages, passwords and settings are deleted; its "
                "sessions stay and are billed as before. It must not be connected."
            ),
            t("Delete this charger"),
            ChargerActions.retire,
            danger=True,
        ),
    )


def reset_dialog() -> rx.Component:
    """Return the choice between the two ways to restart, each with its consequences."""
    return dialog(
        RESET,
        t("Restart {name}?", name=ChargerHead.name),
        rx.el.p(rx.el.strong(t("Restart")), " – ", t("The charger ends its sessions properly, then starts anew.")),
        rx.el.p(
            rx.el.strong(t("Restart at once")),
            " – ",
            t("As if its power were cut: cars stop, and a running session may only be counted to its last reading."),
        ),
        choices(
            RESET,
            button(t("Restart"), on_click=ChargerActions.restart(False)),
            button(t("Restart at once"), kind="danger", on_click=ChargerActions.restart(True)),
        ),
    )


def _cards_dialog() -> rx.Component:
    return dialog(
        CARDS,
        t("Update the list of cards in {name}", name=ChargerHead.name),
        rx.el.p(
            t(
                "The charger gets the cards that may charge, so that it lets them charge while it has no connection. "
                "Usually what has changed is enough."
            )
        ),
        choices(
            CARDS,
            button(t("Send what has changed"), on_click=ChargerActions.push_cards(False)),
            button(t("Send the whole list"), kind="secondary", on_click=ChargerActions.push_cards(True)),
            button(
                t("Clear the cache"),
                kind="secondary",
                on_click=ChargerActions.clear_cache,
                title=t("It forgets which cards it has seen accepted, and asks about each again."),
            ),
        ),
    )


def _trigger_dialog() -> rx.Component:
    return dialog(
        TRIGGER,
        t("Ask {name} for a message", name=ChargerHead.name),
        rx.el.form(
            field(
                t("What should it say?"),
                choose("message", [(message.value, t(what)) for message, what in MESSAGES.items()]),
                name="message",
                hint=t("It sends the message at once instead of when it thinks it is time. The log shows it."),
            ),
            choices(
                TRIGGER,
                submit(t("Ask for it"), False),
            ),
            on_submit=ChargerActions.ask_for,
            class_name="form",
        ),
    )


_ACTIONS = (
    Action(
        "rotate-cw",
        t("Restart"),
        t("Helps when it hangs; back in a minute or two."),
        RESET,
        Permission.RESET_CHARGER,
    ),
    Action(
        "ban",
        t("Take out of service"),
        t("Nobody can charge here until it is put back."),
        "out-0",
        Permission.RESET_CHARGER,
    ),
    Action(
        "plug",
        t("Put back into service"),
        t("Cards can charge here again."),
        "in-0",
        Permission.RESET_CHARGER,
    ),
    Action(
        "gauge",
        t("Limit the current"),
        t("For all of its connectors together."),
        "limit-0",
        Permission.CONTROL_CHARGING,
    ),
    Action(
        "nfc",
        t("Update the list of cards"),
        t("So that cards charge while it has no connection."),
        CARDS,
        Permission.PUSH_CARDS,
    ),
    Action(
        "message-circle",
        t("Ask for a message"),
        t("Its state, its readings, or a sign of life, now."),
        TRIGGER,
        Permission.SEND_COMMAND,
    ),
    Action(
        "trash-2",
        t("Delete this charger"),
        t("It has been taken down for good."),
        RETIRE,
        Permission.ACCEPT_CHARGER,
    ),
)
