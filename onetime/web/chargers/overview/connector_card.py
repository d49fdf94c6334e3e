"""One connector on its charger's page: live values, the curve of its session, and what can be asked of it."""

from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.web.chargers.actions.connector_actions import connector_actions
from onetime.web.chargers.board import words as states
from onetime.web.chargers.board.state import tile_of
from onetime.web.chargers.board.tile import headline, power_bar, state_mark
from onetime.web.chargers.overview.state import ChargerPage
from onetime.web.chargers.overview.view import ConnectorDetail
from onetime.web.frame.parts.curve import power_curve
from onetime.web.frame.parts.dialog import choices, dialog, opens
from onetime.web.frame.parts.forms import field, submit
from onetime.web.frame.parts.layout import permitted
from onetime.web.frame.texts.i18n import t


def connector_card(detail: ConnectorDetail) -> rx.Component:
    """Return the card of one connector."""
    live: Any = tile_of(detail.id)
    return rx.el.li(
        _head(detail, live),
        rx.el.div(
            headline(live),
            power_bar(live, detail.limit_w),
            class_name="connector-now",
        ),
        rx.cond(detail.reserved != "", rx.el.p(detail.reserved, class_name="hint")),
        rx.cond(
            rx.Var.create(detail.points).length() > 1,
            rx.el.div(
                rx.el.p(
                    rx.cond(detail.session == "", t("This session"), t("Last session, {time}", time=detail.session)),
                    class_name="hint",
                ),
                power_curve(detail.points, detail.limit_w),
            ),
        ),
        permitted(Permission.CONTROL_CHARGING, connector_actions(detail.number, detail.label, live, ChargerPage.cards)),
        key=detail.id,
        class_name=f"card connector tile--{states.role(live['state'])}",
        custom_attrs={"data-connector": f"{detail.id}", "data-state": live["state"]},
    )


def _head(detail: ConnectorDetail, live: Any) -> rx.Component:
    name = f"spot-{detail.id}"
    return rx.el.div(
        rx.el.div(
            rx.el.h2(detail.label, class_name="tile-label"),
            permitted(
                Permission.NAME_SPOT,
                rx.el.button(
                    rx.icon("pencil", size=16, aria_hidden=True),
                    type="button",
                    on_click=opens(name),
                    aria_label=t("Name the parking spot"),
                    class_name="quiet quiet--icon",
                ),
            ),
            class_name="connector-name",
        ),
        state_mark(live),
        permitted(Permission.NAME_SPOT, _spot_dialog(detail, name)),
        class_name="tile-head",
    )


def _spot_dialog(detail: ConnectorDetail, name: Any) -> rx.Component:
    return dialog(
        name,
        t("Name the parking spot"),
        rx.el.form(
            _hidden(detail),
            field(
                t("Parking spot"),
                rx.el.input(
                    name="spot", id=name + "-input", default_value=detail.spot, max_length=40, class_name="input"
                ),
                name=name + "-input",
                hint=t("As people call it, such as A12. Empty shows the charger’s own name."),
            ),
            choices(
                name,
                submit(t("Save"), False),
            ),
            on_submit=ChargerPage.name_spot,
            class_name="form",
        ),
    )


def _hidden(detail: ConnectorDetail) -> rx.Component:
    return rx.el.input(type="hidden", name="connector", value=f"{detail.id}")
