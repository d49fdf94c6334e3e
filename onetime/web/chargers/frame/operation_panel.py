"""Operations on a page: how far each is, how it ended, what to do now, and the steps it took."""

from typing import Any

import reflex as rx

from onetime.web.chargers.frame.head import PANEL, ChargerHead
from onetime.web.chargers.frame.operation_lines import OperationLine, StepLine
from onetime.web.frame.parts.forms import button
from onetime.web.frame.texts.i18n import t


def operation_panels() -> rx.Component:
    """Return the operations this visitor follows, announced as they move."""
    panels: Any = ChargerHead.panels
    return rx.el.div(
        rx.cond(panels.length() > 0, rx.el.ul(rx.foreach(ChargerHead.panels, _panel), class_name="operations")),
        id=PANEL,
        class_name="operations-now",
        aria_live="polite",
    )


def _panel(line: OperationLine) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            state_icon(line),
            rx.el.div(rx.el.strong(line.title), rx.el.span(by_whom(line), class_name="hint"), class_name="stack"),
            rx.cond(
                line.state != "running",
                rx.el.button(
                    rx.icon("x", size=18, aria_hidden=True),
                    type="button",
                    on_click=ChargerHead.put_away(line.id),
                    aria_label=t("Put away"),
                    class_name="quiet quiet--icon",
                ),
            ),
            class_name="operation-head",
        ),
        progress(line),
        result(line),
        rx.cond(
            line.state == "running",
            rx.fragment(
                rx.el.p(t("You can leave this page; it goes on, and is here when you come back."), class_name="hint"),
                rx.el.div(
                    button(
                        t("Stop waiting"),
                        kind="secondary",
                        on_click=ChargerHead.cancel(line.id),
                        title=t("What the charger was told already stays told."),
                    )
                ),
            ),
        ),
        steps(line),
        key=line.id,
        class_name=f"card operation operation--{line.state}",
        custom_attrs={"data-operation": line.name, "data-state": line.state},
    )


def state_icon(line: OperationLine) -> rx.Component:
    """Return how an operation stands, as an icon with its word for those who do not see it."""
    return rx.match(
        line.state,
        ("running", rx.el.span(class_name="spinner", role="img", aria_label=t("running"))),
        ("done", rx.icon("circle-check", size=20, aria_label=t("done"), role="img", class_name="good")),
        rx.icon("circle-alert", size=20, aria_label=t("failed"), role="img", class_name="bad"),
    )


def progress(line: OperationLine) -> rx.Component:
    """Return the bar, where the share is known, and what happens at this moment."""
    bar = rx.el.progress(value=line.progress, max=100, aria_label=t("Progress"))
    return rx.cond(
        line.state == "running",
        rx.el.div(
            rx.cond(line.progress >= 0, bar),
            rx.el.p(
                rx.cond(line.progress >= 0, f"{line.progress}\u202f% · ", ""),
                rx.cond(line.now != "", line.now, t("Waiting for the charger’s answer …")),
                class_name="number",
            ),
            class_name="progress",
        ),
    )


def result(line: OperationLine) -> rx.Component:
    """Return how an operation ended, and what to do now."""
    return rx.fragment(
        rx.cond(
            line.state == "failed",
            rx.el.p(line.outcome, class_name="problem"),
            rx.cond(line.outcome != "", rx.el.p(line.outcome)),
        ),
        rx.cond(line.advice != "", rx.el.p(line.advice, class_name="hint")),
    )


def steps(line: OperationLine) -> rx.Component:
    """Return what happened on the way, folded away."""
    listed: Any = line.steps
    return rx.cond(
        listed.length() > 0,
        rx.el.details(
            rx.el.summary(t("What happened"), " · ", line.took),
            rx.el.ol(rx.foreach(line.steps, _step), class_name="steps"),
            class_name="fold",
        ),
    )


def by_whom(line: OperationLine) -> rx.Component:
    """Return who asked, and when."""
    return rx.el.span(line.actor, " · ", rx.el.span(line.started, title=line.started_in_full))


def _step(step: StepLine) -> rx.Component:
    times = rx.cond(step.times > 1, rx.el.span(t("{count} times", count=step.times), class_name="muted"))
    return rx.el.li(rx.el.span(step.at, class_name="number muted"), rx.el.span(step.text), times)
