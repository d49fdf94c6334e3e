"""The dialog that clears charging profiles: those that fit, or all of them."""

import reflex as rx

from onetime.web.chargers.frame.head import ChargerHead
from onetime.web.chargers.limits.state import CLEAR_PROFILES, ChargerLimits
from onetime.web.chargers.limits.words import PURPOSES
from onetime.web.frame.parts.dialog import choices, dialog
from onetime.web.frame.parts.forms import choose, field, submit
from onetime.web.frame.texts.i18n import t


def clear_profiles_dialog() -> rx.Component:
    """Return the dialog that clears the profiles that fit, or all of them."""
    purposes = [("", t("every purpose")), *((purpose, t(words)) for purpose, words in PURPOSES.items())]
    return dialog(
        CLEAR_PROFILES,
        t("Clear charging profiles of {label}", label=ChargerHead.name),
        rx.el.p(t("Those an earlier system has left in the charger too, whether they are in the list or not.")),
        rx.el.form(
            field(t("For"), choose("purpose", purposes), name="purpose"),
            field(
                t("Where?"),
                rx.el.select(
                    rx.el.option(t("everywhere"), value=""),
                    rx.foreach(ChargerLimits.places, lambda line: rx.el.option(line.label, value=f"{line.number}")),
                    id="clear-connector",
                    name="connector",
                    class_name="input",
                ),
                name="clear-connector",
            ),
            choices(
                CLEAR_PROFILES,
                submit(t("Clear them"), False),
            ),
            on_submit=ChargerLimits.clear_profiles,
            class_name="form",
        ),
    )
