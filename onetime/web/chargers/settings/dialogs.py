"""The dialogs that change a setting: one of the list, or one the charger did not name."""

from typing import Any

import reflex as rx

from onetime.web.chargers.settings.state import CHANGE, ChargerSettings
from onetime.web.frame.parts.dialog import choices, dialog
from onetime.web.frame.parts.forms import field, submit, text_input
from onetime.web.frame.texts.i18n import t

OTHER = "other-setting"


def change_dialog() -> rx.Component:
    """Return the dialog of the chosen setting, with an input of its kind."""
    chosen: Any = ChargerSettings.chosen
    return dialog(
        CHANGE,
        t("Change {key}", key=chosen.key),
        rx.cond(chosen.what != "", rx.el.p(chosen.what)),
        rx.el.form(
            rx.el.input(type="hidden", name="key", value=chosen.key),
            field(t("Value"), _input(chosen), name="setting-value", hint=_READ_BACK),
            choices(CHANGE, submit(t("Write to the charger"), False)),
            on_submit=ChargerSettings.write,
            key=chosen.key + "=" + chosen.value,  # another setting shows its own value
            class_name="form",
        ),
    )


def other_dialog() -> rx.Component:
    """Return the dialog for a key that is typed: some chargers have settings they do not list."""
    return dialog(
        OTHER,
        t("Change another setting"),
        rx.el.p(t("Some chargers have settings they do not list. Their manuals name them.")),
        rx.el.form(
            field(
                t("Setting"),
                text_input("key", max_length=50, required=True, auto_complete="off", spell_check=False),
                name="key",
            ),
            field(t("Value"), text_input("value", max_length=500, auto_complete="off"), name="value", hint=_READ_BACK),
            choices(OTHER, submit(t("Write to the charger"), False)),
            on_submit=ChargerSettings.write,
            class_name="form",
        ),
    )


def _input(chosen: Any) -> rx.Component:
    common: dict[str, Any] = {"name": "value", "id": "setting-value", "class_name": "input"}
    flag = rx.el.select(
        rx.el.option(t("yes (true)"), value="true"),
        rx.el.option(t("no (false)"), value="false"),
        default_value=chosen.value.lower(),
        **common,
    )
    number = rx.el.input(type="number", default_value=chosen.value, required=True, **common)
    text = rx.el.textarea(default_value=chosen.value, max_length=500, rows="2", spell_check=False, **common)
    return rx.match(chosen.kind, ("flag", flag), ("number", number), text)


_READ_BACK = t("It is written to the charger and read back.")
