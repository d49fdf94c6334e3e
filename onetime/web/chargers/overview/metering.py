"""What the bill rests on besides the meter: the charger's clock, and what each connector can deliver."""

from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.web.chargers.overview.metering_state import ChargerMetering, PowerLine
from onetime.web.frame.parts.dialog import choices, dialog, opens
from onetime.web.frame.parts.forms import button, field, problem, submit
from onetime.web.frame.parts.layout import permitted
from onetime.web.frame.texts.i18n import t


def metering() -> rx.Component:
    """Return the card."""
    lines: Any = ChargerMetering.connectors
    return rx.el.section(
        rx.el.h2(t("Clock and power")),
        rx.cond(
            ChargerMetering.clock != "",
            rx.el.p(
                rx.icon("clock-alert", size=18, aria_hidden=True),
                rx.el.span(ChargerMetering.clock),
                class_name="notice warn",
            ),
            rx.el.p(t("Its clock is right."), class_name="hint"),
        ),
        rx.cond(
            lines.length() > 0,
            rx.el.ul(rx.foreach(lines, _line), class_name="list"),
        ),
        class_name="section card",
    )


def _line(line: PowerLine) -> rx.Component:
    name = f"power-{line.id}"
    return rx.el.li(
        rx.el.div(
            rx.el.strong(line.label),
            rx.el.span(
                rx.cond(
                    line.is_known,
                    t("delivers {power}", power=line.power),
                    t("power not set; {power} assumed", power=line.power),
                ),
                class_name="hint number",
            ),
            class_name="stack",
        ),
        permitted(
            Permission.SET_CONNECTOR_POWER,
            rx.fragment(
                button(
                    t("Set power"),
                    kind="secondary",
                    on_click=[ChargerMetering.begin, opens(name)],
                    aria_label=t("Set the power of {label}", label=line.label),
                ),
                _dialog(line, name),
            ),
        ),
        key=line.id,
        class_name="list-row list-row--wrap",
    )


def _dialog(line: PowerLine, name: Any) -> rx.Component:
    return dialog(
        name,
        t("What does {label} deliver?", label=line.label),
        rx.el.p(
            t("A session with more energy than that is held and comes to review, instead of onto a bill."),
            class_name="hint",
        ),
        rx.el.form(
            rx.el.input(type="hidden", name="connector", value=f"{line.id}"),
            rx.el.div(
                field(t("Fuse, A"), _number(name + "-amperes", "amperes", line.amperes), name=name + "-amperes"),
                field(
                    t("Phases"),
                    rx.el.select(
                        rx.el.option("1", value="1"),
                        rx.el.option("3", value="3"),
                        name="phases",
                        id=name + "-phases",
                        default_value=line.phases,
                        class_name="input",
                    ),
                    name=name + "-phases",
                ),
                class_name="filter-fields",
            ),
            field(
                t("or power, kW"),
                _number(name + "-kilowatts", "kilowatts", line.kilowatts),
                name=name + "-kilowatts",
                hint=t("Fill in one of the two. Empty both if it is not known."),
            ),
            problem(ChargerMetering.problem),
            choices(
                name,
                submit(t("Save"), False),
            ),
            on_submit=ChargerMetering.set_power,
            class_name="form",
        ),
    )


def _number(identifier: Any, name: str, value: Any) -> rx.Component:
    return rx.el.input(
        id=identifier,
        name=name,
        default_value=value,
        input_mode="decimal",
        auto_complete="off",
        max_length=12,
        class_name="input",
    )
