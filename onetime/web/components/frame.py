"""The frame around every page: title, navigation by what the visitor may do, and the banner of a lost connection."""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from onetime.services.permissions import Permission
from onetime.texts import Text, _
from onetime.web import routes
from onetime.web.components.link import link
from onetime.web.i18n import t
from onetime.web.session import Session


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation."""

    route: str
    icon: str
    name: Text
    permission: Permission


# At most five: a phone's bar holds no more.
PLACES = (
    Place(routes.DASHBOARD, "layout-grid", _("Overview"), Permission.SEE_DASHBOARD),
    Place(routes.SESSIONS, "history", _("Sessions"), Permission.SEE_OWN_SESSIONS),
    Place(routes.CARDS, "nfc", _("Cards"), Permission.MANAGE_CARDS),
    Place(routes.BILLING, "file-spreadsheet", _("Billing"), Permission.DOWNLOAD_REPORT),
    Place(routes.MORE, "menu", _("More"), Permission.SEE_OWN_ACCOUNT),
)


def frame(
    here: str,
    title: Any,
    *content: rx.Component,
    action: rx.Component | None = None,
    back: tuple[str, Any] | None = None,
) -> rx.Component:
    """Return a page inside the frame. ``here`` is its place of the navigation, ``back`` where it was opened from."""
    return rx.el.div(
        rx.el.a(t("Skip to the content"), href="#content", class_name="skip"),
        connection_banner(),
        rx.cond(Session.ready, _framed(here, _head(title, action, back), content), rx.el.div(class_name="blank")),
        class_name=rx.cond(has_connection_errors, "app app--stale", "app"),
    )


def plain(*content: rx.Component) -> rx.Component:
    """Return a page without navigation: first run and login."""
    return rx.el.div(
        connection_banner(),
        rx.cond(Session.ready, rx.el.main(*content, class_name="plain", id="content"), rx.el.div(class_name="blank")),
        class_name="app app--plain",
    )


def connection_banner() -> rx.Component:
    """Say calmly that the server cannot be reached; the page goes on by itself when it can."""
    return rx.cond(
        has_connection_errors,
        rx.el.div(
            rx.icon("cloud-off", size=18, aria_hidden=True),
            t("No connection to Onetime. What you see may be old; it continues by itself."),
            class_name="banner",
            role="status",
        ),
    )


def permitted(permission: Permission, content: rx.Component) -> rx.Component:
    """Show something only to those who may use it. The handlers behind it ask the table themselves."""
    return rx.cond(may(permission), content)


def may(permission: Permission) -> Any:
    """Return the page's expression for whether the visitor may do this."""
    permissions: Any = Session.permissions
    return permissions.contains(permission.value)


def _framed(here: str, head: rx.Component, content: tuple[rx.Component, ...]) -> rx.Component:
    return rx.el.div(
        rx.el.nav(
            rx.el.div(
                rx.el.img(src="/mark.svg", alt="", class_name="mark"),
                rx.el.span(Session.house, class_name="house"),
                class_name="brand",
            ),
            *(permitted(place.permission, _place(place, here)) for place in PLACES),
            class_name="nav",
            aria_label=t("Places"),
        ),
        rx.el.main(head, *content, class_name="content", id="content", tab_index=-1),
        class_name="frame",
    )


def _head(title: Any, action: rx.Component | None, back: tuple[str, Any] | None) -> rx.Component:
    way_back = (
        link(rx.icon("chevron-left", size=18, aria_hidden=True), back[1], to=back[0], class_name="back")
        if back
        else rx.fragment()
    )
    return rx.el.header(
        rx.el.div(way_back, rx.el.h1(title), class_name="stack"),
        action or rx.fragment(),
        class_name="page-head",
    )


def _place(place: Place, here: str) -> rx.Component:
    current = place.route == here
    return link(
        rx.icon(place.icon, size=22, aria_hidden=True),
        rx.el.span(t(place.name)),
        to=place.route,
        class_name="place place--here" if current else "place",
        custom_attrs={"aria-current": "page"} if current else {},
    )
