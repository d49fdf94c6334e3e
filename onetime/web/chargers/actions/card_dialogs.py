"""The dialogs that need a card: to start a session for it, to keep a connector free for it."""

from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.web.chargers.actions.limit_dialogs import current_field
from onetime.web.chargers.actions.state import ChargerActions
from onetime.web.frame import routes
from onetime.web.frame.parts.dialog import choices, dialog
from onetime.web.frame.parts.forms import choose_among, field, submit
from onetime.web.frame.parts.layout import permitted
from onetime.web.frame.parts.link import link
from onetime.web.frame.texts.i18n import t


def start_dialog(number: Any, label: Any, name: Any, cards: Any) -> rx.Component:
    """Return the dialog of a connector."""
    return dialog(
        name,
        t("Start charging at {label}", label=label),
        rx.el.form(
            rx.el.input(type="hidden", name="connector", value=f"{number}"),
            card_fields(name, cards, t("Who pays?"), t("The session is counted on this card.")),
            rx.el.details(rx.el.summary(t("Limit the current")), current_field(name + "-amperes"), class_name="fold"),
            rx.el.p(
                t("Where no car is plugged in yet, the charger waits for one, most for one or two minutes."),
                class_name="hint",
            ),
            choices(
                name,
                submit(t("Start charging"), False),
            ),
            on_submit=ChargerActions.start,
            class_name="form",
        ),
    )


def reserve_dialog(number: Any, label: Any, name: Any, cards: Any) -> rx.Component:
    """Return the dialog that keeps a connector free."""
    return dialog(
        name,
        t("Reserve {label}", label=label),
        rx.el.p(t("Until then the connector only starts for this card, and for the cards of its group.")),
        rx.el.form(
            rx.el.input(type="hidden", name="connector", value=f"{number}"),
            card_fields(name, cards, t("For which card?")),
            field(
                t("Until"),
                rx.el.input(id=name + "-until", name="until", type="datetime-local", required=True, class_name="input"),
                name=name + "-until",
                hint=t("On the clock of the house, at most 30 days from now."),
            ),
            choices(
                name,
                submit(t("Reserve"), False),
            ),
            on_submit=ChargerActions.reserve,
            class_name="form",
        ),
    )


def card_fields(name: Any, cards: Any, question: Any, hint: Any = None) -> rx.Component:
    """Return the choice of a card: of ``cards``, those that may charge, or a number that is typed."""
    return rx.fragment(
        rx.cond(
            cards.length() > 0,
            field(
                question,
                choose_among("card", cards, id=name + "-card"),
                name=name + "-card",
                hint=hint,
            ),
            rx.el.p(
                t("No card may charge yet."),
                " ",
                permitted(Permission.MANAGE_CARDS, link(t("To the cards"), to=routes.CARDS)),
            ),
        ),
        rx.el.details(
            rx.el.summary(t("Another card")),
            field(
                t("Card number"),
                rx.el.input(
                    id=name + "-other", name="other_card", max_length=20, auto_complete="off", class_name="input"
                ),
                name=name + "-other",
                hint=t("Counts instead of the card above."),
            ),
            class_name="fold",
        ),
    )
