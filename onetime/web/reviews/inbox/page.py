"""The review inbox: what waits for a decision, found by reason or spot, and what was decided lately."""

from typing import Any

import reflex as rx

from onetime.texts import _
from onetime.web.frame import routes
from onetime.web.frame.parts.forms import button, choose_among, empty, field, loading
from onetime.web.frame.parts.layout import frame
from onetime.web.frame.parts.link import link
from onetime.web.frame.registry import page
from onetime.web.frame.texts.format import helper
from onetime.web.frame.texts.i18n import t
from onetime.web.reviews.inbox.state import Reviews
from onetime.web.reviews.view import DecidedLine, ReviewLine


@page(routes.REVIEWS, _("To review"), Reviews.open)
def reviews() -> rx.Component:
    """List what waits for a decision."""
    decided: Any = Reviews.decided
    return frame(
        routes.REVIEWS,
        t("To review"),
        rx.cond(
            Reviews.loaded,
            rx.fragment(
                rx.cond(Reviews.count > 0, _waiting(), _nothing_waits()),
                rx.cond(decided.length() > 0, _decided()),
            ),
            loading(),
        ),
    )


def _waiting() -> rx.Component:
    lines: Any = Reviews.lines
    return rx.el.section(
        rx.el.p(
            t("These sessions and readings contradict themselves. What is in doubt is billed once you have decided."),
            class_name="lead",
        ),
        _filter(),
        rx.cond(
            lines.length() > 0,
            rx.el.ul(rx.foreach(lines, _line), class_name="review-list"),
            rx.el.p(
                t("Nothing fits."), " ", link(t("Show all"), to=routes.REVIEWS), class_name="nothing", role="status"
            ),
        ),
        class_name="section",
    )


def _filter() -> rx.Component:
    chosen: Any = Reviews.filter
    return rx.el.div(
        field(
            t("Reason"),
            choose_among(
                "reason",
                Reviews.reasons,
                everything=t("All reasons"),
                value=chosen["reason"],
                on_change=lambda value: Reviews.narrow("reason", value),
            ),
            name="reason",
        ),
        field(
            t("Spot"),
            rx.el.select(
                rx.el.option(t("All spots"), value=""),
                rx.foreach(Reviews.spots, lambda spot: rx.el.option(spot, value=spot)),
                id="spot",
                value=chosen["spot"],
                on_change=lambda value: Reviews.narrow("spot", value),
                class_name="input",
            ),
            name="spot",
        ),
        class_name="review-filter",
    )


def _line(line: ReviewLine) -> rx.Component:
    return rx.el.li(
        link(
            rx.el.span(line.name, class_name="review-name"),
            rx.el.span(line.energy, class_name="review-energy number"),
            rx.el.span(
                rx.el.span(line.spot),
                rx.cond(line.who != "", rx.el.span(line.who)),
                rx.el.span(line.when, class_name="number"),
                class_name="review-facts",
            ),
            rx.icon("chevron-right", size=18, aria_hidden=True),
            to=helper("reviewPage", line.id),
            class_name="review-line",
        ),
        key=line.id,
    )


def _decided() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("Decided lately")),
        rx.el.ul(rx.foreach(Reviews.decided, _decision), class_name="list"),
        class_name="section card",
    )


def _decision(line: DecidedLine) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            link(rx.el.strong(line.decision), to=helper("reviewPage", line.id), class_name="strong-link"),
            rx.el.span(line.name, " · ", line.spot, " · ", line.at, " · ", line.by, class_name="hint number"),
            rx.cond(line.note != "", rx.el.span(line.note, class_name="review-note")),
            class_name="stack",
        ),
        button(
            t("Undo"),
            kind="secondary",
            on_click=Reviews.undo(line.id),
            aria_label=t("Undo: {decision}, {spot}", decision=line.decision, spot=line.spot),
        ),
        key=line.id,
        class_name="list-row",
    )


def _nothing_waits() -> rx.Component:
    return empty(
        "clipboard-check",
        t("Nothing is doubtful"),
        rx.el.p(
            t(
                "Every session has a start, an end and readings that fit each other. Sessions that contradict "
                "themselves appear here before they are billed."
            )
        ),
        link(t("To the sessions"), to=routes.SESSIONS, class_name="button button--secondary"),
    )
