"""The form that makes a session whose start was lost."""

from typing import Any

import reflex as rx

from onetime.web.frame.parts.forms import field, submit, text_input
from onetime.web.frame.texts.i18n import t
from onetime.web.reviews.item.inputs import register_input, time_input
from onetime.web.reviews.item.state import ReviewPage


def make() -> rx.Component:
    """Return the form, filled with what the session most likely was."""
    item, form = ReviewPage.item, ReviewPage.made
    places: Any = item.places
    return rx.el.section(
        rx.el.h2(t("Make a session of it")),
        rx.el.p(t("Suggested: {because}", because=form.because), class_name="hint"),
        rx.el.form(
            field(
                t("Spot"),
                rx.el.select(
                    rx.foreach(places, lambda each: rx.el.option(each[1], value=each[0])),
                    id="place",
                    name="place",
                    default_value=item.place,
                    class_name="input",
                ),
                name="place",
            ),
            field(
                t("Card"),
                text_input("made_card", max_length=20, default_value=item.card, auto_complete="off"),
                name="made_card",
                hint=t("The session is billed to whoever this card belongs to."),
            ),
            rx.el.div(
                time_input("made_started", t("Started"), form.started),
                register_input("made_meter_start", t("Meter at the start, kWh"), form.meter_start),
                time_input("made_stopped", t("Ended"), form.stopped),
                register_input("made_meter_stop", t("Meter at the end, kWh"), form.meter_stop),
                class_name="review-ends",
            ),
            field(
                t("Why"),
                text_input("made_note", required=True, max_length=500, auto_complete="off"),
                name="made_note",
                hint=t("Such as: read off the meter on 5 October. It is kept with the session."),
            ),
            rx.el.div(submit(t("Make the session"), False)),
            on_submit=ReviewPage.make,
            class_name="form",
        ),
        class_name="card",
        key=f"made-{item.id}",
    )
