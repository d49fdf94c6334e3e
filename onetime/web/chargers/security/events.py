"""What was noticed of a charger's security: alerts somebody should look at, and the rest."""

from typing import Any

import reflex as rx

from onetime.web.chargers.security.state import ChargerSecurityPage
from onetime.web.chargers.security.view import EventLine
from onetime.web.frame.parts.forms import button
from onetime.web.frame.texts.i18n import t


def events() -> rx.Component:
    """Return the latest events, the newest first."""
    lines: Any = ChargerSecurityPage.events
    return rx.el.section(
        rx.el.h2(t("Noticed")),
        rx.cond(
            lines.length() > 0,
            rx.el.ol(rx.foreach(ChargerSecurityPage.events, _event), class_name="history"),
            rx.el.p(t("Nothing. Wrong passwords and the charger’s own reports appear here."), class_name="nothing"),
        ),
        class_name="section card",
    )


def _event(line: EventLine) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.cond(line.alert, _alert()),
            rx.el.div(
                rx.el.strong(line.what),
                rx.cond(line.detail != "", rx.el.span(line.detail)),
                rx.el.span(
                    rx.el.span(line.at, title=line.at_in_full),
                    rx.cond(
                        line.count > 1,
                        rx.el.span(" · ", t("{count} times, last {time}", count=line.count, time=line.last)),
                    ),
                    rx.cond(line.seen_by != "", rx.el.span(" · ", t("seen by {name}", name=line.seen_by))),
                    class_name="hint",
                ),
                class_name="stack",
            ),
            rx.cond(
                line.alert,
                button(t("Seen"), kind="secondary", on_click=ChargerSecurityPage.put_away(line.id)),
            ),
            class_name="operation-head",
        ),
        key=line.id,
        class_name="operation",
    )


def _alert() -> rx.Component:
    return rx.icon("triangle-alert", size=18, aria_label=t("Alert"), role="img", class_name="bad")
