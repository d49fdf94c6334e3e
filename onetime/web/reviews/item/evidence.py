"""What speaks for and against a doubtful session: its facts, its readings as curves and as a list, the raw message."""

from typing import Any

import reflex as rx

from onetime.web.frame.parts.curve import power_curve, register_curve
from onetime.web.frame.parts.link import link
from onetime.web.frame.texts.format import helper
from onetime.web.frame.texts.i18n import t
from onetime.web.reviews.item.state import ReviewPage
from onetime.web.reviews.view import ReadingLine


def facts() -> rx.Component:
    """Return what is known of the session, both clocks where they differ."""
    item = ReviewPage.item
    lines = (
        (t("Spot"), link(item.spot, to=helper("chargerPage", item.identity)), item.spot),
        (t("Card"), item.card, item.card),
        (t("Tenant"), item.tenant, item.tenant),
        (t("Started"), item.started, item.started),
        (t("Started by the charger’s clock"), item.started_own, item.started_own),
        (t("Ended"), item.stopped, item.stopped),
        (t("Ended by the charger’s clock"), item.stopped_own, item.stopped_own),
        (t("Meter at the start"), item.meter_start, item.meter_start),
        (t("Meter at the end"), item.meter_stop, item.meter_stop),
        (t("Energy"), item.energy, item.energy),
    )
    corrections: Any = item.corrections
    return rx.el.section(
        rx.el.h2(t("What is known")),
        rx.el.dl(
            *(
                rx.cond(known != "", rx.el.div(rx.el.dt(name), rx.el.dd(shown, class_name="number")))
                for name, shown, known in lines
            ),
            rx.cond(item.is_running, rx.el.div(rx.el.dt(t("Ended")), rx.el.dd(t("still running")))),
            class_name="facts",
        ),
        rx.cond(
            corrections.length() > 0,
            rx.el.ul(rx.foreach(corrections, lambda line: rx.el.li(line, class_name="hint"))),
        ),
        class_name="card",
    )


def curves() -> rx.Component:
    """Return the register and the power over the session, where there are readings."""
    item = ReviewPage.item
    registers: Any = item.registers
    powers: Any = item.powers
    return rx.cond(
        (registers.length() > 1) | (powers.length() > 1),
        rx.el.section(
            rx.cond(
                registers.length() > 1,
                rx.el.div(rx.el.h2(t("Meter readings")), register_curve(registers)),
            ),
            rx.cond(powers.length() > 1, rx.el.div(rx.el.h2(t("Power")), power_curve(powers, item.limit_w))),
            class_name="card",
        ),
    )


def readings() -> rx.Component:
    """Return the readings as a list, opened on demand."""
    item = ReviewPage.item
    return rx.cond(
        item.reading_count > 0,
        rx.el.details(
            rx.el.summary(t("All readings ({count})", count=item.reading_count)),
            rx.el.div(
                rx.el.table(
                    rx.el.thead(
                        rx.el.tr(
                            *(
                                rx.el.th(head, scope="col")
                                for head in (t("Time"), t("Charger’s clock"), t("Arrived"), t("Meter"), t("Power"))
                            )
                        )
                    ),
                    rx.el.tbody(rx.foreach(item.readings, _reading)),
                    class_name="readings number",
                ),
                class_name="scroll",
                tab_index=0,
                role="region",
                aria_label=t("Meter readings"),
            ),
            class_name="card",
        ),
    )


def message() -> rx.Component:
    """Return the raw message, opened on demand."""
    item = ReviewPage.item
    return rx.cond(
        item.message != "",
        rx.el.details(
            rx.el.summary(t("Raw message")),
            rx.el.pre(item.message, class_name="log-frame", tab_index=0),
            class_name="card",
        ),
    )


def _reading(line: ReadingLine) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.at),
        rx.el.td(rx.cond(line.own != "", line.own, "–")),
        rx.el.td(line.received),
        rx.el.td(line.register),
        rx.el.td(line.power),
    )
