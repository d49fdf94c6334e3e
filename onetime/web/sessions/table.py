"""The list of sessions: a table with a fixed head on a desk, cards on a phone; the same marks make both."""

from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.web.frame.parts.layout import permitted
from onetime.web.frame.parts.link import link
from onetime.web.frame.texts.format import helper
from onetime.web.frame.texts.i18n import t
from onetime.web.sessions.actions import SessionActions
from onetime.web.sessions.lines import SessionLine


def session_table(lines: Any, *totals: rx.Component) -> rx.Component:
    """Return the table of sessions, newest first, with the row of sums where there is one."""
    heads = (t("Spot"), t("Who"), t("Start"), t("Duration"), t("Energy"), t("End"))
    return rx.el.table(
        rx.el.thead(
            rx.el.tr(
                *(
                    rx.el.th(head, scope="col", class_name="right" if number in (3, 4) else "")
                    for number, head in enumerate(heads)
                ),
                permitted(
                    Permission.REVIEW_SESSIONS,
                    rx.el.th(rx.el.span(t("Look into it"), class_name="sr-only"), scope="col"),
                ),
            )
        ),
        rx.el.tbody(rx.foreach(lines, _row)),
        *totals,
        class_name="table",
    )


def totals_row(name: Any, energy: Any, set_aside: Any) -> rx.Component:
    """Return the row of sums at the end of the table; ``set_aside`` says how many sessions are in none."""
    return rx.el.tfoot(
        rx.el.tr(
            rx.el.td(name, rx.cond(set_aside != "", rx.el.span(" · ", set_aside, class_name="hint")), col_span=4),
            rx.el.td(energy, class_name="right cell-energy"),
            rx.el.td(),
            permitted(Permission.REVIEW_SESSIONS, rx.el.td()),
        )
    )


def _row(line: SessionLine) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            link(line.spot, to=helper("chargerPage", line.identity), class_name="strong-link"),
            class_name="cell-spot",
        ),
        rx.el.td(
            rx.el.span(rx.cond(line.tenant != "", line.tenant, line.card)),
            rx.cond(line.tenant != "", rx.el.span(line.card, class_name="hint")),
            class_name="cell-who",
        ),
        rx.el.td(rx.el.span(line.started, title=line.started_in_full), class_name="cell-start number"),
        rx.el.td(line.duration, class_name="right cell-duration number"),
        rx.el.td(line.energy, class_name="right cell-energy number"),
        rx.el.td(
            rx.cond(
                line.running,
                rx.el.span(rx.icon("zap", size=15, aria_hidden=True), t("running"), class_name="state state--positive"),
                rx.el.span(line.reason, class_name=rx.cond(line.estimated, "warn", "muted")),
            ),
            rx.cond(line.remarks != "", rx.el.span(line.remarks, class_name="hint")),
            class_name=rx.cond(
                line.running | line.estimated | (line.remarks != ""), "cell-end", "cell-end cell-end--plain"
            ),
        ),
        permitted(
            Permission.REVIEW_SESSIONS,
            rx.el.td(
                rx.el.button(
                    rx.icon("clipboard-check", size=18, aria_hidden=True),
                    type="button",
                    on_click=SessionActions.review(line.id),
                    aria_label=t("Look into the session at {spot}, {time}", spot=line.spot, time=line.started),
                    title=t("Correct, assign or discard it"),
                    class_name="quiet quiet--icon",
                ),
                class_name="cell-review",
            ),
        ),
        key=line.id,
    )
