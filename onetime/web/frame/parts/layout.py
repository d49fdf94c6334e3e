"""The frame around every page: title, navigation by what the visitor may do, and the banner of a lost connection."""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from onetime.services.people.permissions import Permission
from onetime.texts import Text, _
from onetime.web.frame import routes
from onetime.web.frame.live.house_state import HouseNotice
from onetime.web.frame.parts.link import link
from onetime.web.frame.session import Session
from onetime.web.frame.texts.format import helper
from onetime.web.frame.texts.i18n import t


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation."""

    route: str
    icon: str
    name: Text
    permission: Permission
    is_on_phones: bool = True
    counts_reviews: bool = False


# At most five on phones, whose bar holds no more; the others are under "More" there.
PLACES = (
    Place(routes.DASHBOARD, "layout-grid", _("Overview"), Permission.SEE_DASHBOARD),
    Place(routes.SESSIONS, "history", _("Sessions"), Permission.SEE_OWN_SESSIONS),
    Place(routes.CARDS, "nfc", _("Cards"), Permission.MANAGE_CARDS),
    Place(routes.BILLING, "file-spreadsheet", _("Billing"), Permission.DOWNLOAD_REPORT),
    Place(
        routes.REVIEWS,
        "clipboard-check",
        _("To review"),
        Permission.REVIEW_SESSIONS,
        is_on_phones=False,
        counts_reviews=True,
    ),
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
        trouble_banner(),
        rx.cond(Session.ready, _framed(here, _head(title, action, back), content), _blank()),
        class_name=rx.cond(has_connection_errors, "app app--stale", "app"),
    )


def plain(*content: rx.Component) -> rx.Component:
    """Return a page without navigation: first run and login."""
    return rx.el.div(
        connection_banner(),
        trouble_banner(),
        rx.cond(Session.ready, rx.el.main(*content, class_name="plain", id="content"), _blank()),
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


def trouble_banner() -> rx.Component:
    """Say what keeps the house from doing its work. The place is always there, so that it is read aloud."""
    trouble: Any = HouseNotice.trouble
    sentence = helper("inLanguage", trouble, Session.language)
    return rx.el.div(
        rx.cond(
            trouble.length() > 0,
            rx.el.div(
                rx.icon("triangle-alert", size=18, aria_hidden=True),
                rx.el.span(sentence),
                class_name="banner banner--trouble",
            ),
        ),
        role="status",
        id="trouble",
        class_name="banner-place",
        custom_attrs={"aria-live": "assertive"},
    )


def review_count(class_name: str = "badge") -> rx.Component:
    """Return how much waits for a decision, as a mark beside its place; nothing while nothing does."""
    return rx.cond(
        HouseNotice.reviews > 0,
        rx.el.span(
            rx.el.span(HouseNotice.reviews, aria_hidden=True),
            rx.el.span(t("{count} to review", count=HouseNotice.reviews), class_name="sr-only"),
            class_name=class_name,
        ),
    )


def _blank() -> rx.Component:
    """Return what a page shows before it knows its visitor; a way on where the house cannot tell who that is."""
    trouble: Any = HouseNotice.trouble
    return rx.el.div(
        rx.cond(
            trouble.length() > 0,
            rx.el.main(
                rx.el.p(t("Onetime cannot show this page until then.")),
                rx.el.button(
                    t("Try again"),
                    type="button",
                    on_click=rx.call_script("window.location.reload()"),
                    class_name="button button--secondary",
                ),
                class_name="plain",
                id="content",
            ),
        ),
        class_name="blank",
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
    names = ["place", *(["place--here"] if current else []), *([] if place.is_on_phones else ["place--desk"])]
    return link(
        rx.icon(place.icon, size=22, aria_hidden=True),
        rx.el.span(t(place.name)),
        review_count() if place.counts_reviews else rx.fragment(),
        # On phones the inbox is under "More", so its count is there too.
        permitted(Permission.REVIEW_SESSIONS, review_count("badge badge--phone"))
        if place.route == routes.MORE
        else rx.fragment(),
        to=place.route,
        class_name=" ".join(names),
        custom_attrs={"aria-current": "page"} if current else {},
    )
