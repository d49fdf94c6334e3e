"""All sessions, found by month, charger, state or a word. The address holds the filter, so a link shows the same."""

from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.texts import _
from onetime.web.frame import routes
from onetime.web.frame.parts.forms import button, empty, field, loading, text_input
from onetime.web.frame.parts.layout import frame, permitted
from onetime.web.frame.parts.link import link
from onetime.web.frame.registry import page
from onetime.web.frame.texts.i18n import t
from onetime.web.sessions.filter import UNASSIGNED
from onetime.web.sessions.state import Sessions
from onetime.web.sessions.table import session_table, totals_row


@page(routes.SESSIONS, _("Sessions"), Sessions.open)
def sessions() -> rx.Component:
    """List the sessions."""
    lines: Any = Sessions.lines
    return frame(
        routes.SESSIONS,
        t("Sessions"),
        rx.cond(
            Sessions.loaded,
            rx.fragment(
                rx.cond((lines.length() > 0) | Sessions.filtered, _filter()),
                rx.cond(lines.length() > 0, _list(lines), rx.cond(Sessions.filtered, _nothing_fits(), _none_yet())),
            ),
            loading(),
        ),
    )


def _list(lines: Any) -> rx.Component:
    return rx.el.section(
        session_table(
            lines, totals_row(t("{count} sessions", count=Sessions.count), Sessions.energy, Sessions.set_aside)
        ),
        rx.cond(
            lines.length() < Sessions.count,
            button(t("Show more"), kind="secondary", on_click=Sessions.more),
        ),
        class_name="section",
    )


def _filter() -> rx.Component:
    chosen: Any = Sessions.filter
    states = (("open", t("running")), ("ended", t("ended")))
    more = rx.el.details(
        rx.el.summary(t("More filters")),
        rx.el.div(
            field(t("Charger"), _select("charger", t("All chargers"), _named(Sessions.chargers)), name="charger"),
            permitted(
                Permission.SEE_SESSIONS,
                field(
                    t("Tenant"),
                    _select(
                        "tenant",
                        t("All tenants"),
                        _named(Sessions.tenants),
                        rx.el.option(t("Not assigned"), value=UNASSIGNED),
                    ),
                    name="tenant",
                ),
            ),
            field(
                t("State"),
                _select("state", t("All"), *(rx.el.option(name, value=state) for state, name in states)),
                name="state",
            ),
            field(t("From"), text_input("from", type="date", default_value=chosen["from"]), name="from"),
            field(t("Until and with"), text_input("until", type="date", default_value=chosen["until"]), name="until"),
            class_name="filter-fields",
        ),
        open=(chosen["charger"] + chosen["tenant"] + chosen["state"] + chosen["from"] + chosen["until"]) != "",
        class_name="filter-more",
    )
    return rx.el.form(
        field(t("Month"), _select("month", t("All months"), _named(Sessions.months)), name="month"),
        field(
            t("Search"),
            text_input("q", type="search", default_value=chosen["q"], placeholder=t("Spot, card, tenant")),
            name="q",
        ),
        rx.el.button(t("Show"), type="submit", class_name="button button--secondary"),
        more,
        on_submit=Sessions.narrow,
        key=chosen.to_string(),  # a new address shows its own filter
        class_name="filter",
        role="search",
    )


def _named(options: Any) -> rx.Component:
    """Return options that are only known in the page, as [value, name]."""
    return rx.foreach(options, lambda option: rx.el.option(option[1], value=option[0]))


def _select(name: str, everything: Any, *options: rx.Component) -> rx.Component:
    chosen: Any = Sessions.filter
    return rx.el.select(
        rx.el.option(everything, value=""), *options, name=name, id=name, default_value=chosen[name], class_name="input"
    )


def _nothing_fits() -> rx.Component:
    return empty(
        "search",
        t("No session fits"),
        rx.el.p(t("Take something out of the filter, or look at all sessions.")),
        link(t("Show all sessions"), to=routes.SESSIONS, class_name="button button--secondary"),
    )


def _none_yet() -> rx.Component:
    return empty(
        "history",
        t("No sessions yet"),
        rx.el.p(t("When somebody charges, the session appears here with its energy, from the first minute on.")),
        link(t("To the overview"), to=routes.DASHBOARD, class_name="button button--primary"),
    )
