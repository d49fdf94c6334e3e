"""A charger's page: its connectors live, what it is, what it charged, what it said, and what can be asked of it."""

from typing import Any

import reflex as rx

from onetime.services.permissions import Permission
from onetime.texts import _
from onetime.web import routes
from onetime.web.charger_state import ChargerPage
from onetime.web.components.charger_facts import facts
from onetime.web.components.charger_metering import metering
from onetime.web.components.charger_reset import reset_button, reset_dialog
from onetime.web.components.connector_card import connector_card
from onetime.web.components.forms import empty, loading
from onetime.web.components.frame import frame, permitted
from onetime.web.components.link import link
from onetime.web.components.message_log import message_log
from onetime.web.components.session_table import session_table
from onetime.web.i18n import t
from onetime.web.registry import page


@page(routes.CHARGER, _("Charger"), ChargerPage.open)
def charger() -> rx.Component:
    """Show one charger."""
    return frame(
        routes.DASHBOARD,
        ChargerPage.name,
        rx.cond(
            ChargerPage.loaded,
            rx.cond(ChargerPage.found, _charger(), _unknown()),
            loading(),
        ),
        action=rx.cond(ChargerPage.found, permitted(Permission.RESET_CHARGER, reset_button())),
        back=(routes.DASHBOARD, t("Overview")),
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
        permitted(Permission.SEE_MESSAGES, message_log()),
        reset_dialog(),
    )


def _sessions() -> rx.Component:
    lines: Any = ChargerPage.sessions
    return rx.el.section(
        rx.el.div(
            rx.el.h2(t("Sessions")),
            link(t("All sessions"), to=f"{routes.SESSIONS}?charger=" + ChargerPage.name),
            class_name="section-head",
        ),
        rx.cond(
            lines.length() > 0,
            session_table(lines),
            rx.el.p(t("Nobody has charged here yet."), class_name="nothing"),
        ),
        class_name="section",
    )


def _unknown() -> rx.Component:
    return empty(
        "plug",
        t("There is no charger of this name"),
        rx.el.p(t("It may be spelled differently. The overview lists all of them.")),
        link(t("To the overview"), to=routes.DASHBOARD, class_name="button button--primary"),
    )
