"""A connector as a tile: its spot, its state, the one number of that state, and what of the limit is used."""

from typing import Any

import reflex as rx

from onetime.web.chargers.board import words as states
from onetime.web.chargers.board.state import ConnectorRow, Tile
from onetime.web.frame.parts.link import link
from onetime.web.frame.session import Session
from onetime.web.frame.texts.format import helper
from onetime.web.frame.texts.i18n import t


@rx.memo
def tile(row: rx.Var[ConnectorRow], live: rx.Var[Tile], address: rx.Var[str]) -> rx.Component:
    """Return one tile. Its arguments keep their identity until they change, so only a changed tile is drawn again."""
    return _tile(row, live, address)


def _tile(row: Any, live: Any, address: Any) -> rx.Component:
    return link(
        rx.el.div(rx.el.span(row.label, class_name="tile-label"), state_mark(live), class_name="tile-head"),
        headline(live),
        power_bar(live, row.limit_w),
        to=address,
        class_name=f"tile tile--{states.role(live['state'])}",
        custom_attrs={"data-connector": f"{row.id}", "data-state": live["state"]},
    )


def state_mark(live: Any) -> rx.Component:
    """Return a state as icon and word, in its colour."""
    return rx.el.span(
        states.icon(live["state"]),
        rx.el.span(states.word(live["state"])),
        class_name=f"state state--{states.role(live['state'])}",
    )


def power_bar(live: Any, limit_w: Any) -> rx.Component:
    """Return the thin bar of power against the limit, while a session runs."""
    return rx.cond(
        live["minutes"].is_not_none(),
        rx.el.div(
            rx.el.div(style={"width": helper("share", live["w"], limit_w)}, class_name="bar-fill"),
            class_name="bar",
            aria_hidden=True,
        ),
    )


def headline(live: Any) -> rx.Component:
    """Return the one number that matters in this state, and the session below it."""
    return rx.fragment(
        rx.el.div(
            rx.match(
                live["state"],
                ("charging", _power(live)),
                ("faulted", rx.cond(live["error"], rx.el.span(live["error"], class_name="tile-note"), _since(live))),
                _since(live),
            ),
            class_name="tile-value",
        ),
        rx.cond(
            live["minutes"].is_not_none(),
            rx.el.div(
                rx.el.span(helper("kilowattHours", live["wh"], Session.language), class_name="number"),
                rx.el.span(helper("duration", live["minutes"]), class_name="number"),
                rx.cond(live["soc"].is_not_none(), rx.el.span(live["soc"], "\u202f%", class_name="number")),
                class_name="tile-foot",
            ),
        ),
    )


def _power(live: Any) -> rx.Component:
    return rx.fragment(
        rx.el.span(helper("kilowatts", live["w"], Session.language), class_name="number big"),
        rx.el.span("\u202fkW", class_name="unit"),
    )


def _since(live: Any) -> rx.Component:
    at: Any = helper("moment", live["since"], Session.language, Session.time_zone)
    return rx.cond(live["since"].is_not_none(), rx.el.span(t("since {time}", time=at), class_name="tile-note"))
