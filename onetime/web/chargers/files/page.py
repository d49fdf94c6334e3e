"""A charger's files: firmware to install, and the diagnostics and logs it has sent."""

from typing import Any

import reflex as rx

from onetime.texts import _
from onetime.web.chargers.files.dialogs import file_dialogs
from onetime.web.chargers.files.state import DELETE, FETCH, UPDATE, ChargerFiles
from onetime.web.chargers.files.upload_button import firmware_upload
from onetime.web.chargers.files.view import FileLine
from onetime.web.chargers.frame.layout import charger_frame
from onetime.web.frame import routes
from onetime.web.frame.parts.dialog import opens
from onetime.web.frame.parts.forms import button
from onetime.web.frame.parts.link import served_link
from onetime.web.frame.registry import page
from onetime.web.frame.texts.i18n import t


@page(routes.CHARGER_FILES, _("Files"), ChargerFiles.open)
def charger_files() -> rx.Component:
    """Show the files."""
    lines: Any = ChargerFiles.lines
    return charger_frame(
        routes.CHARGER_FILES,
        ChargerFiles.loaded,
        rx.el.div(
            rx.el.section(
                rx.el.h2(t("Firmware")),
                rx.el.p(
                    t("Upload the manufacturer’s file. The charger fetches it from here; you see how far it is."),
                    class_name="hint",
                ),
                firmware_upload(ChargerFiles.uploaded),
                class_name="section card",
            ),
            rx.el.section(
                rx.el.h2(t("Diagnostics and logs")),
                rx.el.p(
                    t("The charger packs what it knows of itself and sends it here, for you or its manufacturer."),
                    class_name="hint",
                ),
                rx.el.div(button(t("Fetch from the charger"), on_click=opens(FETCH))),
                class_name="section card",
            ),
            class_name="halves",
        ),
        rx.cond(
            lines.length() > 0,
            _table(),
            rx.el.p(
                t("There are no files yet. What you upload and what the charger sends appears here."),
                class_name="nothing",
            ),
        ),
        file_dialogs(),
    )


def _table() -> rx.Component:
    heads = (t("File"), t("Kind"), t("Size"), t("Stored"))
    return rx.el.section(
        rx.el.h2(t("Files")),
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    *(rx.el.th(head, scope="col") for head in heads),
                    rx.el.th(rx.el.span(t("Actions"), class_name="sr-only"), scope="col"),
                )
            ),
            rx.el.tbody(rx.foreach(ChargerFiles.lines, _row)),
            class_name="table table--files",
        ),
        class_name="section",
    )


def _row(line: FileLine) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.name, class_name="cell-spot"),
        rx.el.td(line.kind, class_name="cell-kind"),
        rx.el.td(line.size, class_name="cell-size number"),
        rx.el.td(
            rx.el.span(line.stored),
            rx.el.span(" · ", line.actor, class_name="muted"),
            rx.cond(
                line.expires != "", rx.el.span(t("will be deleted {time}", time=line.expires), class_name="hint stack")
            ),
            class_name="cell-start",
        ),
        rx.el.td(
            rx.el.div(
                rx.cond(
                    line.is_firmware,
                    button(t("Install"), kind="secondary", on_click=ChargerFiles.choose(line.id, UPDATE)),
                    button(t("Open"), kind="secondary", on_click=ChargerFiles.look(line.id)),
                ),
                served_link(
                    rx.icon("download", size=18, aria_hidden=True),
                    to=line.address,
                    download=True,
                    aria_label=t("Save {name}", name=line.name),
                    class_name="button button--secondary",
                ),
                rx.el.button(
                    rx.icon("trash-2", size=18, aria_hidden=True),
                    type="button",
                    on_click=ChargerFiles.choose(line.id, DELETE),
                    aria_label=t("Delete {name}", name=line.name),
                    class_name="button button--danger",
                ),
                class_name="row-actions",
            ),
            class_name="cell-actions",
        ),
        key=line.id,
    )
