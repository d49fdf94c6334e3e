"""What is known of a charger."""

from typing import Any

import reflex as rx

from onetime.web.chargers.overview.state import ChargerPage
from onetime.web.chargers.overview.words import RepairLine
from onetime.web.frame.texts.i18n import t


def facts() -> rx.Component:
    """Return the facts the charger gave, and none it left out."""
    known: Any = ChargerPage.facts
    lines = (
        (t("Manufacturer"), known.vendor),
        (t("Model"), known.model),
        (t("Firmware"), known.firmware),
        (t("Serial number"), known.serial),
        (t("Meter"), known.meter),
        (t("First seen"), known.first_seen),
        (t("Last start"), known.booted),
        (t("Firmware update"), known.firmware_status),
        (t("Diagnostics"), known.diagnostics_status),
    )
    return rx.el.section(
        rx.el.h2(t("Charger")),
        rx.el.dl(
            *(
                rx.cond(value != "", rx.el.div(rx.el.dt(name), rx.el.dd(value, class_name="number")))
                for name, value in lines
            ),
            class_name="facts",
        ),
        rx.cond(
            known.names_no_version,
            rx.el.p(t("It does not say which version of OCPP it speaks; it is treated as 1.6."), class_name="hint"),
        ),
        _repairs(),
        class_name="section card",
    )


def _repairs() -> rx.Component:
    lines: Any = ChargerPage.repairs
    return rx.cond(
        lines.length() > 0,
        rx.el.details(
            rx.el.summary(t("Its messages had to be repaired")),
            rx.el.p(
                t("It does not write quite as OCPP asks. Nothing is lost: it is put right before it is read."),
                class_name="hint",
            ),
            rx.el.ul(rx.foreach(ChargerPage.repairs, _repair), class_name="list"),
            class_name="fold",
        ),
    )


def _repair(line: RepairLine) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(line.what), rx.el.span(t("last {time}", time=line.last), class_name="hint"), class_name="stack"
        ),
        rx.el.strong(line.count, class_name="number"),
        class_name="list-row",
    )
