"""Whether new chargers are let in, and the chargers that were turned away."""

from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.web.commissioning.newcomers_state import Newcomers, Stranger
from onetime.web.commissioning.state import Commissioning
from onetime.web.frame import routes
from onetime.web.frame.parts.forms import button, choose, submit
from onetime.web.frame.parts.layout import permitted
from onetime.web.frame.parts.link import link
from onetime.web.frame.session import Session
from onetime.web.frame.texts.format import helper
from onetime.web.frame.texts.i18n import t


def newcomers() -> rx.Component:
    """Return whether new chargers are let in and until when, with the way to change it. At most once on a page."""
    shown = rx.cond(Newcomers.accepts_at_once, _always(), rx.cond(Newcomers.is_open, _open(), _closed()))
    return permitted(
        Permission.ACCEPT_CHARGER,
        rx.cond(Newcomers.known, rx.el.div(shown, class_name="newcomers", custom_attrs={"aria-live": "polite"})),
    )


def strangers() -> rx.Component:
    """Return the chargers that were turned away because nobody knows them, each with the way to let it in."""
    return rx.el.section(
        rx.el.h2(t("Turned away")),
        rx.el.p(
            t("These chargers called and are not known here. Let in those that belong to the house."), class_name="hint"
        ),
        rx.el.ul(rx.foreach(Newcomers.strangers, _stranger), class_name="list"),
        rx.el.p(
            t("“Let in” accepts a charger by its name. It connects when it tries again, mostly within minutes."),
            " ",
            link(t("Let all new chargers in for a while"), to=routes.MORE),
            class_name="hint",
        ),
        class_name="card card--notice",
    )


def has_strangers() -> Any:
    """Return the page's expression for whether there is anybody to let in, for those who may."""
    known: Any = Newcomers.strangers
    return known.length() > 0


def _stranger(stranger: Stranger) -> rx.Component:
    last = helper("moment", stranger.last, Session.language, Session.time_zone)
    return rx.el.li(
        rx.el.div(
            rx.el.strong(stranger.identity),
            rx.el.span(t("from {address} · last {time}", address=stranger.address, time=last), class_name="hint"),
            class_name="stack",
        ),
        button(t("Let in"), on_click=Commissioning.let_in(stranger.identity)),
        key=stranger.identity,
        class_name="list-row",
    )


def _always() -> rx.Component:
    return rx.el.p(
        t("New chargers are accepted at their first call. The setting ONETIME_ACCEPT_NEW_CHARGERS says so."),
    )


def _open() -> rx.Component:
    end = helper("deadline", Newcomers.until, Session.language, Session.time_zone)
    return rx.fragment(
        rx.el.p(
            rx.icon("door-open", size=18, aria_hidden=True),
            rx.el.span(
                rx.cond(
                    Newcomers.until > 0,
                    t("New chargers are let in until {time}.", time=end),
                    t("New chargers are let in. The end is counted once the system’s time is right."),
                )
            ),
            class_name="newcomers-state",
        ),
        rx.el.p(t("Each waits on the overview until you accept it, and cannot charge before."), class_name="hint"),
        rx.el.div(button(t("Close now"), kind="secondary", on_click=Commissioning.close_house)),
    )


def _closed() -> rx.Component:
    lengths: list[tuple[Any, Any]] = [("hour", t("for an hour")), ("day", t("for a day")), ("week", t("for a week"))]
    return rx.fragment(
        rx.el.p(
            rx.icon("door-closed", size=18, aria_hidden=True),
            rx.el.span(t("New chargers are turned away.")),
            class_name="newcomers-state",
        ),
        rx.el.p(
            t("Those you know connect as always. One that is turned away is listed on the overview."), class_name="hint"
        ),
        rx.el.form(
            choose("length", lengths, default_value="day", aria_label=t("For how long")),
            submit(t("Let new chargers in"), False),
            on_submit=Commissioning.open_house,
            class_name="newcomers-form",
        ),
    )
