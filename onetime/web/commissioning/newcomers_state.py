"""What open pages hold of commissioning: whether new chargers are let in, and which were turned away.

It is written by ``onetime.web.commissioning.notices`` into the browser's copy; the server's copy of it stays empty.
"""

import dataclasses

import reflex as rx


@dataclasses.dataclass(frozen=True, slots=True)
class Stranger:
    """A charger that was turned away because nobody knows it. ``last`` in seconds since 1970."""

    identity: str
    address: str
    last: int


class Newcomers(rx.State):
    """The browser's copy. ``until`` in seconds since 1970; 0 while no end can be named."""

    known: bool = False
    is_open: bool = False
    accepts_at_once: bool = False
    until: int = 0
    strangers: list[Stranger] = []
