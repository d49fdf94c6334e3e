"""A charger's limits: asked and applied, the profiles it holds, and what it may draw over the next hours."""

from typing import Any

import reflex as rx

from onetime.texts import _
from onetime.web.chargers.actions.limit_dialogs import limit_dialogs
from onetime.web.chargers.frame.layout import charger_frame
from onetime.web.chargers.limits.clear_dialog import clear_profiles_dialog
from onetime.web.chargers.limits.state import CLEAR_PROFILES, ChargerLimits
from onetime.web.chargers.limits.view import PlaceLine, ProfileLine
from onetime.web.frame import routes
from onetime.web.frame.parts.dialog import opens
from onetime.web.frame.parts.forms import button, choose, field, submit
from onetime.web.frame.parts.step_chart import step_chart
from onetime.web.frame.registry import page
from onetime.web.frame.texts.i18n import t


@page(routes.CHARGER_LIMITS, _("Limits"), ChargerLimits.open)
def charger_limits() -> rx.Component:
    """Show the limits."""
    return charger_frame(
        routes.CHARGER_LIMITS,
        ChargerLimits.loaded,
        rx.el.div(_places(), _schedule(), class_name="halves"),
        _profiles(),
    )


def _places() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("Asked and applied")),
        rx.el.ul(rx.foreach(ChargerLimits.places, _place), class_name="list"),
        class_name="section card",
    )


def _place(line: PlaceLine) -> rx.Component:
    name, no_limit = f"limit-{line.number}", f"no-limit-{line.number}"
    return rx.el.li(
        rx.el.div(
            rx.el.strong(line.label),
            rx.cond(
                line.asked != "",
                rx.fragment(
                    rx.el.span(
                        t("asked {asked}", asked=line.asked),
                        " · ",
                        rx.cond(
                            line.applied != "",
                            rx.el.span(
                                t("applied {applied}", applied=line.applied),
                                class_name=rx.cond(line.exceeded, "warn", ""),
                            ),
                            t("the charger does not tell what applies"),
                        ),
                        class_name="number",
                    ),
                    rx.cond(line.until != "", rx.el.span(t("until {time}", time=line.until), class_name="hint")),
                ),
                rx.el.span(t("no limit set from here"), class_name="hint"),
            ),
            class_name="stack",
        ),
        rx.el.div(
            button(
                t("Limit"),
                kind="secondary",
                on_click=opens(name),
                aria_label=t("Limit the current of {label}", label=line.label),
            ),
            rx.cond(
                line.asked != "",
                button(
                    t("Remove"),
                    kind="secondary",
                    on_click=opens(no_limit),
                    aria_label=t("Remove the limit of {label}", label=line.label),
                ),
            ),
            limit_dialogs(line.number, line.label),
            class_name="row-actions",
        ),
        key=line.number,
        class_name="list-row list-row--wrap",
    )


def _schedule() -> rx.Component:
    schedule: Any = ChargerLimits.schedule
    hours = [(f"{count}", t("{count} h", count=count)) for count in (4, 12, 24, 72)]
    return rx.el.section(
        rx.el.h2(t("The next hours")),
        rx.el.form(
            field(
                t("Where?"),
                rx.el.select(
                    rx.foreach(ChargerLimits.places, lambda line: rx.el.option(line.label, value=f"{line.number}")),
                    id="connector",
                    name="connector",
                    class_name="input",
                ),
                name="connector",
            ),
            field(t("How far?"), choose("hours", hours, default_value="24"), name="hours"),
            submit(t("Ask the charger"), False),
            on_submit=ChargerLimits.ask,
            class_name="inline-form",
        ),
        rx.cond(
            schedule.asked != "",
            rx.fragment(
                rx.el.p(t("{place}, as told {time}", place=schedule.place, time=schedule.asked), class_name="hint"),
                rx.cond(
                    schedule.keeps_to_it,
                    rx.fragment(),
                    rx.el.p(
                        rx.icon("triangle-alert", size=18, aria_hidden=True),
                        t("The charger allows more than its limits say."),
                        class_name="note note--caution",
                    ),
                ),
                step_chart(schedule),
            ),
            rx.el.p(t("The charger works out what its limits allow together."), class_name="nothing"),
        ),
        class_name="section card",
    )


def _profiles() -> rx.Component:
    profiles: Any = ChargerLimits.profiles
    heads = (t("Where"), t("For"), t("At most"), t("Level"), t("Set"))
    return rx.el.section(
        rx.el.div(
            rx.el.h2(t("Charging profiles the charger holds")),
            button(t("Clear profiles"), kind="secondary", on_click=opens(CLEAR_PROFILES)),
            class_name="section-head",
        ),
        clear_profiles_dialog(),
        rx.cond(
            profiles.length() > 0,
            rx.el.table(
                rx.el.thead(rx.el.tr(*(rx.el.th(head, scope="col") for head in heads))),
                rx.el.tbody(rx.foreach(ChargerLimits.profiles, _profile)),
                class_name="table table--files",
            ),
            rx.el.p(t("None. It charges with what its cable and its fuse allow."), class_name="nothing"),
        ),
        class_name="section",
    )


def _profile(line: ProfileLine) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.place, class_name="cell-spot"),
        rx.el.td(line.purpose, " · ", line.kind, class_name="cell-kind"),
        rx.el.td(line.limit, class_name="cell-size number"),
        rx.el.td(rx.el.span(t("level {level}", level=line.level)), class_name="cell-level"),
        rx.el.td(line.accepted, class_name="cell-start"),
        key=line.id,
    )
