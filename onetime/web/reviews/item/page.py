"""One doubtful session or reading: why it is here, what speaks for it, and the decision."""

import reflex as rx

from onetime.texts import _
from onetime.web.frame import routes
from onetime.web.frame.parts.forms import button, empty, loading
from onetime.web.frame.parts.layout import frame
from onetime.web.frame.parts.link import link
from onetime.web.frame.registry import page
from onetime.web.frame.texts.i18n import t
from onetime.web.reviews.item.actions import actions, discard_dialog
from onetime.web.reviews.item.evidence import curves, facts, message, readings
from onetime.web.reviews.item.state import ReviewPage


@page(routes.REVIEW, _("To review"), ReviewPage.open)
def review() -> rx.Component:
    """Show one item."""
    return frame(
        routes.REVIEWS,
        rx.cond(ReviewPage.found, ReviewPage.item.name, t("To review")),
        rx.cond(ReviewPage.loaded, rx.cond(ReviewPage.found, _item(), _unknown()), loading()),
        back=(routes.REVIEWS, t("To review")),
    )


def _item() -> rx.Component:
    item = ReviewPage.item
    return rx.fragment(
        rx.el.div(rx.el.p(item.meaning), rx.el.p(item.advice, class_name="muted"), class_name="review-why"),
        rx.el.div(
            rx.el.div(facts(), curves(), readings(), message(), class_name="section"),
            rx.cond(item.decision != "", _decided(), actions()),
            class_name="columns review-columns",
        ),
        discard_dialog(),
    )


def _decided() -> rx.Component:
    item = ReviewPage.item
    return rx.el.section(
        rx.el.h2(t("Decision")),
        rx.el.p(item.decision),
        rx.cond(
            item.can_be_undone,
            rx.el.div(button(t("Undo"), kind="secondary", on_click=ReviewPage.undo)),
        ),
        class_name="card",
    )


def _unknown() -> rx.Component:
    return empty(
        "clipboard-check",
        t("There is nothing to review under this address"),
        rx.el.p(t("It may have been settled by the charger’s own message.")),
        link(t("Show all"), to=routes.REVIEWS, class_name="button button--primary"),
    )
