"""The dialogs around files: fetch one from the charger, look into one, install one, delete one."""

from typing import Any

import reflex as rx

from onetime.services.ocpp_actions.security import LogType
from onetime.web.chargers.files.state import DELETE, FETCH, INSIDE, UPDATE, ChargerFiles
from onetime.web.chargers.frame.head import ChargerHead
from onetime.web.frame.parts.action_sheet import confirmation
from onetime.web.frame.parts.dialog import choices, dialog
from onetime.web.frame.parts.forms import button, choose, field, submit
from onetime.web.frame.texts.i18n import t


def file_dialogs() -> rx.Component:
    """Return all of them."""
    chosen: Any = ChargerFiles.chosen
    return rx.fragment(
        _fetch_dialog(),
        _inside_dialog(),
        confirmation(
            UPDATE,
            t("Install {name} on {charger}?", name=chosen[1], charger=ChargerHead.name),
            t(
                "The charger fetches the file, installs it and restarts. That takes minutes, in which nobody can "
                "charge here. A file of another model may leave it broken; most chargers refuse one."
            ),
            t("Install it"),
            ChargerFiles.update_firmware,
        ),
        confirmation(
            DELETE,
            t("Delete {name}?", name=chosen[1]),
            t("It is gone for good, for all chargers."),
            t("Delete it"),
            ChargerFiles.delete,
            danger=True,
        ),
    )


def _fetch_dialog() -> rx.Component:
    kinds = [
        ("diagnostics", t("Diagnostics (every charger that can send any)")),
        (LogType.DIAGNOSTICS.value, t("The diagnostics log (newer chargers)")),
        (LogType.SECURITY.value, t("The security log (newer chargers)")),
    ]
    spans = [("1", t("the last day")), ("7", t("the last week")), ("31", t("the last month")), ("", t("all of it"))]
    return dialog(
        FETCH,
        t("Fetch a file from {name}", name=ChargerHead.name),
        rx.el.form(
            field(t("What?"), choose("what", kinds), name="what"),
            field(t("From when?"), choose("days", spans, default_value="7"), name="days"),
            rx.el.p(t("It may take some minutes. You can leave the page meanwhile."), class_name="hint"),
            choices(
                FETCH,
                submit(t("Fetch it"), False),
            ),
            on_submit=ChargerFiles.fetch,
            class_name="form",
        ),
    )


def _inside_dialog() -> rx.Component:
    inside: Any = ChargerFiles.inside
    members: Any = inside.members
    return dialog(
        INSIDE,
        rx.cond(inside.member != "", inside.member, inside.name),
        rx.cond(
            inside.member != "",
            rx.el.div(button(t("Back to the archive"), kind="secondary", on_click=ChargerFiles.look(inside.id))),
        ),
        rx.cond(members.length() > 0, rx.el.ul(rx.foreach(members, _member), class_name="actions")),
        rx.cond(inside.text != "", rx.el.pre(inside.text, class_name="log-frame log-frame--tall", tab_index=0)),
        rx.cond(inside.opaque, rx.el.p(t("This is neither an archive nor text. Save it to open it elsewhere."))),
        rx.cond(inside.more, rx.el.p(t("This is the beginning; save the file to see all of it."), class_name="hint")),
        wide=True,
    )


def _member(member: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.icon("file-text", size=18, aria_hidden=True),
            rx.el.span(member[0], class_name="member"),
            rx.el.span(member[1], class_name="hint number"),
            type="button",
            on_click=ChargerFiles.look_at(member[0]),
            class_name="action",
        )
    )
