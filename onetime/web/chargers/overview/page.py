"""A charger's first page: its connectors live, what can be asked of them, what it is, and what it charged."""

from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.texts import _
from onetime.web.chargers.actions.whole_charger import actions_button, charger_actions
from onetime.web.chargers.frame.head import ChargerHead
from onetime.web.chargers.frame.layout import charger_frame
from onetime.web.chargers.overview.connector_card import connector_card
from onetime.web.chargers.overview.facts import facts
from onetime.web.chargers.overview.metering import metering
from onetime.web.chargers.overview.state import ChargerPage
from onetime.web.frame import routes
from onetime.web.frame.parts.layout import permitted
from onetime.web.frame.parts.link import link
from onetime.web.frame.registry import page
from onetime.web.frame.texts.i18n import t
from onetime.web.sessions.table import session_table


@page(routes.CHARGER, _("Charger"), ChargerPage.open)
def charger() -> rx.Component:
    """Show one charger."""
    return charger_frame(
        routes.CHARGER,
        ChargerPage.loaded,
        _charger(),
        action=permitted(Permission.PUSH_CARDS, actions_button()),
    )


def _charger() -> rx.Component:
    connectors: Any = ChargerPage.connectors
    return rx.fragment(
        rx.el.div(
            rx.cond(
                connectors.length() > 0,
                rx.el.ul(rx.foreach(ChargerPage.connectors, connector_card), class_name="connectors live"),
                rx.el.p(
                    t("This charger has not reported its connectors yet. It does so right after it has started."),
                    class_name="nothing",
                ),
            ),
            rx.el.div(facts(), metering(), class_name="section"),
            class_name="columns",
        ),
        permitted(Permission.SEE_SESSIONS, _sessions()),
        permitted(Permission.PUSH_CARDS, charger_actions()),
    )


def _sessions() -> rx.Component:
    lines: Any = ChargerPage.sessions
    return rx.el.section(
        rx.el.div(
            rx.el.h2(t("Sessions")),
            link(t("All sessions"), to=f"{routes.SESSIONS}?charger=" + ChargerHead.name),
            class_name="section-head",
        ),
        rx.cond(
            lines.length() > 0,
            session_table(lines),
            rx.el.p(t("Nobody has charged here yet."), class_name="nothing"),
        ),
        class_name="section",
    )
