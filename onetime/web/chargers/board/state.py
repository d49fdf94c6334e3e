"""What open pages hold of the live board, and how a page reads the part that belongs to one connector.

Reflex sends a changed variable whole. So that one connector's change sends one connector, the feed writes each
connector under a key of its own into the browser's copy of this state; the server's copy of it stays empty.
"""

import dataclasses
from typing import Any, TypedDict

import reflex as rx

from onetime.web.frame.live.browser_copy import variable
from onetime.web.frame.texts.format import helper


@dataclasses.dataclass(frozen=True, slots=True)
class ConnectorRow:
    """What of a connector does not move. ``limit_w`` is what it can deliver."""

    id: int
    label: str
    identity: str
    number: int
    limit_w: int


@dataclasses.dataclass(frozen=True, slots=True)
class WaitingCharger:
    """A charger that waits to be let in."""

    identity: str
    description: str


class Tile(TypedDict, total=False):
    """What of a connector moves; what it has not is left out.

    Power in W, energy of the session in Wh, ``since`` in seconds since 1970.
    """

    state: str
    w: int
    wh: int
    minutes: int
    since: int
    soc: int
    error: str


class Live(rx.State):
    """The browser's copy of the live board, written by the feed."""

    loaded: bool = False
    rows: list[ConnectorRow] = []
    waiting: list[WaitingCharger] = []
    counts: dict[str, int] = {}


def key(connector_id: int) -> str:
    """Return the name under which the browser finds one connector."""
    return variable(f"c_{connector_id}")


def whole() -> rx.Var[dict[str, Any]]:
    """Return the page's expression for its copy of the whole state."""
    loaded = rx.Var.create(Live.loaded)
    name = str(loaded).removesuffix(f".{variable('loaded')}")
    return rx.Var(name, _var_type=dict[str, Any], _var_data=loaded._get_all_var_data())


def tile_of(connector_id: Any) -> rx.Var[Tile]:
    """Return the page's expression for what is live of a connector, whose id may be known only in the page."""
    return helper("connector", whole(), connector_id).to(Tile)
