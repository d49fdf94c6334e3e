"""A charger's settings: all of them in a table, with what each does; changed here and read back."""

from typing import Any

import reflex as rx
from reflex.experimental import ClientStateVar

from onetime.services.people.permissions import Permission
from onetime.texts import _
from onetime.web.chargers.actions.whole_charger import RESET, reset_dialog
from onetime.web.chargers.frame.layout import charger_frame
from onetime.web.chargers.settings.dialogs import OTHER, change_dialog, other_dialog
from onetime.web.chargers.settings.state import ChargerSettings
from onetime.web.chargers.settings.view import SettingLine
from onetime.web.frame import routes
from onetime.web.frame.parts.dialog import opens
from onetime.web.frame.parts.forms import button, empty
from onetime.web.frame.parts.layout import permitted
from onetime.web.frame.registry import page
from onetime.web.frame.texts.format import helper
from onetime.web.frame.texts.i18n import t

_search = ClientStateVar.create("settingSearch", default="")


@page(routes.CHARGER_SETTINGS, _("Settings"), ChargerSettings.open)
def charger_settings() -> rx.Component:
    """Show the settings."""
    lines: Any = ChargerSettings.lines
    return charger_frame(
        routes.CHARGER_SETTINGS,
        ChargerSettings.loaded,
        _reboot_needed(),
        rx.cond(lines.length() > 0, _table(lines), _none_yet()),
        change_dialog(),
        other_dialog(),
        permitted(Permission.RESET_CHARGER, reset_dialog()),
        action=button(t("Read again"), kind="secondary", on_click=ChargerSettings.read),
    )


def _reboot_needed() -> rx.Component:
    keys: Any = ChargerSettings.reboot_needed_for
    return rx.cond(
        keys != "",
        rx.el.div(
            rx.icon("rotate-cw", size=18, aria_hidden=True),
            rx.el.p(t("A restart is needed before this holds: {keys}.", keys=keys)),
            permitted(Permission.RESET_CHARGER, button(t("Restart"), kind="secondary", on_click=opens(RESET))),
            class_name="note note--caution note--action",
            role="status",
        ),
    )


def _table(lines: Any) -> rx.Component:
    shown: Any = helper("settingsLike", lines, _search.value).to(list[SettingLine])
    heads = (t("Setting"), t("What it does"), t("Value"))
    return rx.el.section(
        rx.el.div(
            rx.el.input(
                type="search",
                placeholder=t("Find a setting"),
                aria_label=t("Find a setting"),
                on_change=_search.set,
                class_name="input search",
            ),
            rx.el.p(t("{count} settings, read {time}", count=lines.length(), time=ChargerSettings.read_at)),
            button(t("Another setting"), kind="secondary", on_click=opens(OTHER)),
            class_name="table-tools",
        ),
        rx.cond(
            shown.length() > 0,
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        *(rx.el.th(head, scope="col") for head in heads),
                        rx.el.th(rx.el.span(t("Change"), class_name="sr-only"), scope="col"),
                    )
                ),
                rx.el.tbody(rx.foreach(shown, _row)),
                class_name="table table--settings",
            ),
            rx.el.p(t("No setting fits."), class_name="nothing"),
        ),
        class_name="section",
    )


def _row(line: SettingLine) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.key, class_name="cell-spot"),
        rx.el.td(line.what, class_name="cell-what muted"),
        rx.el.td(
            rx.cond(
                line.hidden,
                rx.el.span(t("set, but not shown"), class_name="muted"),
                rx.cond(line.value != "", rx.el.code(line.value), rx.el.span(t("empty"), class_name="muted")),
            ),
            class_name="cell-value",
        ),
        rx.el.td(
            rx.cond(
                line.fixed,
                rx.el.span(
                    rx.icon("lock", size=15, aria_hidden=True), t("only to be read"), class_name="state unbroken"
                ),
                rx.el.button(
                    t("Change"),
                    type="button",
                    on_click=ChargerSettings.choose(line.key),
                    aria_label=t("Change {key}", key=line.key),
                    class_name="button button--secondary",
                ),
            ),
            class_name="right cell-action",
        ),
        key=line.key,
    )


def _none_yet() -> rx.Component:
    return empty(
        "sliders-horizontal",
        t("Nobody has read the settings yet"),
        rx.el.p(t("The charger tells its settings when it is asked: how often it measures, what it does offline …")),
        button(t("Read the settings"), on_click=ChargerSettings.read),
    )
