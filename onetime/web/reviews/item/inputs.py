"""The inputs that the decisions about a session share."""

from typing import Any

import reflex as rx

from onetime.web.frame.parts.forms import field, text_input
from onetime.web.frame.texts.i18n import t


def time_input(name: str, label: Any, value: Any) -> rx.Component:
    """Return the input of an instant, by the house's clock."""
    return field(label, text_input(name, type="datetime-local", step=1, required=True, default_value=value), name=name)


def register_input(name: str, label: Any, value: Any) -> rx.Component:
    """Return the input of a register in kWh."""
    return field(
        label,
        text_input(name, input_mode="decimal", required=True, default_value=value, auto_complete="off"),
        name=name,
    )


def ends_inputs(form: Any, prefix: str = "") -> rx.Component:
    """Return the inputs of a session's ends, filled from ``form`` (a ``CorrectionForm``).

    Their names are those ``read_form`` reads, with ``prefix`` where a page has the inputs twice.
    """
    return rx.el.div(
        time_input(prefix + "started", t("Started"), form.started),
        register_input(prefix + "meter_start", t("Meter at the start, kWh"), form.meter_start),
        time_input(prefix + "stopped", t("Ended"), form.stopped),
        register_input(prefix + "meter_stop", t("Meter at the end, kWh"), form.meter_stop),
        class_name="review-ends",
    )


def why_input(prefix: str = "") -> rx.Component:
    """Return the input of the reason that has to be given for a session's ends."""
    return field(
        t("Why"),
        text_input(prefix + "note", required=True, max_length=500, auto_complete="off"),
        name=prefix + "note",
        hint=t("Such as: read off the meter on 5 October. It is kept with the session."),
    )


def suggested(form: Any) -> rx.Component:
    """Return why the inputs are filled as they are."""
    return rx.el.p(t("Suggested: {because}", because=form.because), class_name="hint")


def note_input(name: str) -> rx.Component:
    """Return the input of a note that nobody has to give."""
    return field(
        t("Note (optional)"),
        rx.el.input(id=name, name="note", max_length=500, auto_complete="off", class_name="input"),
        name=name,
    )
