"""The board of connectors: chips that count the states, a search, and the tiles; a compact list when they are many.

Filtering happens in the page, so it answers at once with one bar of signal.
"""

from typing import Any

import reflex as rx
from reflex.experimental import ClientStateVar

from onetime.web.chargers.board import words as states
from onetime.web.chargers.board.state import ConnectorRow, Live, tile_of, whole
from onetime.web.chargers.board.tile import tile
from onetime.web.frame.texts.format import helper
from onetime.web.frame.texts.i18n import t

MANY = 24  # from here on tiles would only be scrolled past

_state = ClientStateVar.create("shownState", default="all")
_search = ClientStateVar.create("spotSearch", default="")


def board() -> rx.Component:
    """Return chips, search and tiles."""
    rows: Any = Live.rows
    shown: Any = helper("matching", rows, whole(), _state.value, _search.value).to(list[ConnectorRow])
    return rx.el.section(
        rx.el.div(_chips(rows), _search_field(rows), class_name="board-tools"),
        rx.cond(
            shown.length() > 0,
            rx.el.ul(
                rx.foreach(shown, _item),
                class_name=rx.cond(rows.length() > MANY, "tiles tiles--compact", "tiles tiles--few"),
            ),
            rx.el.p(t("No spot fits. Choose another state or change the search."), class_name="nothing"),
        ),
        class_name="board",
    )


def _item(row: ConnectorRow) -> rx.Component:
    address = helper("chargerPage", row.identity)
    return rx.el.li(tile(row=row, live=tile_of(row.id), address=address), key=row.id)


def _chips(rows: Any) -> rx.Component:
    counts: Any = Live.counts
    return rx.el.div(
        _chip("all", t("All"), rows.length()),
        *(
            rx.cond(counts[live.value] > 0, _chip(live.value, t(look.word), counts[live.value], look))
            for live, look in states.LOOKS.items()
        ),
        class_name="chips",
        role="group",
        aria_label=t("Show only"),
    )


def _chip(value: str, word: Any, count: Any, look: states.Look | None = None) -> rx.Component:
    mark = rx.icon(look.icon, size=15, aria_hidden=True) if look else rx.fragment()
    return rx.el.button(
        mark,
        word,
        rx.el.span(count, class_name="number"),
        type="button",
        on_click=_state.set_value(value),
        class_name=f"chip chip--{look.role}" if look else "chip",
        custom_attrs={"aria-pressed": rx.cond(_state.value == value, "true", "false")},
    )


def _search_field(rows: Any) -> rx.Component:
    return rx.cond(
        rows.length() > 6,
        rx.el.input(
            type="search",
            placeholder=t("Find a spot"),
            aria_label=t("Find a spot"),
            on_change=_search.set,
            class_name="input search",
        ),
    )
