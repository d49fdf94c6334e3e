"""The form that makes a session whose start was lost."""

from typing import Any

import reflex as rx

from onetime.web.frame.parts.forms import choose_among, field, submit, text_input
from onetime.web.frame.texts.i18n import t
from onetime.web.reviews.item.inputs import ends_inputs, suggested, why_input
from onetime.web.reviews.item.state import ReviewPage


def make() -> rx.Component:
    """Return the form, filled with what the session most likely was."""
    item, form = ReviewPage.item, ReviewPage.made
    places: Any = item.places
    return rx.el.section(
        rx.el.h2(t("Make a session of it")),
        suggested(form),
        rx.el.form(
            field(t("Spot"), choose_among("place", places, default_value=item.place), name="place"),
            field(
                t("Card"),
                text_input("made_card", max_length=20, default_value=item.card, auto_complete="off"),
                name="made_card",
                hint=t("The session is billed to whoever this card belongs to."),
            ),
            ends_inputs(form, "made_"),
            why_input("made_"),
            rx.el.div(submit(t("Make the session"), False)),
            on_submit=ReviewPage.make,
            class_name="form",
        ),
        class_name="card",
        key=f"made-{item.id}",
    )
