"""The parts of a form: label above, help below, an error in words, a button that says what will happen."""

from typing import Any

import reflex as rx

from onetime.web.frame.texts.i18n import t


def field(
    label: rx.Var[str] | str, control: rx.Component, *, name: str, hint: rx.Var[str] | str | None = None
) -> rx.Component:
    """Return a labelled control. ``control`` must have ``id=name``."""
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="label"),
        control,
        rx.el.p(hint, class_name="hint", id=f"{name}-hint") if hint is not None else rx.fragment(),
        class_name="field",
    )


def text_input(name: str, **props: Any) -> rx.Component:
    """Return a one-line input whose browser keeps what was typed."""
    return rx.el.input(id=name, name=name, class_name="input", **props)


def choose(name: str, options: list[tuple[Any, Any]], **props: Any) -> rx.Component:
    """Return the platform's own chooser: known to everybody, good on a phone."""
    return rx.el.select(
        *(rx.el.option(text, value=value) for value, text in options), id=name, name=name, class_name="input", **props
    )


def choose_among(name: str, options: Any, *, everything: Any = None, **props: Any) -> rx.Component:
    """Return the chooser of options that are only known in the page, as [value, text].

    ``everything`` is the text of a first option whose value is empty.
    """
    first = () if everything is None else (rx.el.option(everything, value=""),)
    among = rx.foreach(options, lambda option: rx.el.option(option[1], value=option[0]))
    return rx.el.select(*first, among, **({"id": name, "name": name, "class_name": "input"} | props))


def problem(sentence: Any) -> rx.Component:
    """Return what is wrong with a form, announced when it appears."""
    return rx.cond(
        sentence != "",
        rx.el.p(rx.icon("circle-alert", size=18, aria_hidden=True), sentence, class_name="problem", role="alert"),
    )


def button(
    text: rx.Var[str] | str, *, kind: str = "primary", busy: Any = False, disabled: Any = False, **props: Any
) -> rx.Component:
    """Return a button. While ``busy`` it shows that it works and takes no second click."""
    return rx.el.button(
        rx.cond(busy, rx.el.span(class_name="spinner", aria_hidden=True)),
        text,
        class_name=f"button button--{kind}",
        disabled=rx.cond(busy, True, disabled),
        custom_attrs={"aria-busy": rx.cond(busy, "true", "false")},
        **({"type": "button"} | props),
    )


def submit(text: rx.Var[str] | str, busy: Any) -> rx.Component:
    """Return the button that sends a form; Enter does the same."""
    return button(text, busy=busy, type="submit")


def empty(icon: str, title: rx.Var[str] | str, *next_step: rx.Component) -> rx.Component:
    """Return what an empty list shows: what will be here, and the next step towards it."""
    return rx.el.section(
        rx.icon(icon, size=28, aria_hidden=True),
        rx.el.h2(title),
        *next_step,
        class_name="empty",
    )


def loading() -> rx.Component:
    """Return the skeleton of a list; CSS shows it only after 300 ms."""
    return rx.el.div(*(rx.el.div() for _row in range(4)), class_name="skeleton", role="status", aria_label=t("Loading"))
