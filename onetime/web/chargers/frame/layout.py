"""The frame of all pages of a charger: its name, its tabs, and the operations that are under way."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.texts import Text, _
from onetime.web.chargers.frame.head import ChargerHead
from onetime.web.chargers.frame.operation_panel import operation_panels
from onetime.web.frame import routes
from onetime.web.frame.parts.forms import empty, loading
from onetime.web.frame.parts.layout import frame, permitted
from onetime.web.frame.parts.link import link
from onetime.web.frame.texts.format import helper
from onetime.web.frame.texts.i18n import t


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of a charger."""

    route: str
    icon: str
    name: Text
    permission: Permission

    @property
    def end(self) -> str:
        """What follows the charger's own address."""
        return self.route.removeprefix(routes.CHARGER)


TABS = (
    Tab(routes.CHARGER, "activity", _("Now"), Permission.SEE_CHARGER),
    Tab(routes.CHARGER_OPERATIONS, "list-checks", _("Operations"), Permission.SEE_CHARGER),
    Tab(routes.CHARGER_LIMITS, "gauge", _("Limits"), Permission.CONTROL_CHARGING),
    Tab(routes.CHARGER_SETTINGS, "sliders-horizontal", _("Settings"), Permission.SEND_COMMAND),
    Tab(routes.CHARGER_FILES, "folder", _("Files"), Permission.MANAGE_FILES),
    Tab(routes.CHARGER_SECURITY, "shield", _("Security"), Permission.SECURE_CHARGER),
    Tab(routes.CHARGER_LOG, "scroll-text", _("Log"), Permission.SEE_MESSAGES),
    Tab(routes.CHARGER_CONSOLE, "terminal", _("Console"), Permission.USE_CONSOLE),
)


# On a phone the tabs are wider than the page.
_SHOW_TAB = "document.querySelector('.tab--here')?.scrollIntoView({block: 'nearest', inline: 'center'})"


def charger_frame(here: str, loaded: Any, *content: rx.Component, action: rx.Component | None = None) -> rx.Component:
    """Return a page of a charger inside the frame; ``loaded`` says whether its own content is there."""
    return frame(
        routes.DASHBOARD,
        ChargerHead.name,
        rx.cond(
            ChargerHead.loaded,
            rx.cond(
                ChargerHead.found,
                rx.fragment(
                    _tabs(here),
                    _offline(),
                    operation_panels(),
                    rx.cond(loaded, rx.fragment(*content), loading()),
                ),
                _unknown(),
            ),
            loading(),
        ),
        action=rx.cond(ChargerHead.found, action) if action is not None else None,
        back=(routes.DASHBOARD, t("Overview")),
    )


def _tabs(here: str) -> rx.Component:
    return rx.el.nav(
        *(permitted(tab.permission, _tab(tab, here)) for tab in TABS),
        on_mount=rx.call_script(_SHOW_TAB),
        class_name="tabs",
        aria_label=t("Charger"),
    )


def _tab(tab: Tab, here: str) -> rx.Component:
    current = tab.route == here
    address = helper("chargerPage", ChargerHead.name).to(str)
    return link(
        rx.icon(tab.icon, size=18, aria_hidden=True),
        t(tab.name),
        to=address + tab.end,
        class_name="tab tab--here" if current else "tab",
        custom_attrs={"aria-current": "page"} if current else {},
    )


def _offline() -> rx.Component:
    return rx.cond(
        ChargerHead.online,
        rx.fragment(),
        rx.el.p(
            rx.icon("cloud-off", size=18, aria_hidden=True),
            t("Offline since {time}. What it is asked now cannot reach it.", time=ChargerHead.since),
            class_name="note note--caution",
            role="status",
        ),
    )


def _unknown() -> rx.Component:
    return empty(
        "plug",
        t("There is no charger of this name"),
        rx.el.p(t("It may be spelled differently. The overview lists all of them.")),
        link(t("To the overview"), to=routes.DASHBOARD, class_name="button button--primary"),
    )
